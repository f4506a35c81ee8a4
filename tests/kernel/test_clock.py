"""The database's clock decides: an application that is days ahead writes no row of a day to come."""

import ast
from datetime import timedelta
from time import monotonic

import pytest
from sqlalchemy import func, select, text

from reintegration.kernel import clock
from reintegration.kernel.actor import SYSTEM
from reintegration.kernel.audit import AuditEvent
from reintegration.kernel.db import act_as
from reintegration.operations import starting
from tests.factories.vouchers import PIN, living_voucher, make_token
from tests.house.source import ROOT, files
from vouchers.voucher.models import Redemption

DAYS = timedelta(days=3)
A_MOMENT = timedelta(seconds=20)


def begin_ahead(monkeypatch, days=DAYS):
    """Let this process have begun by a clock days ahead, and have heard nothing yet."""
    monkeypatch.setattr(clock, "_ahead", timedelta())
    monkeypatch.setattr(clock, "_began", clock._began + days)


def by_the_database(session):
    return session.scalar(text("SELECT clock_timestamp()"))


def test_a_clock_that_agrees_is_not_touched(session, monkeypatch):
    # As if this process began now: one whose machine was paused since does not agree any more.
    monkeypatch.setattr(clock, "_began", clock.of_machine() - timedelta(seconds=monotonic()))
    monkeypatch.setattr(clock, "_ahead", timedelta())
    act_as(session, SYSTEM)
    assert clock._ahead == timedelta()


@pytest.mark.parametrize("days", [DAYS, -DAYS])
def test_who_acts_hears_what_the_database_shows(session, monkeypatch, days):
    session.rollback()
    begin_ahead(monkeypatch, days)
    there = by_the_database(session)
    assert abs(clock.now() - there) < A_MOMENT


def test_what_the_machine_does_to_its_clock_meanwhile_changes_nothing(monkeypatch):
    before = clock.now()

    class Leapt(clock.datetime):
        @classmethod
        def now(cls, tz=None):
            return super().now(tz) + DAYS

    monkeypatch.setattr(clock, "datetime", Leapt)
    assert clock.of_machine() - before > DAYS - A_MOMENT
    assert clock.now() - before < A_MOMENT


def test_a_delivery_is_of_the_databases_day(app, session, cast, sign_in, monkeypatch):
    issued, desk = living_voucher(session, cast), sign_in(cast.rita)
    begin_ahead(monkeypatch)
    starting.refuse_misfits(app)  # what every process does first
    address = desk.post("/redeem/", data={"code": issued.secrets.code}).location
    answer = desk.post(address, data={"units": "1", "pin": PIN})
    assert answer.status_code == 302, answer.text
    there = by_the_database(session)
    recorded = session.scalars(select(Redemption)).one()
    assert recorded.recorded_at <= there
    assert recorded.delivered_on == clock.local_day(recorded.recorded_at)
    assert session.scalar(select(func.max(AuditEvent.at))) <= there


def test_a_program_is_answered_by_the_databases_clock(session, cast, client, monkeypatch):
    issued = living_voucher(session, cast)
    _row, token = make_token(session, cast.provider.id)
    session.commit()
    begin_ahead(monkeypatch)
    answer = client.post(
        "/api/v1/redemptions",
        json={"code": issued.secrets.code, "pin": PIN, "units": 1},
        headers={"Authorization": f"Bearer {token}", "Idempotency-Key": "k" * 32},
    )
    assert answer.status_code == 201, answer.text
    there = by_the_database(session)
    assert session.scalars(select(Redemption.recorded_at)).one() <= there


def test_nothing_else_looks_at_a_clock_of_its_own():
    asked = ("datetime.now(", "date.today(", "utcnow(", "time.time(")
    found = [
        str(path)
        for path, _nodes in files()
        if any(word in path.read_text() for word in asked) and path.name != "clock.py"
    ]
    assert found == []


def test_the_day_of_a_moment_is_asked_of_the_clock():
    """`.date()` takes the day of whatever zone the moment is in: of an evening it is another one."""
    found = {
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path, nodes in files()
        for node in nodes
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "date"
        and not node.args
        and path != ROOT / "reintegration/kernel/clock.py"
    }
    assert found == set()
