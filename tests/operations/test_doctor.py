"""The doctor names in words what stops an installation from serving, being safe or being upgraded."""

import socket
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from reintegration.kernel import clock
from reintegration.operations import checkup, cli
from reintegration.web.commands import unreachable


@pytest.fixture
def settings(app):
    return app.extensions["settings"]


@pytest.fixture
def connection(session):
    return session.connection()


def test_a_sound_installation_holds(app, session, settings):
    settings.audit_log.unlink(missing_ok=True)  # of a test whose database is gone
    answer = app.test_cli_runner().invoke(args=["doctor"])
    assert answer.output == "✓ everything holds\n"


def test_what_stops_it_is_said_and_the_command_fails(app, session, monkeypatch):
    monkeypatch.setattr(cli, "_CHECKS", [lambda _now: ["The clock is wrong. Set it."]])
    answer = app.test_cli_runner().invoke(args=["doctor"])
    assert answer.exit_code == 1
    assert "✗ The clock is wrong. Set it." in answer.output


def test_a_clock_that_drifts_is_told_with_how_much(connection):
    assert checkup.clock(connection, clock.now()) == []
    (said,) = checkup.clock(connection, clock.now() + timedelta(days=3))
    assert "2592" in said  # 259,200 s, less what passed meanwhile
    assert "ahead of" in said
    (said,) = checkup.clock(connection, clock.now() - timedelta(minutes=1))
    assert "behind" in said


def test_a_way_to_the_database_that_asks_nobody_who_is_there_is_told(connection, settings):
    far = "postgresql+psycopg://punte_app:secret@db.example.org/punte"
    assert checkup.server(connection, settings) == []
    (said,) = checkup.server(connection, replace(settings, database_url=f"{far}?sslmode=require"))
    assert "sslmode=verify-full" in said
    assert "secret" not in said
    asks = replace(settings, database_url=f"{far}?sslmode=verify-full")
    assert checkup.server(connection, asks) == []


def test_a_server_that_is_too_old_is_told(connection, settings, monkeypatch):
    monkeypatch.setattr(checkup, "_OLDEST", 99)
    (said,) = checkup.server(connection, settings)
    assert "Punte needs 99 or newer" in said


def test_a_database_that_takes_no_writes_is_told(session):
    session.execute(text("SET TRANSACTION READ ONLY"))
    (said,) = checkup.writes(session.connection())
    assert "takes no writes" in said


def test_a_database_that_logs_what_people_typed_is_told(postgres, committed_db, session):
    with postgres.cluster.connect_as_superuser() as owner:
        owner.execute(
            f"ALTER ROLE punte_app IN DATABASE {committed_db.name} SET log_min_messages = 'error'"
        )
        engine = create_engine(committed_db.url)
        with engine.connect() as fresh:
            (said,) = checkup.writes(fresh)
        engine.dispose()
        owner.execute(
            f"ALTER ROLE punte_app IN DATABASE {committed_db.name} RESET log_min_messages"
        )
    assert "log_min_messages" in said


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("ALTER TABLE need DROP COLUMN met_at", "met_at"),
        ("ALTER TABLE voucher DROP CONSTRAINT ck_voucher_four_eyes", "ck_voucher_four_eyes"),
        ("DROP INDEX ix_voucher_created", "ix_voucher_created"),
    ],
)
def test_a_schema_that_differs_under_the_right_number_is_told(new_database, change, named):
    database = new_database()
    with psycopg.connect(database.owner_url.replace("+psycopg", "")) as owner:
        owner.execute(change)
    engine = create_engine(database.url)
    with engine.connect() as connection:
        (said,) = checkup.schema(connection)
    engine.dispose()
    assert named in said


def test_a_folder_that_is_none_or_closed_is_told(settings, tmp_path, monkeypatch):
    assert checkup.folder(settings) == []
    (said,) = checkup.folder(replace(settings, instance=tmp_path / "nowhere"))
    assert "is no folder" in said
    monkeypatch.setattr(checkup.os, "access", lambda *_: False)
    (said,) = checkup.folder(replace(settings, instance=tmp_path))
    assert "under one user" in said


def test_a_closed_mail_port_and_nonsense_in_its_address_are_told(settings):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    (said,) = checkup.mail(replace(settings, smtp_url=f"smtp://a:b@127.0.0.1:{port}"))
    assert f"127.0.0.1:{port}" in said
    assert "a:b" not in said
    for nonsense in ("mail", "smtp://", "https://mail.example.org", "smtp://host:abc"):
        assert checkup.mail(replace(settings, smtp_url=nonsense)) == [
            "SMTP_URL is not smtp://user:password@host:port"
        ]
    assert checkup.mail(replace(settings, smtp_url=None)) == []


def test_a_wrong_password_is_told_from_a_stopped_database(committed_db):
    engine = create_engine(committed_db.url.replace("only-for-tests", "wrong"))
    with pytest.raises(OperationalError) as refused:
        engine.connect()
    assert "password" in unreachable(refused.value)
    with pytest.raises(OperationalError) as stopped:
        create_engine("postgresql+psycopg://a@127.0.0.1:1/a").connect()
    assert "is it running" in unreachable(stopped.value)
