"""Money that comes back after an order was paid, whole or in part; and taking that back."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import func, literal, select
from sqlalchemy.orm import Session

from reintegration.accounts.queries.people import with_role
from reintegration.accounts.services import inbox
from reintegration.kernel.actor import Actor, Role
from reintegration.kernel.clock import local_day
from reintegration.kernel.dated_rules import Area, DatedRule, stood
from reintegration.kernel.errors import N_, Conflict, Invalid
from reintegration.kernel.locking import lock_all
from reintegration.kernel.money import Money, total
from reintegration.kernel.money_columns import InMoney
from reintegration.kernel.rule_kinds import Amounts
from reintegration.kernel.states import StateEvent
from vouchers.books.models import LedgerEntry, LedgerLine
from vouchers.books.services.balances import owed_by
from vouchers.books.services.postings import UNDONE_BY, PostingEvent
from vouchers.payments.models import Claim, ClaimLine, PaymentOrder
from vouchers.payments.services import claim_lines, payment_news, rails
from vouchers.payments.services.batches import take_out_claims
from vouchers.payments.services.payment_moves import CLAIM, ORDER
from vouchers.payments.services.settlement import (
    key_of_order,
    lock_order,
    post_of_order,
    undo_offset,
)
from vouchers.payments.states import ClaimLineState, ClaimState, OrderState
from vouchers.voucher.models import Redemption
from vouchers.voucher.states import RedemptionState

RETURN_CHARGES_AT_MOST = DatedRule(
    code="payments.return_charges_at_most",
    title=N_("What a bank may keep of an order that came back"),
    says=N_("What is missing beyond that is no charge of the bank: a person looks at the line."),
    area=Area.MONEY,
    decided_by=Role.FINANCE_APPROVER,
    kind=Amounts(("MDL", "EUR")),
    initially={"MDL": Money(50_000, "MDL"), "EUR": Money(5_000, "EUR")},
)


def return_order(
    session: Session,
    order: PaymentOrder,
    *,
    actor: Actor,
    received: Money,
    charges: Money | None = None,
    reason: str,
    now: datetime,
) -> Money:
    """A settled payment came back: owed again, but for what was taken back meanwhile.

    `received` and `charges` together are the order, less the part of it that came back before. What
    was clawed back lowers what the provider owes; where that was repaid already, the rest is a
    refund due, which is returned and told to finance.
    """
    lock_order(session, order)
    charges = charges or Money.zero(order.currency)
    keeps = rails.of(order.batch.rail).returned.charges is not None
    today = local_day(now)
    whole = is_whole(order.amount - order.taken_back, received, charges, on=today)
    if not whole or (charges and not keeps):
        raise Invalid(N_("What came back and the charges do not add up to the order."))
    judged_by = stood(today, RETURN_CHARGES_AT_MOST)
    before = _returns(session, order)
    ORDER.fire(session, order, "return", actor=actor, now=now, reason=reason, data=judged_by)
    order.failure = reason.strip()[:500]
    clawed, open_there = _clawed(session, order)
    came_back = received + charges
    to_receivable = min(clawed - order.taken_back, open_there, came_back)
    parts = _return_parts(order, received, charges, to_receivable)
    for event, part in parts:
        key = key_of_order(event, order.id, before)
        post_of_order(session, order, event, part, key, actor=actor, now=now)
    kept = max(Money.zero(order.currency), clawed - order.amount)
    offset = max(Money.zero(order.currency), order.offset - kept)
    undo_offset(session, order, offset, before, actor=actor, now=now)
    claims = take_out_claims(session, [order], actor=actor, now=now, move="reopen")
    _refuse_reversed_lines(session, claims)
    payment_news.returned(session, order, claims, now=now)
    refund = min(clawed - order.taken_back, came_back) - to_receivable
    if refund:
        message = N_(
            "%(name)s is due a refund of %(amount)s: it had repaid a delivery whose"
            " payment came back."
        )
        key, link = f"refund:{order.id}", f"/batches/{order.batch_id}"
        readers = with_role(session, Role.FINANCE_PREPARER)
        inbox.notify(
            session,
            readers,
            key,
            message,
            now=now,
            link=link,
            name=order.payee_name,
            amount=str(refund),
        )
    return refund


def undo_return(
    session: Session, order: PaymentOrder, *, actor: Actor, reason: str, now: datetime
) -> None:
    """Take a return back that was another line: the order is paid again, and so are its claims.

    Raises Conflict when its claims were paid or changed since, or one of its deliveries was taken
    back: what came back is then settled elsewhere.
    """
    lock_order(session, order)
    claims = lock_all(session, _reopened(session, order))
    untouched = all(c.state == ClaimState.CHECKED and c.payment_order_id is None for c in claims)
    whole = total((c.payable for c in claims), order.currency) == order.amount + order.offset
    if order.taken_back or not (claims and untouched and whole):
        raise Conflict(
            N_("Its claims were paid or changed since: this return can no longer be undone."),
            code="order",
        )
    before = _returns(session, order) - 1
    ORDER.fire(session, order, "undo_return", actor=actor, now=now, reason=reason)
    order.failure = ""
    for event, amount in _posted(session, order, [*_RETURNS, PostingEvent.OFFSET_UNDONE], before):
        undone = UNDONE_BY.get(event, PostingEvent.OFFSET)
        if undone is PostingEvent.OFFSET:
            _refuse_less_owed(session, order, amount)
        post_of_order(
            session, order, undone, amount, f"{undone}|{order.id}|u{before}", actor=actor, now=now
        )
    for claim in claims:
        claim.payment_order_id = order.id
        CLAIM.fire(
            session, claim, "undo_reopen", actor=actor, now=now, data={"order": order.reference}
        )


_RETURNS = (
    PostingEvent.RETURNED_OPEN,
    PostingEvent.RETURNED_CLAWED,
    PostingEvent.RETURN_CHARGES,
    PostingEvent.RETURN_CHARGES_CLAWED,
)


def _reopened(session: Session, order: PaymentOrder) -> Sequence[Claim]:
    """Return the claims that waited again when an order came back."""
    reopened = select(StateEvent.aggregate_id).where(
        StateEvent.aggregate == CLAIM.name,
        StateEvent.move == "reopen",
        StateEvent.data["order"].astext == order.reference,
        StateEvent.aggregate_id.in_(select(Claim.id).where(Claim.provider_id == order.provider_id)),
    )
    return session.scalars(select(Claim).where(Claim.id.in_(reopened))).all()


def _posted(
    session: Session, order: PaymentOrder, events: Iterable[PostingEvent], before: int
) -> list[tuple[PostingEvent, Money]]:
    """Return what the last return of an order posted, by its keys."""
    keys = {
        f"{key_of_order(_KEYS.get(event, event), order.id, before)}|0": event for event in events
    }
    rows = session.execute(
        select(LedgerEntry.key, LedgerLine.debit)
        .join(LedgerLine, LedgerLine.entry_id == LedgerEntry.id)
        .where(LedgerEntry.key.in_(keys), LedgerLine.debit_minor > 0)
        .order_by(LedgerLine.id)
    )
    return [(keys[key], debit) for key, debit in rows]


_KEYS = {PostingEvent.OFFSET_UNDONE: "offset-undone"}


def _refuse_less_owed(session: Session, order: PaymentOrder, amount: Money) -> None:
    if owed_by(session, order.provider_id, order.currency) < amount:
        raise Conflict(
            N_("%(name)s paid back meanwhile what this order set off: it stays returned."),
            code="order",
            name=order.payee_name,
        )


def take_back(
    session: Session,
    order: PaymentOrder,
    amount: Money,
    *,
    actor: Actor,
    note: Mapping[str, str],
    now: datetime,
) -> PaymentOrder:
    """A part of a settled order came back through its service: its payee owes so much less.

    Raises Invalid for more than `most_taken_back`, Conflict on a rail that brings no part back.
    """
    service = rails.of(order.batch.rail).service
    if service is None:
        raise Conflict(N_("A bank brings back a whole payment only."), code="rail")
    lock_order(session, order)
    most = _most_taken_back(session, order)
    if amount.minor <= 0 or amount > most:
        raise Invalid(
            N_("Of this order at most %(most)s can be taken back: what its payee owes of it."),
            code="amount",
            field="amount",
            most=most,
        )
    key = f"take-back|{order.id}|{order.taken_back_minor}"
    data = {**note, "minor": amount.minor}
    ORDER.fire(session, order, "take_back", actor=actor, now=now, data=data)
    order.taken_back += amount
    post_of_order(session, order, service.taken_back, amount, key, actor=actor, now=now)
    return order


def most_taken_back(session: Session, order: PaymentOrder) -> Money:
    """Return how much of an order can be taken back now; nothing on a bank's rail."""
    paid = order.state == OrderState.SETTLED and rails.of(order.batch.rail).service
    return _most_taken_back(session, order) if paid else Money.zero(order.currency)


def _most_taken_back(session: Session, order: PaymentOrder) -> Money:
    """Return what was clawed back of an order's deliveries and is still owed.

    Another order's debt is not taken from this one: were it to return whole, too little would be
    owed for its claims.
    """
    clawed, owed = _clawed(session, order)
    left = min(clawed, order.amount) - order.taken_back
    return max(Money.zero(order.currency), min(left, owed))


def is_whole(ordered: Money, received: Money, charges: Money, *, on: date) -> bool:
    """Whether an order came back whole: its sum, less what a bank may charge for that."""
    if {received.currency, charges.currency} != {ordered.currency}:
        return False
    most = RETURN_CHARGES_AT_MOST.on(on).get(ordered.currency, Money.zero(ordered.currency))
    adds_up = received + charges == ordered
    return adds_up and received.minor > 0 and 0 <= charges.minor <= most.minor


def _return_parts(
    order: PaymentOrder, received: Money, charges: Money, to_receivable: Money
) -> Iterator[tuple[PostingEvent, Money]]:
    """Return what posts the money and the charges, each first against what the provider owes."""
    returned = rails.of(order.batch.rail).returned
    parts = [(received, returned.money)]
    if returned.charges:
        parts.append((charges, returned.charges))
    left = to_receivable
    for amount, (clawed_event, open_event) in parts:
        clawed = min(left, amount)
        left -= clawed
        for event, part in ((clawed_event, clawed), (open_event, amount - clawed)):
            if part:
                yield event, part


def _returns(session: Session, order: PaymentOrder) -> int:
    """Return how often an order came back before, by what was undone since."""
    return session.scalars(
        select(func.count())
        .select_from(StateEvent)
        .where(
            StateEvent.aggregate == ORDER.name,
            StateEvent.aggregate_id == order.id,
            StateEvent.move == "return",
        )
    ).one()


def _clawed(session: Session, order: PaymentOrder) -> tuple[Money, Money]:
    """Return what of an order was taken back after its payment, and what is owed of it."""
    clawed = session.scalars(
        select(InMoney("clawed", func.sum(ClaimLine.amount_minor), literal(order.currency)))
        .join(Claim, Claim.id == ClaimLine.claim_id)
        .join(Redemption, Redemption.id == ClaimLine.redemption_id)
        .where(
            Claim.payment_order_id == order.id,
            ClaimLine.state != ClaimLineState.REFUSED,
            Redemption.state == RedemptionState.REVERSED,
        )
    ).one()
    owed = owed_by(session, order.provider_id, order.currency)
    return clawed, max(Money.zero(order.currency), owed)


def _refuse_reversed_lines(session: Session, claims: Sequence[Claim]) -> None:
    """What was taken back is not paid again."""
    taken_back = session.scalars(
        select(ClaimLine)
        .join(Redemption, Redemption.id == ClaimLine.redemption_id)
        .where(
            ClaimLine.claim_id.in_([claim.id for claim in claims]),
            Redemption.state == RedemptionState.REVERSED,
        )
    )
    claim_lines.refuse(session, taken_back.all())
