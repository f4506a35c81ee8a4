"""No word that somebody typed stands in a log, whatever fails; a line says when and where."""

import io
import logging
import re
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from reintegration.kernel import db as kernel_db
from reintegration.kernel.db import act_as
from reintegration.web import logs
from tests.factories.casework import make_casework
from tests.factories.cast import actor

CANARY = "fuge-de-fratele-ei"
NEED = (
    "INSERT INTO need (id, case_id, domain, priority, description, created_at)"
    " VALUES (:id, :case, :domain, 'high', :canary, now())"
)

FAILING = {
    "a row that lacks something": NEED.replace(":domain", "NULL"),
    "a code that is on no list": NEED.replace("'high'", ":canary"),
    "a case that is not there": NEED.replace(":case", ":id"),
    "the same row twice": f"{NEED}; ".replace("; ", " ")
    + ", (:id, :case, :domain, 'high', :canary, now())",
    "a text that is no number": "SELECT CAST(:canary AS integer)",
    "a text that is no key": "SELECT CAST(:canary AS uuid)",
    "a change of what is append-only": "UPDATE audit_event SET reason = :canary",
    "a table that is not there": "SELECT :canary FROM nowhere",
    "a function that raises": ("SELECT set_config('punte.actor', :canary, true), punte_actor()"),
    "a statement that takes too long": ("SELECT pg_sleep(1) WHERE length(:canary) > 0"),
    "a text that is too long for its column": "UPDATE payment_order SET currency = :canary",
}


@pytest.fixture
def log(app):
    """What the handler of the process writes, as text so far."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logs.formatter())
    logging.getLogger().addHandler(handler)
    yield written.getvalue
    logging.getLogger().removeHandler(handler)


def fails(session, statement, **values):
    with pytest.raises(DBAPIError) as caught:
        session.execute(text(statement), values)
    session.rollback()
    return caught.value


@pytest.mark.parametrize("statement", FAILING.values(), ids=FAILING)
def test_a_failing_statement_leaves_no_word_of_a_case_in_the_log(session, cast, log, statement):
    case = make_casework(session, cast).case
    session.commit()
    session.execute(text("SET LOCAL statement_timeout = '100ms'"))
    values = {"id": uuid4(), "case": case.id, "domain": "health", "canary": CANARY}
    error = fails(session, statement, **{k: v for k, v in values.items() if f":{k}" in statement})
    logging.getLogger("any").error("it failed: %s", error, exc_info=error)
    assert CANARY not in log()
    assert type(error.orig).__name__ in log()


def test_rows_that_row_level_security_refuses_and_many_at_once_leave_none_either(
    session, cast, log
):
    case_id = make_casework(session, cast).case.id
    calin = actor(session, cast.calin)
    session.commit()
    act_as(session, calin)
    rows = [
        {"id": uuid4(), "case": case_id, "domain": "health", "canary": CANARY} for _ in range(2)
    ]
    with pytest.raises(DBAPIError) as caught:
        session.execute(text(NEED), rows)
    logging.getLogger("any").error("it failed", exc_info=caught.value)
    session.rollback()
    assert CANARY not in log()


def test_a_form_sent_to_a_database_that_takes_no_writes_leaves_none_and_names_the_page(
    app, session, cast, sign_in, log, caplog
):
    case = make_casework(session, cast).case
    browser = sign_in(cast.ana)
    with app.app_context():
        engine = kernel_db.db.engine

    def no_writes(connection):
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")

    event.listen(engine, "begin", no_writes)
    try:
        said = {"domain": "health", "priority": "high", "description": CANARY}
        answer = browser.post(f"/cases/{case.id}/needs?q={CANARY}", data=said)
    finally:
        event.remove(engine, "begin", no_writes)
    assert answer.status_code >= 500
    assert CANARY not in log()
    assert str(case.id) not in log()
    assert re.search(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ ERROR ", log())
    assert " at POST /cases/<uuid:case_id>/needs: " in log()


def test_no_exception_of_any_library_says_its_value_nor_what_caused_it(log):
    try:
        try:
            int(CANARY)
        except ValueError as error:
            raise KeyError(CANARY) from error
    except KeyError:
        logging.getLogger("apscheduler").exception("it failed")
    assert CANARY not in log()
    assert "builtins.ValueError" in log()
    assert "builtins.KeyError" in log()
    assert "int(CANARY)" in log()  # the line of code


def test_the_web_servers_own_line_of_an_error_has_no_query(log):
    logging.getLogger("gunicorn.error").error("Error handling request %s", f"/cases/?q={CANARY}")
    assert "/cases/" in log()
    assert CANARY not in log()


def test_no_error_shows_its_parameters_wherever_an_engine_is_made(session, cast):
    error = fails(session, "SELECT CAST(:canary AS integer) FROM nowhere", canary=CANARY)
    assert CANARY not in str(error)


def test_the_log_of_the_embedded_database_holds_none(session, cast, postgres):
    fails(session, "SELECT CAST(:canary AS integer)", canary=CANARY)
    fails(session, "UPDATE payment_order SET currency = :canary, no_such = 1", canary=CANARY)
    assert CANARY not in postgres.cluster.place.log.read_text(encoding="utf-8", errors="replace")


def test_a_connection_that_fails_says_why(committed_db):
    with pytest.raises(psycopg.OperationalError) as caught:
        psycopg.connect("host=127.0.0.1 port=1 connect_timeout=2")
    assert "refused" in logs.kind(caught.value)
