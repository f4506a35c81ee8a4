"""The plan page and the redeem page ask the database as often for a full plan as for a bare one."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event, func, select

from demo import load as loading
from reintegration.accounts.models import User
from reintegration.cases.models import CaseFile, CaseMember
from reintegration.kernel.db import db
from reintegration.plans.models import PlanLine
from tests.release.pages import browser_of
from vouchers.voucher.models import Voucher
from vouchers.voucher.states import OPEN_STATES
from vouchers.voucher.views.handles import handle_for

pytestmark = pytest.mark.xdist_group("demo")


@contextmanager
def statements(demo) -> Iterator[list[str]]:
    """Collect what the application sends to PostgreSQL meanwhile."""
    seen: list[str] = []
    with demo.app.app_context():
        engine = db.engine

    def note(*args) -> None:
        seen.append(args[2])

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def signed_in(demo, role: str, number: int = 0):
    """Return a client of a person with that role, the first unless said, and their e-mail."""
    _role, email, *_shown = [one for one in demo.logins if one[0] == role][number]
    return browser_of(demo.app, email), email


def rows(demo, statement) -> list:
    """Read as the owner, before any page is asked for: its session must not serve the page."""
    with demo.app.test_request_context(), loading.owner_session(demo.settings) as session:
        return list(session.execute(statement))


def cost(demo, client, address: str) -> int:
    """Return how many statements the second look at a page takes."""
    assert client.get(address).status_code == 200, address
    with statements(demo) as seen:
        client.get(address)
    return len(seen)


def test_every_plan_with_vouchers_costs_the_same(demo):
    client, email = signed_in(demo, "case_manager")
    sized = rows(
        demo,
        select(CaseFile.id, func.count(PlanLine.id))
        .join(CaseMember, CaseMember.case_id == CaseFile.id)
        .join(User, User.id == CaseMember.user_id)
        .join(PlanLine, PlanLine.case_id == CaseFile.id)
        .where(User.email == email, CaseFile.id.in_(select(Voucher.case_id)))
        .group_by(CaseFile.id)
        .order_by(func.count(PlanLine.id)),
    )
    assert sized[0][1] < sized[-1][1], "the demo has plans of one size only"
    costs = {case_id: cost(demo, client, f"/cases/{case_id}/plan") for case_id, _lines in sized}
    assert max(costs.values()) <= 30
    assert len(set(costs.values())) == 1, sorted(costs.values())


def open_vouchers(demo, email: str) -> list:
    """Return the vouchers that a person's desk could redeem, with who that is."""
    return rows(
        demo,
        select(Voucher.id, User.id)
        .join(User, User.organisation_id == Voucher.provider_id)
        .where(User.email == email, Voucher.state.in_(OPEN_STATES), Voucher.live_holds == 0),
    )


def test_every_voucher_at_a_desk_costs_the_same(demo):
    desks = [email for role, email, *_ in demo.logins if role == "provider_reception"]
    waiting = [open_vouchers(demo, email) for email in desks]
    busiest = max(range(len(desks)), key=lambda number: len(waiting[number]))
    assert len(waiting[busiest]) > 1, "no desk of the demo has two open vouchers"
    client, _email = signed_in(demo, "provider_reception", busiest)
    with demo.app.app_context():
        handles = [handle_for(voucher, person) for voucher, person in waiting[busiest]]
    costs = {cost(demo, client, f"/redeem/v/{handle}") for handle in handles}
    assert len(costs) == 1
    assert max(costs) <= 10
