"""What an institution owns leaves, or it is said why not: each table, each column, in the docs too."""

from pathlib import Path

from reintegration.kernel.base import Base
from reintegration.operations.export import dictionary, readme
from reintegration.operations.export.files import EXCUSED, FILES
from reintegration.operations.export.meanings import SHARED, SPECIFIC

TEXT = (Path(__file__).parents[2] / "docs" / "export.md").read_text(encoding="utf-8")


def test_each_table_is_a_file_or_excused(app):
    assert app.blueprints
    leave = [one.table for one in FILES]
    assert len(leave) == len(set(leave)) == len({one.name for one in FILES})
    assert set(leave) | EXCUSED.keys() == set(Base.metadata.tables)
    assert EXCUSED.keys().isdisjoint(leave)


def test_what_is_left_out_of_a_file_is_there_and_has_a_reason(app):
    assert app.blueprints
    for file in FILES:
        assert set(file.left_out) <= {one.name for one in file.source.columns}
        assert all(file.left_out.values())


def test_each_column_says_what_it_means_and_nothing_else_is_explained(app):
    assert app.blueprints
    assert all(one.means and one.holds for one in dictionary.entries())
    there = {f"{file.table}.{column.name}" for file in FILES for column in file.columns}
    assert SPECIFIC.keys() <= there
    assert SHARED.keys() <= {one.partition(".")[2] for one in there}


def test_no_secret_leaves(app):
    """Hashes that open something, keys and what is sealed stay here."""
    assert app.blueprints
    shown = {f"{one.file}.{one.column}" for one in dictionary.entries()}
    marks = ("hash", "sealed", "wrapped", "verifier", "salt", "secret", "password", "token")
    odd = {one for one in shown if any(mark in one.partition(".")[2] for mark in marks)}
    assert odd == {"deliveries.token_id", "people.must_change_password"}


def test_the_page_of_the_docs_says_each_file_and_column(app):
    """Write it anew with `python -m tests.house.test_export`."""
    assert app.blueprints
    assert TEXT.endswith(readme.documented())


if __name__ == "__main__":
    from importlib import import_module

    from reintegration.app import FEATURES

    for feature in FEATURES:
        import_module(feature)
    page = Path(__file__).parents[2] / "docs" / "export.md"
    page.write_text(TEXT.partition("## Files\n")[0] + readme.documented(), encoding="utf-8")
