"""What a person decides about a line of the bank that did not match by itself, and undoing it."""

import calendar
from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, literal, select
from sqlalchemy.orm import Session

from providers.directory.models import Provider
from reintegration.accounts.services import inbox
from reintegration.kernel import audit, permissions
from reintegration.kernel.actor import Actor, Role
from reintegration.kernel.clock import local_day
from reintegration.kernel.dated_rules import Area, DatedRule, stood
from reintegration.kernel.errors import N_, Conflict, Invalid
from reintegration.kernel.ids import new_id
from reintegration.kernel.locking import by_key, lock, lock_all
from reintegration.kernel.money import Money, total
from reintegration.kernel.money_columns import InMoney
from reintegration.kernel.rule_kinds import Amounts
from reintegration.kernel.signing import sign
from vouchers.bank.models import BankLine, BankMatch
from vouchers.bank.permissions import BankPermission
from vouchers.bank.services.line_moves import BANK_LINE, settle
from vouchers.bank.services.matching.exact import pays
from vouchers.bank.services.matching.proposals import MatchRules
from vouchers.bank.states import OPEN_LINES, ExceptionKind, MatchedBy, Resolution
from vouchers.books.models import BankAccount, Fund
from vouchers.books.services import funds
from vouchers.books.services.balances import provider_balances
from vouchers.books.services.journal import Dimensions, Posting, Source, post
from vouchers.books.services.postings import PostingEvent
from vouchers.books.states import SourceType
from vouchers.payments.models import PaymentOrder
from vouchers.payments.services import rails
from vouchers.payments.services.settlement import (
    Paid,
    by_line,
    is_whole,
    lock_orders,
    return_order,
    settle_many,
    unsettle,
)
from vouchers.payments.states import OrderState

FEES_AT_MOST = DatedRule(
    code="bank.fees_at_most",
    title=N_("Fees of the bank that one person posts alone"),
    says=N_("Of one account in one month, all together; beyond that a second person posts them."),
    area=Area.MONEY,
    decided_by=Role.FINANCE_APPROVER,
    kind=Amounts(("MDL", "EUR", "USD")),
    initially={"MDL": Money(50_000, "MDL"), "EUR": Money(5_000, "EUR"), "USD": Money(5_000, "USD")},
)


def match_orders(
    session: Session, line: BankLine, *, actor: Actor, order_ids: Collection[UUID], now: datetime
) -> None:
    """Settle one order or several by a line; their sum must be what the bank took.

    Raises Invalid when the sums differ, Conflict when the line or an order is no longer open.
    """
    permissions.demand(actor, BankPermission.MATCH, line)
    _lock_open(session, line)
    lock_orders(session, order_ids)
    orders = session.scalars(
        select(PaymentOrder)
        .where(PaymentOrder.id.in_(set(order_ids)), PaymentOrder.currency == line.currency)
        .order_by(PaymentOrder.id)
        .execution_options(populate_existing=True)
    ).all()
    if not orders or len(orders) != len(set(order_ids)):
        raise Invalid(N_("Choose the orders that this line pays."), code="orders")
    if any(order.payee_service_account for order in orders):
        raise Invalid(N_("An order that a payment service pays is in no statement of a bank."))
    if any(order.state != OrderState.RELEASED for order in orders):
        raise Conflict(N_("One of these orders was settled or refused meanwhile."), code="orders")
    ordered = [(-order.amount_minor, order.currency) for order in orders]
    if not pays(line.amount_minor, line.currency, ordered):
        raise Invalid(
            N_("The orders are %(orders)s together, the line is %(line)s."),
            code="orders",
            orders=total((order.amount for order in orders), line.currency),
            line=-line.amount,
        )
    proposal = dict(line.proposal)
    proposed = {one["id"] for one in proposal.get("orders", [])}
    as_proposed = proposed == {str(order.id) for order in orders}
    settle_many(
        session,
        [
            Paid(
                order.id,
                order.provider_id,
                order.batch_id,
                order.amount,
                line.booked_on,
                by_line(line.id),
                order.batch.rail,
            )
            for order in orders
        ],
        actor=actor,
        now=now,
    )
    session.add_all(
        BankMatch(
            id=new_id(),
            bank_line_id=line.id,
            payment_order_id=order.id,
            amount=order.amount,
            tier=proposal.get("tier", MatchedBy.MANUAL) if as_proposed else MatchedBy.MANUAL,
            automatic=False,
            score=proposal.get("score", 0) if as_proposed else 0,
            reasons=proposal.get("reasons", []) if as_proposed else [],
            rule_version=MatchRules().version,
            matched_by=actor.id,
            matched_at=now,
        )
        for order in orders
    )
    line.owner_id = None
    BANK_LINE.fire(session, line, "match", actor=actor, now=now, data={"orders": len(orders)})


def undo_match(
    session: Session, line: BankLine, *, actor: Actor, reason: str, now: datetime
) -> None:
    """Take a match back: the orders are under way again, and the line waits for another match."""
    lock(session, line)
    BANK_LINE.fire(session, line, "undo_match", actor=actor, now=now, reason=reason)
    live = select(BankMatch).where(BankMatch.bank_line_id == line.id, BankMatch.undone_at.is_(None))
    matches = lock_all(session, session.scalars(live))
    lock_orders(session, [match.payment_order_id for match in matches])
    for match in matches:
        unsettle(session, match.order, actor=actor, reason=reason, now=now)
        match.undone_by, match.undone_at = actor.id, now
        match.undone_reason = reason.strip()[:500]
    line.owner_id, line.kind = actor.id, line.kind or ExceptionKind.UNKNOWN_DEBIT
    session.flush()


def mark_fee(session: Session, line: BankLine, *, actor: Actor, now: datetime) -> None:
    """Post what the bank took for itself.

    One person alone posts so much of an account in a month; beyond that, or for whoever does not
    prepare payments, somebody else has written down before what the line is.
    """
    permissions.demand(actor, BankPermission.FEE, line)
    _lock_open(session, line)
    if line.amount_minor >= 0:
        raise Invalid(N_("A fee leaves the account; this line came in."))
    judged_by = None
    if not permissions.permits(actor, BankPermission.FEE_ABOVE, line):
        _must_stay_small(session, line, on=local_day(now))
        judged_by = stood(local_day(now), FEES_AT_MOST)
    event, key = rails.fee_in(line.currency), f"fee|{line.id}"
    _post(session, line, event, -line.amount, key, Dimensions(), actor=actor, now=now)
    settle(session, line, Resolution.FEE, actor=actor, now=now, data=judged_by)


def _must_stay_small(session: Session, line: BankLine, *, on: date) -> None:
    """Refuse a fee that makes those of its account and month more than one person may post."""
    lock(session, session.get_one(BankAccount, line.bank_account_id))
    posted = session.scalars(
        select(InMoney("posted", func.sum(BankLine.amount_minor), literal(line.currency))).where(
            BankLine.bank_account_id == line.bank_account_id,
            BankLine.booked_on.between(*_month_of(line.booked_on)),
            BankLine.resolution == Resolution.FEE,
        )
    ).one()
    together, most = -(posted + line.amount), FEES_AT_MOST.on(on).get(line.currency)
    if most is None or together > most:
        raise Invalid(
            N_(
                "With this line the fees of the account in that month are %(together)s, and one"
                " person alone posts at most %(most)s. Write under “It is something else” what is"
                " known, and name somebody who approves payments: they can post it."
            ),
            code="fees",
            together=together,
            most=most or Money.zero(line.currency),
        )


def _month_of(day: date) -> tuple[date, date]:
    return day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1])


def mark_grant(
    session: Session, line: BankLine, *, actor: Actor, fund: Fund, now: datetime
) -> None:
    """Record that a donor's money arrived for a fund."""
    _lock_open(session, line, actor)
    if line.amount_minor <= 0:
        raise Invalid(N_("A grant comes in; this line left the account."))
    account = session.get_one(BankAccount, line.bank_account_id)
    funds.record_grant(
        session, fund, actor=actor, account=account, amount=line.amount, key=line.id, now=now
    )
    settle(session, line, Resolution.GRANT, actor=actor, now=now)


def mark_repaid(
    session: Session, line: BankLine, *, actor: Actor, provider: Provider, now: datetime
) -> None:
    """A provider paid back what it owed; more than it owes is refused."""
    _lock_open(session, line, actor)
    session.execute(by_key(Provider, Provider.id == provider.id))
    balance = provider_balances(session, [provider.id]).get((provider.id, line.currency))
    owed = balance.receivable if balance else Money.zero(line.currency)
    if line.amount_minor <= 0 or line.amount > owed:
        raise Invalid(
            N_("%(name)s does not owe this much: it owes %(owed)s."), name=provider.name, owed=owed
        )
    event, key, about = (
        PostingEvent.REPAID,
        f"repaid|{line.id}",
        Dimensions(provider_id=provider.id),
    )
    _post(session, line, event, line.amount, key, about, actor=actor, now=now)
    settle(session, line, Resolution.REPAID, actor=actor, now=now)


def _is_whole(order: PaymentOrder, line: BankLine, today: date) -> bool:
    return is_whole(order.amount, line.amount, order.amount - line.amount, on=today)


def mark_returned(
    session: Session, line: BankLine, *, actor: Actor, order: PaymentOrder, now: datetime
) -> None:
    """A settled order came back by this line; what is missing are the bank's charges."""
    _lock_open(session, line, actor)
    foreign = line.currency != order.currency or order.payee_service_account
    if foreign or not _is_whole(order, line, local_day(now)):
        raise Invalid(N_("This line cannot be that order coming back: the sums do not fit."))
    return_order(
        session,
        order,
        actor=actor,
        received=line.amount,
        charges=order.amount - line.amount,
        reason=line.return_reason or "RRTN",
        now=now,
    )
    line.kind = ExceptionKind.RETURN
    settle(session, line, Resolution.RETURNED, actor=actor, now=now)


def mark_moved(session: Session, line: BankLine, *, actor: Actor, now: datetime) -> None:
    """Post what went to our balance at a payment service, or came from there."""
    _lock_open(session, line, actor)
    service = rails.service_in(line.currency)
    if service is None:
        raise Invalid(N_("No payment service of ours has a balance in this currency."))
    out = line.amount.minor < 0
    event, amount = (service.topped_up, -line.amount) if out else (service.drawn, line.amount)
    _post(session, line, event, amount, f"moved|{line.id}", Dimensions(), actor=actor, now=now)
    settle(session, line, Resolution.SERVICE, actor=actor, now=now)


def park(
    session: Session,
    line: BankLine,
    *,
    actor: Actor,
    owner_id: UUID | None,
    note: str,
    now: datetime,
) -> None:
    """Leave a line open, with somebody who finds out and what is known."""
    _lock_open(session, line, actor)
    if owner_id is None:
        raise Invalid(N_("Say who finds out."), code="owner", field="owner_id")
    if not note.strip():
        raise Invalid(N_("Write what is known and what was asked."), code="note", field="note")
    line.owner_id = owner_id
    sign(line, "noted_by", actor)
    line.proposal = {**line.proposal, "note": note.strip()[:500]}
    session.flush()
    if owner_id != actor.id:
        message = N_("A line of the bank over %(amount)s waits for you to find out what it is.")
        key, link = f"bank_line:{line.id}:{now.isoformat()}", f"/bank/?line={line.id}"
        inbox.notify(session, [owner_id], key, message, now=now, link=link, amount=str(line.amount))
    audit.record(session, "bank_line:park", line, actor=actor, now=now, fields=("state",))


def _lock_open(session: Session, line: BankLine, actor: Actor | None = None) -> None:
    if actor is not None:
        permissions.demand(actor, BankPermission.RESOLVE, line)
    lock(session, line)
    if line.state not in OPEN_LINES:
        raise Conflict(N_("Somebody has settled this line already."), code="line")


def _post(
    session: Session,
    line: BankLine,
    event: PostingEvent,
    amount: Money,
    key: str,
    about: Dimensions,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    posting = Posting(event, amount, key, Source(SourceType.BANK_LINE, line.id), about)
    post(session, posting, actor=actor, now=now)
