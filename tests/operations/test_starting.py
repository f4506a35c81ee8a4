"""Nothing starts under a master key or on a schema that is not the database's."""

import base64
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from reintegration import settings as configuration
from reintegration.app import create_app
from reintegration.kernel import audit, audit_chain, key_sample, schema
from reintegration.kernel.actor import SYSTEM
from reintegration.kernel.crypto import Keyring
from reintegration.kernel.db import db, keyring
from reintegration.kernel.house_keys import KeySample
from reintegration.operations import scheduler, starting
from reintegration.settings import HalfConfigured
from tests.factories.cast import NOW
from tests.test_settings import PRODUCTION

ROOT = Path(__file__).parents[2]
OTHER_KEY = bytes(range(1, 33))


@pytest.fixture
def under_another_key(committed_db):
    """The application as somebody set it up who gave another key of the right length."""
    right = configuration.from_environment(committed_db.environment())
    app = create_app(replace(right, master_key=OTHER_KEY))
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def sampled(session):
    assert not key_sample.misfit(session, keyring(session), now=NOW)
    session.commit()


def start(committed_db, **others):
    """Import what the web server imports, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", "import wsgi"],
        cwd=ROOT,
        env=committed_db.process_environment() | others,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_wrong_but_valid_master_key_does_not_start_the_web_server(committed_db, session):
    assert start(committed_db).returncode == 0
    wrong = base64.b64encode(OTHER_KEY).decode()
    refused = start(committed_db, PUNTE_MASTER_KEY=wrong)
    assert refused.returncode != 0
    assert "PUNTE_MASTER_KEY is another key" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert wrong not in refused.stderr


def test_nor_the_scheduler(sampled, under_another_key):
    with pytest.raises(HalfConfigured, match="PUNTE_MASTER_KEY"):
        scheduler.run(under_another_key)


def test_nor_a_command_that_writes(sampled, under_another_key):
    line = "user create --email x@demo.example --name X --role administrator --organisation X"
    runner = under_another_key.test_cli_runner()
    answer = runner.invoke(args=line.split(), input="seven quiet bridges\nseven quiet bridges\n")
    assert answer.exit_code != 0
    assert "PUNTE_MASTER_KEY" in answer.output


def test_and_the_doctor_names_it(sampled, under_another_key):
    answer = under_another_key.test_cli_runner().invoke(args=["doctor"])
    assert answer.exit_code != 0
    assert "PUNTE_MASTER_KEY" in answer.output


def test_a_database_that_was_filled_before_there_was_a_sample_knows_its_key_too(session):
    audit.record(session, "user:create", actor=SYSTEM, now=NOW)
    session.commit()
    audit_chain.seal(session, keyring(session), now=NOW)
    session.commit()
    assert key_sample.misfit(session, Keyring(OTHER_KEY), now=NOW)
    assert session.scalar(select(func.count()).select_from(KeySample)) == 0
    assert not key_sample.misfit(session, keyring(session), now=NOW)


def test_the_sample_is_made_once_and_changed_by_no_other_key(sampled, session):
    assert key_sample.misfit(session, Keyring(OTHER_KEY), now=NOW)
    assert not key_sample.misfit(session, keyring(session), now=NOW)
    assert session.scalars(select(KeySample.key_id)).all() == [keyring(session).name]


def test_the_owner_does_not_serve_and_what_else_is_wrong_is_said_beside(
    committed_db, sampled, monkeypatch
):
    owner = {"DATABASE_URL": committed_db.owner_url}
    app = create_app(configuration.from_environment(PRODUCTION | owner))
    monkeypatch.setattr(schema, "is_behind", lambda _version: True)
    with pytest.raises(HalfConfigured) as refused:
        starting.refuse_misfits(app)
    assert "row-level security does not bind" in str(refused.value)
    assert "wsgi upgrade" in str(refused.value)


def test_a_schema_that_is_behind_the_program_does_not_start(app, session, monkeypatch):
    monkeypatch.setattr(schema, "is_behind", lambda _version: True)
    with pytest.raises(HalfConfigured, match="wsgi upgrade"):
        starting.refuse_misfits(app)


@pytest.fixture
def of_the_program_before(new_database):
    """The application on a database that knows no rules yet."""
    database = new_database()
    with psycopg.connect(database.owner_url.replace("+psycopg", "")) as owner:
        owner.execute("DROP FUNCTION punte_edition()")
        owner.execute("UPDATE alembic_version SET version_num = '0052'")
    app = create_app(configuration.from_environment(database.environment()))
    yield app
    with app.app_context():
        db.engine.dispose()


def test_a_schema_that_cannot_even_name_an_actor_is_told_as_behind(of_the_program_before):
    with pytest.raises(HalfConfigured, match="at version 0052"):
        starting.refuse_misfits(of_the_program_before)
    answer = of_the_program_before.test_cli_runner().invoke(args=["doctor"])
    assert "the schema is at 0052" in answer.output
    assert answer.exception is None or isinstance(answer.exception, SystemExit)


def test_a_database_that_was_down_at_the_start_is_asked_at_the_first_request(
    sampled, under_another_key, monkeypatch
):
    refuse = starting.refuse_misfits
    monkeypatch.setattr(starting, "refuse_misfits", _down)
    starting.require(under_another_key)
    monkeypatch.setattr(starting, "refuse_misfits", refuse)
    browser = under_another_key.test_client()
    assert browser.get("/healthz").status_code == 200
    assert browser.get("/account/sign-in").status_code == 503
    assert browser.get("/readyz").status_code == 503


def test_with_the_right_key_the_first_request_opens_it(app, session, client, monkeypatch):
    refuse = starting.refuse_misfits
    monkeypatch.setattr(starting, "refuse_misfits", _down)
    starting.require(app)
    monkeypatch.setattr(starting, "refuse_misfits", refuse)
    assert client.get("/account/sign-in").status_code == 200
    assert client.get("/readyz").status_code == 200


def _down(_app):
    raise OperationalError("", {}, Exception("down"))
