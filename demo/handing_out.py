"""Fresh vouchers by the handful, for whoever tries the API: real ones, made by the services.

Their people are called so that nobody takes them for anyone. A few plan lines carry all of them,
dealt in turn: clients that redeem one after the other do not meet at one line's counter.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import cycle, islice

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from demo.funds import APPROVER, FUNDS, PREPARER
from demo.people import CASE_MANAGERS
from demo.ready_case import Helpers, ReadyLine, ready_lines
from providers.directory.models import Offering
from providers.directory.states import OfferingState
from reintegration.accounts.models import User
from reintegration.accounts.services.actors import actor_of
from reintegration.accounts.services.tokens import create_token
from reintegration.codelists.service_categories import ServiceCategory
from reintegration.codelists.units import Unit
from reintegration.kernel import clock
from reintegration.kernel.actor import Actor
from reintegration.kernel.errors import Conflict
from reintegration.kernel.ids import new_id
from reintegration.kernel.money import Money
from reintegration.plans.services.plan_lines import Service
from vouchers.books.models import BankAccount, BudgetLine, Fund
from vouchers.books.queries import funds as fund_queries
from vouchers.books.services import allocation, funds
from vouchers.voucher.services import issuing

UNITS = 1
"""What each voucher holds: whoever redeems it has used it up."""

_PROVIDER, _CATEGORY = "speranta", ServiceCategory.MENTAL_HEALTH
_LINE_CODE, _LINE_NAME = f"{FUNDS[0].code}.P", "Bonuri de probă"
_LINES_PER_CASE = 10
_VOUCHERS_PER_LINE = 10
_FEWEST_LINES = 20
_VALID = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class _Team:
    """Who acts."""

    helpers: Helpers
    desk_manager: Actor
    preparer: Actor
    approver: Actor


def hand_out(session: Session, count: int) -> list[dict[str, object]]:
    """Issue `count` vouchers; return code, PIN, units and a token that may redeem, for each.

    The token does not slow down, but a voucher still locks after wrong PINs. Raises Conflict
    where the demo is not loaded. Flushes; the caller commits.
    """
    now = clock.now()
    team = _team(session)
    offering = _offering(session, team)
    budget_line = _funded(session, team, offering.price * (UNITS * count), now=now)
    _row, token = create_token(
        session,
        actor=team.desk_manager,
        organisation_id=offering.provider_id,
        label=f"Bonuri de probă, {count}",
        velocity_exempt=True,
        now=now,
    )
    ready = list(_lines(session, team.helpers, offering, budget_line, count, now=now))
    return [_issue(session, one, now=now) | {"token": token} for one in islice(cycle(ready), count)]


def _issue(session: Session, ready: ReadyLine, *, now: datetime) -> dict[str, object]:
    today = clock.local_day(now)
    promise = issuing.Promise(
        ready.line,
        referral=ready.referral,
        units=UNITS,
        valid_from=today,
        valid_until=today + _VALID,
    )
    voucher, secrets = issuing.issue(session, promise, actor=ready.manager, now=now)
    assert secrets is not None
    return {"code": secrets.code, "pin": secrets.pin, "units": voucher.units}


def _team(session: Session) -> _Team:
    first = CASE_MANAGERS[0]
    return _Team(
        helpers=Helpers(
            manager=_actor(session, first.key),
            supervisor=_actor(session, first.supervisor or ""),
            coordinator=_actor(session, f"cora.{_PROVIDER}"),
        ),
        desk_manager=_actor(session, f"magda.{_PROVIDER}"),
        preparer=_actor(session, PREPARER),
        approver=_actor(session, APPROVER),
    )


def _actor(session: Session, key: str) -> Actor:
    user = session.scalar(select(User).where(func.lower(User.email) == f"{key}@demo.example"))
    if user is None:
        raise _missing()
    return actor_of(session, user)


def _offering(session: Session, team: _Team) -> Offering:
    found = session.scalars(
        select(Offering)
        .where(
            Offering.provider_id == team.helpers.coordinator.organisation_id,
            Offering.category == _CATEGORY,
            Offering.currency == "MDL",
            Offering.state == OfferingState.APPROVED,
        )
        .order_by(Offering.price_minor, Offering.id)
    ).first()
    if found is None:
        raise _missing()
    return found


def _missing() -> Conflict:
    return Conflict("the invented people are not all there: `demo load` comes first")


def _funded(session: Session, team: _Team, needed: Money, *, now: datetime) -> BudgetLine:
    """Return the line that pays, with enough on it: from the fund, then from its donor."""
    fund = session.scalar(select(Fund).where(Fund.code == FUNDS[0].code))
    account = session.scalars(
        select(BankAccount)
        .where(BankAccount.currency == needed.currency)
        .order_by(BankAccount.iban)
    ).first()
    if fund is None or account is None:
        raise _missing()
    line = session.scalar(
        select(BudgetLine).where(BudgetLine.fund_id == fund.id, BudgetLine.code == _LINE_CODE)
    ) or funds.add_line(
        session, fund, actor=team.preparer, code=_LINE_CODE, name=_LINE_NAME, now=now
    )
    session.refresh(line)
    if line.available < needed:
        missing = needed - line.available
        free = fund_queries.unallocated(session, fund)
        if free < missing:
            funds.record_grant(
                session,
                fund,
                actor=team.preparer,
                account=account,
                amount=missing - free,
                key=new_id(),
                now=now,
            )
        allocation.allocate(
            session, line, actor=team.approver, amount=missing, key=new_id(), now=now
        )
    return line


def _lines(
    session: Session,
    helpers: Helpers,
    offering: Offering,
    budget_line: BudgetLine,
    count: int,
    *,
    now: datetime,
) -> Iterator[ReadyLine]:
    lines = min(count, max(_FEWEST_LINES, -(-count // _VOUCHERS_PER_LINE)))
    units = UNITS * -(-count // lines)
    service = Service(Unit(offering.unit), units, offering.price, budget_line.id)
    for first in range(0, lines, _LINES_PER_CASE):
        size = min(_LINES_PER_CASE, lines - first)
        yield from ready_lines(session, helpers, offering, service, size, now=now)
