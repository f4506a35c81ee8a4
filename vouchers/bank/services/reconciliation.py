"""What a person decides about a line of the bank that did not match by itself, and undoing it."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from reintegration.accounts.services import inbox
from reintegration.kernel import audit, permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.clock import local_day
from reintegration.kernel.errors import N_, Conflict, Invalid
from reintegration.kernel.ids import new_id
from reintegration.kernel.locking import lock, lock_all
from reintegration.kernel.money import Money, total
from reintegration.kernel.signing import sign
from vouchers.bank.models import BankLine, BankMatch
from vouchers.bank.permissions import BankPermission
from vouchers.bank.services import endings
from vouchers.bank.services.endings import lock_open
from vouchers.bank.services.line_moves import BANK_LINE
from vouchers.bank.services.matching.proposals import MatchRules
from vouchers.bank.states import ExceptionKind, MatchedBy, NextStep, Rest
from vouchers.payments.models import PaymentOrder
from vouchers.payments.services.settlement import (
    Paid,
    by_line,
    lock_orders,
    settle_many,
    settle_part,
    unsettle,
)
from vouchers.payments.states import OrderState


def match_orders(
    session: Session,
    line: BankLine,
    *,
    actor: Actor,
    order_ids: Collection[UUID],
    rest: Rest | None = None,
    now: datetime,
) -> None:
    """Settle one order or several by a line; what is unpaid of them must be what the bank took.

    Where it took more, the `rest` can be its fee; where it took less for one order, a part of it.
    Raises Invalid when the sums differ, Conflict when the line or an order is no longer open.
    """
    permissions.demand(actor, BankPermission.MATCH, line)
    lock_open(session, line)
    orders = _locked(session, line, order_ids, counts_fees=rest is Rest.FEE)
    taken, unpaid = -line.amount, total((order.unpaid for order in orders), line.currency)
    judged_by = None
    if taken < unpaid and rest is Rest.UNDER_WAY and len(orders) == 1:
        parts = [taken]
        note = by_line(line.id)
        settle_part(session, orders[0], taken, actor=actor, note=note, now=now)
    else:
        if taken > unpaid and rest is Rest.FEE:
            fee = taken - unpaid
            judged_by = endings.post_fee(session, line, fee, actor=actor, now=now)
        elif taken != unpaid:
            raise _differs(taken, unpaid, len(orders))
        parts = [order.unpaid for order in orders]
        settle_many(session, _paid(orders, line), actor=actor, now=now)
    session.add_all(_matches(line, orders, parts, actor=actor, now=now))
    line.owner_id, line.next_step, line.next_on = None, None, None
    data = {"orders": len(orders), **({"rest": str(rest)} if rest else {}), **(judged_by or {})}
    BANK_LINE.fire(session, line, "match", actor=actor, now=now, data=data)


def _locked(
    session: Session, line: BankLine, order_ids: Collection[UUID], *, counts_fees: bool
) -> list[PaymentOrder]:
    """Return the chosen orders, locked; refuse what no bank pays or is under way no more.

    Fees of one account are counted one after another: then it is locked too.
    """
    lock_orders(session, order_ids, account_id=line.bank_account_id if counts_fees else None)
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
    return list(orders)


def _differs(taken: Money, unpaid: Money, count: int) -> Invalid:
    if taken > unpaid:
        said = N_(
            "The orders are %(orders)s together, the line is %(line)s. If the bank kept the rest,"
            " say that it is its fee."
        )
    elif count == 1:
        said = N_(
            "The order is %(orders)s, the line is %(line)s. If it is a part of it, say that the"
            " rest is under way."
        )
    else:
        said = N_(
            "The orders are %(orders)s together, the line is %(line)s. Untick those that it does"
            " not pay; a part can be paid of one order only."
        )
    return Invalid(said, code="orders", orders=unpaid, line=taken)


def _paid(orders: Sequence[PaymentOrder], line: BankLine) -> list[Paid]:
    return [
        Paid(
            order.id,
            order.provider_id,
            order.batch_id,
            order.unpaid,
            line.booked_on,
            by_line(line.id),
            order.batch.rail,
        )
        for order in orders
    ]


def _matches(
    line: BankLine,
    orders: Sequence[PaymentOrder],
    parts: Sequence[Money],
    *,
    actor: Actor,
    now: datetime,
) -> list[BankMatch]:
    proposal = dict(line.proposal)
    proposed = {one["id"] for one in proposal.get("orders", [])}
    as_proposed = proposed == {str(order.id) for order in orders}
    return [
        BankMatch(
            id=new_id(),
            bank_line_id=line.id,
            payment_order_id=order.id,
            amount=part,
            tier=proposal.get("tier", MatchedBy.MANUAL) if as_proposed else MatchedBy.MANUAL,
            automatic=False,
            score=proposal.get("score", 0) if as_proposed else 0,
            reasons=proposal.get("reasons", []) if as_proposed else [],
            rule_version=MatchRules().version,
            matched_by=actor.id,
            matched_at=now,
        )
        for order, part in zip(orders, parts, strict=True)
    ]


def undo_match(
    session: Session, line: BankLine, *, actor: Actor, reason: str, now: datetime
) -> None:
    """Take a match back: the orders are under way again, and the line waits for another match."""
    lock(session, line)
    BANK_LINE.fire(session, line, "undo_match", actor=actor, now=now, reason=reason)
    live = select(BankMatch).where(BankMatch.bank_line_id == line.id, BankMatch.undone_at.is_(None))
    matches = lock_all(session, session.scalars(live))
    fees = endings.locked(session, line)
    lock_orders(session, [match.payment_order_id for match in matches])
    for match in matches:
        unsettle(session, match.order, amount=match.amount, actor=actor, reason=reason, now=now)
        match.undone_by, match.undone_at = actor.id, now
        match.undone_reason = reason.strip()[:500]
    endings.undo_endings(session, line, fees, actor=actor, reason=reason, now=now)
    line.owner_id, line.kind = actor.id, line.kind or ExceptionKind.UNKNOWN_DEBIT
    session.flush()


def park(
    session: Session,
    line: BankLine,
    *,
    actor: Actor,
    owner_id: UUID | None,
    note: str,
    next_step: NextStep | None = None,
    next_on: date | None = None,
    now: datetime,
) -> None:
    """Leave a line open, with somebody who finds out, what is known, and what is done by when."""
    lock_open(session, line, actor)
    if owner_id is None:
        raise Invalid(N_("Say who finds out."), code="owner", field="owner_id")
    if not note.strip():
        raise Invalid(N_("Write what is known and what was asked."), code="note", field="note")
    if next_on is not None and next_on < local_day(now):
        raise Invalid(N_("This day is past: choose one to come."), code="next_on", field="next_on")
    line.owner_id, line.next_step, line.next_on = owner_id, next_step, next_on
    sign(line, "noted_by", actor)
    line.proposal = {**line.proposal, "note": note.strip()[:500]}
    session.flush()
    if owner_id != actor.id:
        message = N_("A line of the bank over %(amount)s waits for you to find out what it is.")
        key, link = f"bank_line:{line.id}:{now.isoformat()}", f"/bank/?line={line.id}"
        inbox.notify(session, [owner_id], key, message, now=now, link=link, amount=str(line.amount))
    audit.record(session, "bank_line:park", line, actor=actor, now=now, fields=("state",))
