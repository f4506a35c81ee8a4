"""The short way to the newest revision says what Alembic says."""

from alembic.script import ScriptDirectory

from reintegration.kernel import schema


def test_the_newest_revision_is_alembics():
    scripts = ScriptDirectory(str(schema.VERSIONS.parent))
    assert schema.head() == scripts.get_current_head()
    assert schema.known() == {script.revision for script in scripts.walk_revisions()}


def test_nothing_and_the_one_before_are_behind():
    assert schema.is_behind(None)
    assert all(schema.is_behind(one) for one in schema.known() - {schema.head()})
    assert not schema.is_behind(schema.head())
