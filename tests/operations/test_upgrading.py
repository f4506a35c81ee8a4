"""An upgrade says what it will change, and is refused without a way back."""

import hashlib
import json
from datetime import timedelta

import pytest

from reintegration.kernel import clock, schema
from reintegration.kernel.errors import DomainError
from reintegration.operations import upgrading
from tests.database import flask

NOW = clock.now()
BEFORE = schema.after("0050")


@pytest.fixture
def backup(tmp_path):
    """A backup, as far as an upgrade looks at it; what is said of it can be changed."""

    def make(**changed):
        file = tmp_path / f"backup-{NOW:%Y-%m-%dT%H%M%SZ}.age"
        file.write_bytes(b"sealed")
        digest = hashlib.sha256(b"sealed").hexdigest()
        told = {"made_at": NOW.isoformat(), "sha256": digest, "schema": "0050"} | changed
        file.with_name(f"{file.name}.json").write_text(json.dumps(told))
        return file

    return make


def check(place):
    return upgrading.check_backup(place, present="0050", now=NOW)


def test_a_fresh_whole_backup_of_this_schema_is_a_way_back(backup, tmp_path):
    file = backup()
    assert check(file) == file
    assert check(tmp_path) == file


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"made_at": (NOW - timedelta(hours=24)).isoformat()}, "older than 24 hours"),
        ({"made_at": (NOW + timedelta(hours=1)).isoformat()}, "dated ahead"),
        ({"schema": "0049"}, "of schema 0049, and the database is at 0050"),
        ({"sha256": "00"}, "not what was written"),
        ({"made_at": "yesterday"}, "says nothing"),
    ],
)
def test_any_other_is_refused_with_what_to_do(backup, changed, said):
    with pytest.raises(DomainError, match=said):
        check(backup(**changed))


def test_a_folder_without_a_backup_and_one_that_is_not_there_are_refused(tmp_path):
    for place in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(DomainError, match="There is no backup in"):
            check(place)


def test_what_waits_is_told_in_order_in_the_words_of_the_change_log(session, monkeypatch):
    monkeypatch.setattr(upgrading, "version", lambda _connection: "0050")
    found = upgrading.steps(session.connection())
    assert [one.version for one in found] == BEFORE
    assert found[1].what.startswith("lets a person stand in for another")
    assert found[1].before.startswith("a quiet hour")
    assert all(one.what for one in found)


def test_a_database_of_a_newer_program_is_left_alone(session, monkeypatch):
    monkeypatch.setattr(upgrading, "version", lambda _connection: "9999")
    with pytest.raises(DomainError, match="it is newer"):
        upgrading.steps(session.connection())


def test_with_nothing_to_do_no_backup_is_asked_for(app, session):
    answer = app.test_cli_runner().invoke(args=["upgrade"])
    assert (answer.exit_code, "Nothing waits" in answer.output) == (0, True)


@pytest.fixture
def one_behind(new_database):
    """A database of the version before."""
    database = new_database()
    flask(database, "db", "downgrade")
    return database


def _last_but_one():
    return next(one for one in schema.known() if schema.after(one) == [schema.head()])


@pytest.mark.deep
def test_it_is_done_with_a_backup_and_not_without(one_behind, backup):
    said = flask(one_behind, "upgrade", "--plan")
    assert "1 steps wait" in said
    assert "There is no downgrade" in said
    with pytest.raises(Exception, match="--without-backup"):
        flask(one_behind, "upgrade")
    way_back = backup(schema=_last_but_one(), made_at=clock.now().isoformat())
    assert "The schema is that of this program" in flask(
        one_behind, "upgrade", "--backup", str(way_back)
    )
    assert "Nothing waits" in flask(one_behind, "upgrade", "--plan")
