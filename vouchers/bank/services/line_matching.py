"""New lines of a statement against the orders that wait: what is certain posts by itself.

Everything that a person has to look at keeps its proposal or its kind, with reasons, on the line.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from reintegration.kernel.actor import Actor
from reintegration.kernel.clock import local_day
from reintegration.kernel.ids import new_id
from reintegration.kernel.money import Money
from reintegration.kernel.statements import insert_rows
from vouchers.bank.models import BankMatch
from vouchers.bank.services.matching.proposals import (
    ExceptionItem,
    OpenBatch,
    OpenOrder,
    OrderId,
    Proposal,
    Reason,
)
from vouchers.bank.services.matching.tiers import match
from vouchers.bank.states import BankLineState, ExceptionKind, MatchedBy
from vouchers.formats.statement import BankEntry
from vouchers.payments.models import PaymentBatch, PaymentOrder
from vouchers.payments.services.returns import is_whole, return_order
from vouchers.payments.services.settlement import Paid, by_line, lock_orders, settle_many
from vouchers.payments.states import OrderState

_SETTLED_WITHIN = timedelta(days=200)


@dataclass(slots=True)
class NewLine:
    """A line that is being imported: its entry, and what matching made of it."""

    id: UUID
    entry: BankEntry
    proposal: dict[str, Any] = field(default_factory=dict)
    outcome: Proposal | ExceptionItem | None = None
    returned: bool = False

    @property
    def state(self) -> BankLineState:
        """Return where the line begins."""
        if not isinstance(self.outcome, Proposal):
            return BankLineState.EXCEPTION
        return BankLineState.MATCHED if self.outcome.automatic else BankLineState.SUGGESTED

    @property
    def kind(self) -> ExceptionKind | None:
        """Return what a person has to settle; None when there is a proposal."""
        return self.outcome.kind if isinstance(self.outcome, ExceptionItem) else None


@dataclass(frozen=True, slots=True)
class Waiting:
    """The orders of one currency by id, as the matching wants them."""

    rows: dict[UUID, Any]
    open: list[OpenOrder]
    settled: list[OpenOrder]
    batches: list[OpenBatch]


@dataclass(frozen=True, slots=True)
class Decided:
    """By which version of the rules, and the orders that were looked at."""

    rules: str
    rows: dict[UUID, Any]


def decide(session: Session, lines: Sequence[NewLine]) -> Decided:
    """Find out what each line is."""
    if not lines:
        return Decided("", {})
    first = min(line.entry.booking_date for line in lines)
    waiting = _waiting(session, {line.entry.currency for line in lines}, first)
    by_entry = {id(line.entry): line for line in lines}
    result = match(
        [line.entry for line in lines], waiting.open, waiting.batches, settled=waiting.settled
    )
    for proposal in result.proposals:
        line = by_entry[id(proposal.entry)]
        line.outcome, line.proposal = proposal, told(proposal, waiting.rows)
    for item in result.exceptions:
        line = by_entry[id(item.entry)]
        line.outcome, line.proposal = item, told(item, waiting.rows)
    return Decided(result.rules_version, waiting.rows)


def lock_what_moves(session: Session, lines: Sequence[NewLine]) -> None:
    """Lock every order that the lines settle or bring back, at once."""
    moving = {part.order_id for line in lines for part in returned_orders(line)}
    for line in lines:
        if line.state is BankLineState.MATCHED and isinstance(line.outcome, Proposal):
            moving |= {_known(order_id) for order_id in line.outcome.order_ids}
    if moving:
        lock_orders(session, moving)


def post_matched(
    session: Session, lines: Sequence[NewLine], decided: Decided, *, actor: Actor, now: datetime
) -> None:
    """Settle what matched by itself; the lines are stored already."""
    proposals = [
        (line, line.outcome)
        for line in lines
        if line.state is BankLineState.MATCHED and isinstance(line.outcome, Proposal)
    ]
    if not proposals:
        return
    rows = decided.rows
    paid = [
        Paid(
            row.id,
            row.provider_id,
            row.batch_id,
            _due(row),
            line.entry.booking_date,
            by_line(line.id),
            row.rail,
        )
        for line, proposal in proposals
        for row in (rows[_known(order_id)] for order_id in proposal.order_ids)
    ]
    settle_many(session, paid, actor=actor, now=now)
    insert_rows(
        session,
        BankMatch,
        (
            "id",
            "bank_line_id",
            "payment_order_id",
            "amount_minor",
            "currency",
            "tier",
            "automatic",
            "score",
            "reasons",
            "rule_version",
            "matched_by",
            "matched_at",
            "undone_reason",
        ),
        (
            (
                new_id(),
                line.id,
                order_id,
                _due(rows[_known(order_id)]).minor,
                line.entry.currency,
                MatchedBy[proposal.tier.name],
                True,
                proposal.score,
                reasons_json(proposal.reasons),
                decided.rules,
                actor.id,
                now,
                "",
            )
            for line, proposal in proposals
            for order_id in proposal.order_ids
        ),
    )


@dataclass(frozen=True, slots=True)
class BroughtBack:
    """An order that a line brings back: what came of it, and what the bank kept."""

    order_id: UUID
    received: Money
    charges: Money
    reason: str


def returned_orders(line: NewLine) -> list[BroughtBack]:
    """Return the orders that a line brings back for certain: own references, and their sums.

    Nothing where any part of it is open to doubt.
    """
    item, entry = line.outcome, line.entry
    if not isinstance(item, ExceptionItem) or item.kind is not ExceptionKind.RETURN:
        return []
    if entry.problems or entry.amount_minor <= 0:
        return []
    known = {one["end_to_end_id"]: one for one in line.proposal.get("orders", [])}
    parts: list[tuple[str | None, int, int, str | None]]
    if len(entry.details) <= 1:
        parts = [(entry.end_to_end_id, entry.amount_minor, entry.charges_minor, None)]
    else:
        parts = [
            (one.end_to_end_id, one.amount_minor, one.charges_minor, one.return_reason)
            for one in entry.details
        ]
    found = [
        BroughtBack(
            UUID(known[name]["id"]),
            Money(minor, entry.currency),
            Money(charges, entry.currency),
            reason or entry.return_reason or "RRTN",
        )
        for name, minor, charges, reason in parts
        if name in known and minor > 0 and minor + charges == known[name]["minor"]
    ]
    came = sum(one.received.minor for one in found)
    distinct = {one.order_id for one in found}
    whole = len(found) == len(parts) == len(known) == len(distinct)
    return found if whole and came == entry.amount_minor else []


def post_returns(
    session: Session, parts: Sequence[BroughtBack], *, actor: Actor, now: datetime
) -> bool:
    """Bring all these orders back; False when one was not settled, so that a person looks."""
    today = local_day(now)
    orders = [
        session.get_one(PaymentOrder, part.order_id, populate_existing=True) for part in parts
    ]
    for order, part in zip(orders, parts, strict=True):
        if order.state != OrderState.SETTLED:
            return False
        if not is_whole(order.amount, part.received, part.charges, on=today):
            return False
    for order, part in zip(orders, parts, strict=True):
        return_order(
            session,
            order,
            actor=actor,
            received=part.received,
            charges=part.charges,
            reason=part.reason,
            now=now,
        )
    return True


def told(outcome: Proposal | ExceptionItem, rows: dict[UUID, Any]) -> dict[str, Any]:
    """Return what is kept on the line of an outcome, as JSON."""
    orders = []
    for order_id in outcome.order_ids:
        row = rows[_known(order_id)]
        orders.append(
            {
                "id": str(row.id),
                "reference": row.reference,
                "minor": _due(row).minor,
                "end_to_end_id": row.end_to_end_id,
            }
        )
    kept: dict[str, Any] = {"orders": orders, "reasons": reasons_json(outcome.reasons)}
    if isinstance(outcome, Proposal):
        kept |= {"score": outcome.score, "tier": MatchedBy[outcome.tier.name]}
    if outcome.entry.problems:
        kept["problems"] = [
            {"message": p.message, "params": dict(p.params)} for p in outcome.entry.problems
        ]
    return kept


def _known(order_id: OrderId) -> UUID:
    """Return an id that we gave the matching: a UUID."""
    assert isinstance(order_id, UUID)
    return order_id


def reasons_json(reasons: Iterable[Reason]) -> list[dict[str, Any]]:
    """Return reasons as they are kept."""
    return [{"code": reason.code, "params": dict(reason.params)} for reason in reasons]


_ORDERS = select(
    PaymentOrder.id,
    PaymentOrder.provider_id,
    PaymentOrder.batch_id,
    PaymentOrder.amount,
    PaymentOrder.paid,
    PaymentOrder.reference,
    PaymentOrder.end_to_end_id,
    PaymentOrder.payee_iban,
    PaymentOrder.payee_name,
    PaymentOrder.state,
    PaymentOrder.settled_on,
    PaymentBatch.rail,
    PaymentBatch.message_id,
    PaymentBatch.released_at,
    PaymentBatch.execution_on,
).join(PaymentBatch, PaymentBatch.id == PaymentOrder.batch_id)


def _waiting(session: Session, currencies: set[str], first: date) -> Waiting:
    rows: Sequence[Any] = session.execute(
        _ORDERS.where(
            PaymentOrder.currency.in_(currencies),
            PaymentOrder.amount_minor > 0,
            PaymentOrder.payee_service_account == "",
            (PaymentOrder.state == OrderState.RELEASED)
            | (
                (PaymentOrder.state == OrderState.SETTLED)
                & (PaymentOrder.settled_on >= first - _SETTLED_WITHIN)
            ),
        )
    ).all()
    open_orders: list[OpenOrder] = []
    settled: list[OpenOrder] = []
    batches: dict[UUID, tuple[str, date, list[UUID]]] = {}
    for row in rows:
        batch = batches.get(row.batch_id)
        if batch is None:
            sent_on = max(local_day(row.released_at), row.execution_on)
            batch = batches[row.batch_id] = (row.message_id, sent_on, [])
        batch[2].append(row.id)
        chosen = open_orders if row.state == OrderState.RELEASED else settled
        chosen.append(_order(row, batch[1]))
    return Waiting(
        {row.id: row for row in rows},
        open_orders,
        settled,
        [
            OpenBatch(batch_id, message_id, f"{message_id}-1", tuple(order_ids))
            for batch_id, (message_id, _, order_ids) in batches.items()
        ],
    )


def _due(row: Any) -> Money:
    """Return what a line can still be of an order: what is unpaid; all of one that is settled."""
    due: Money = row.amount - row.paid if row.state == OrderState.RELEASED else row.amount
    return due


def _order(row: Any, sent_on: date) -> OpenOrder:
    return OpenOrder(
        id=row.id,
        amount_minor=_due(row).minor,
        currency=row.amount.currency,
        sent_on=sent_on,
        end_to_end_id=row.end_to_end_id,
        counterparty_iban=row.payee_iban,
        counterparty_name=row.payee_name,
        reference=row.reference,
    )
