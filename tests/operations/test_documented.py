"""What the operating guide says to type works as it stands there."""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
import pytest

from reintegration.operations import environment
from reintegration.operations.embedded import Cluster
from tests.database import ROOT, Database, flask
from tests.sampling import one_of_each

GUIDE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
PASSWORD = "only-for-tests"
NOWHERE = "postgresql://punte_app:secret@127.0.0.1:1/punte"


def the_block_that_makes_the_database() -> list[str]:
    """Return the statements of the guide, one a line, as they are typed into psql."""
    block = re.search(r"\n\n((?: {7}.*\n)*? {7}CREATE DATABASE.*\n(?: {7}.*\n)*)", GUIDE)
    assert block
    return [line.strip().replace("…", PASSWORD) for line in block.group(1).splitlines()]


@pytest.fixture(scope="module")
def cluster():
    with tempfile.TemporaryDirectory(prefix="punte-test-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o711)
        cluster = Cluster(Path(name) / "server", settings={"fsync": "off"})
        cluster.start()
        yield cluster
        cluster.stop("immediate")


@pytest.mark.deep
def test_the_database_of_the_guide_is_made_migrated_and_sound(cluster, tmp_path):
    connection = cluster.connect_as_superuser()
    for statement in the_block_that_makes_the_database():
        if statement.startswith("\\c "):
            connection.close()
            connection = cluster.connect_as_superuser(statement.split()[1])
        else:
            connection.execute(statement)
    connection.close()
    made = Database(
        name="punte",
        url=cluster.url("punte_app", "punte", PASSWORD),
        owner_url=cluster.url("punte_owner", "punte", PASSWORD),
        instance=str(tmp_path),
    )
    flask(made, "db", "upgrade")
    assert "everything holds" in flask(made, "doctor")
    with psycopg.connect(made.url.replace("+psycopg", "")) as app:
        bound = app.execute(
            "SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        collated = app.execute(
            "SELECT datlocprovider, datlocale FROM pg_database WHERE datname = 'punte'"
        ).fetchone()
    assert bound == (False, False)
    assert collated == ("b", "C.UTF-8")


@pytest.mark.parametrize(
    "command",
    one_of_each(
        [(one,) for one in ("db upgrade", "db current", "audit verify", "ledger check")],
        by=lambda command: command == "db upgrade",
    ),
)
def test_a_command_without_its_database_says_so_in_words(tmp_path, command):
    asked = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", *command.split()],
        cwd=ROOT,
        env={
            **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
            **Database("punte", NOWHERE, NOWHERE, str(tmp_path)).environment(),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert asked.returncode == 1
    assert "the database does not answer; is it running" in asked.stderr
    assert "Traceback" not in asked.stderr


def test_each_unit_starts_a_program_that_is_there_under_settings_that_are_shipped(app):
    started = [
        line.partition("=")[2].removeprefix("/opt/punte/.venv/bin/").split()
        for unit in sorted((ROOT / "deploy").glob("*.service"))
        for line in unit.read_text(encoding="utf-8").splitlines()
        if line.startswith("ExecStart=")
    ]
    commands = [words[3] for words in started if words[0] == "flask"]
    assert sorted(commands) == ["backup", "scheduler", "upgrade"]
    assert set(commands) <= set(app.cli.commands)
    assert {tuple(words[:3]) for words in started if words[0] == "python"} == {
        ("python", "-m", "reintegration.operations.supervisor")
    }


def test_the_shipped_settings_of_a_training_copy_start_one(tmp_path):
    example = (ROOT / "deploy" / "punte-training.env.example").read_text(encoding="utf-8")
    given = dict(
        line.partition("=")[::2] for line in example.splitlines() if not line.startswith("#")
    )
    read = environment.settings(given | {"PUNTE_INSTANCE": str(tmp_path / "copy")})
    assert read.is_training
    assert read.public_name.endswith("TRAINING")
