"""What becomes of an order: it is paid, refused, or the money comes back later, whole or in part.

Everything is set-based, because one statement may settle ten thousand orders.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast
from uuid import UUID

from sqlalchemy import BigInteger, Date, Table, Uuid, exists, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from providers.directory.models import Provider
from reintegration.accounts.queries.people import with_role
from reintegration.accounts.services import inbox
from reintegration.kernel import permissions
from reintegration.kernel.actor import Actor, Role
from reintegration.kernel.clock import local_day
from reintegration.kernel.dated_rules import Area, DatedRule, stood
from reintegration.kernel.errors import N_, Conflict, Invalid
from reintegration.kernel.locking import by_key, lock_all
from reintegration.kernel.money import Money, total
from reintegration.kernel.money_columns import InMoney
from reintegration.kernel.ports import Port
from reintegration.kernel.rule_kinds import Amounts
from reintegration.kernel.states import StateEvent
from vouchers.books.models import BankAccount, LedgerEntry, LedgerLine
from vouchers.books.services.balances import provider_balances
from vouchers.books.services.journal import Dimensions, Posting, Source, post
from vouchers.books.services.postings import UNDONE_BY, PostingEvent
from vouchers.books.states import SourceType
from vouchers.payments.models import Claim, ClaimLine, PaymentBatch, PaymentOrder
from vouchers.payments.permissions import PaymentPermission
from vouchers.payments.services import claim_lines, payment_news, rails
from vouchers.payments.services.batches import close_when_done, take_out_claims
from vouchers.payments.services.payment_moves import BATCH, CLAIM, ORDER
from vouchers.payments.states import BatchState, ClaimLineState, ClaimState, OrderState, Rail
from vouchers.voucher.models import Redemption
from vouchers.voucher.states import RedemptionState

_orders = cast("Table", PaymentOrder.__table__)
RETURN_CHARGES_AT_MOST = DatedRule(
    code="payments.return_charges_at_most",
    title=N_("What a bank may keep of an order that came back"),
    says=N_("What is missing beyond that is no charge of the bank: a person looks at the line."),
    area=Area.MONEY,
    decided_by=Role.FINANCE_APPROVER,
    kind=Amounts(("MDL", "EUR")),
    initially={"MDL": Money(50_000, "MDL"), "EUR": Money(5_000, "EUR")},
)
UNSETTLE = "unsettle"


@dataclass(frozen=True, slots=True)
class Matches:
    """How often lines of the bank were matched with an order, and how often that was undone."""

    made: int = 0
    undone: int = 0


matches_so_far = Port[[Session, Sequence[UUID]], dict[UUID, Matches]](
    "how often each order was matched, and that was undone: each posts under its own key"
)


@dataclass(frozen=True, slots=True)
class Paid:
    """An order of which all that was unpaid is paid now, the day, and by what, for its history."""

    order_id: UUID
    provider_id: UUID
    batch_id: UUID
    amount: Money
    booked_on: date
    note: Mapping[str, str]
    rail: Rail


def by_line(line_id: UUID) -> Mapping[str, str]:
    """Return what the history keeps of an order that a line of the bank paid."""
    return {"line": str(line_id)}


def lock_orders(
    session: Session, order_ids: Collection[UUID], *, account_id: UUID | None = None
) -> None:
    """Lock orders with all that moves with them, and an account of ours where it is counted on.

    Their batches come first: the last order of a batch settles it, and somebody must be the last.
    """
    ids = func.any(literal(list(order_ids), ARRAY(Uuid)))
    batches = select(PaymentOrder.batch_id).where(PaymentOrder.id == ids)
    providers = select(PaymentOrder.provider_id).where(PaymentOrder.id == ids)
    session.execute(by_key(PaymentBatch, PaymentBatch.id.in_(batches)))
    if account_id is not None:
        session.execute(by_key(BankAccount, BankAccount.id == account_id))
    session.execute(by_key(Provider, Provider.id.in_(providers)))
    session.execute(by_key(PaymentOrder, PaymentOrder.id == ids))
    session.execute(by_key(Claim, Claim.payment_order_id == ids))


def _lock_order(session: Session, order: PaymentOrder) -> None:
    lock_orders(session, [order.id])
    session.refresh(order)
    session.refresh(order.batch)
    session.expire(order.batch, ["orders"])


def settle_many(session: Session, paid: Sequence[Paid], *, actor: Actor, now: datetime) -> None:
    """Settle orders, pay their claims, close their batches, and post; all or none.

    Raises Conflict when one of them is not under way any more.
    """
    if not paid:
        return
    permissions.demand(actor, PaymentPermission.SETTLE)
    ids = [one.order_id for one in paid]
    lock_orders(session, ids)
    given = select(
        func.unnest(literal(ids, ARRAY(Uuid))).label("id"),
        func.unnest(literal([one.booked_on for one in paid], ARRAY(Date))).label("booked_on"),
        func.unnest(literal([one.amount.minor for one in paid], ARRAY(BigInteger))).label("minor"),
    ).subquery()
    moved = session.execute(
        ORDER.moving(_orders, "settle")
        .where(
            _orders.c.id == given.c.id,
            _orders.c.amount_minor - _orders.c.paid_minor == given.c.minor,
        )
        .values(settled_on=given.c.booked_on, paid_minor=_orders.c.amount_minor)
    )
    if moved.rowcount != len(ids):  # type: ignore[attr-defined]
        raise Conflict(N_("One of these orders was settled or refused meanwhile."), code="order")
    so_far = _so_far(session, paid)
    post(
        session,
        *(
            Posting(
                rails.of(one.rail).settled,
                one.amount,
                _key("settle", one.order_id, so_far.get(one.order_id, Matches()).made),
                Source(SourceType.PAYMENT_ORDER, one.order_id),
                Dimensions(provider_id=one.provider_id),
            )
            for one in paid
        ),
        actor=actor,
        now=now,
    )
    ORDER.note_many(
        session,
        [(one.order_id, dict(one.note)) for one in paid],
        "settle",
        OrderState.RELEASED,
        actor=actor,
        now=now,
    )
    _move_claims(session, ids, "pay", ClaimState.IN_PAYMENT, actor=actor, now=now)
    _settle_batches(session, {one.batch_id for one in paid}, actor=actor, now=now)
    payment_news.paid(session, ids, now=now)
    session.expire_all()


def settle_order(
    session: Session,
    order: PaymentOrder,
    *,
    actor: Actor,
    on: date,
    note: Mapping[str, str],
    now: datetime,
) -> PaymentOrder:
    """Settle one order that was paid `on` a day; `note` says by what, for its history.

    Raises Conflict when it is not under way any more.
    """
    settle_many(session, [_paid(order, on, note)], actor=actor, now=now)
    return order


def _paid(order: PaymentOrder, on: date, note: Mapping[str, str]) -> Paid:
    return Paid(
        order.id, order.provider_id, order.batch_id, order.unpaid, on, note, order.batch.rail
    )


def settle_part(
    session: Session,
    order: PaymentOrder,
    amount: Money,
    *,
    actor: Actor,
    note: Mapping[str, str],
    now: datetime,
) -> PaymentOrder:
    """The bank paid a part of an order; it stays under way until the rest is paid.

    Raises Conflict when it is not under way any more, Invalid for all that is left or more.
    """
    _lock_order(session, order)
    if rails.of(order.batch.rail).service:
        raise Conflict(N_("A payment service pays an order whole."), code="rail")
    if not 0 < amount.minor < order.unpaid.minor:
        raise Invalid(
            N_("Of this order %(unpaid)s is not paid yet: a part of it is less."),
            code="amount",
            unpaid=order.unpaid,
        )
    made = _so_far(session, [_paid(order, local_day(now), note)]).get(order.id, Matches()).made
    data = {**note, "minor": amount.minor}
    ORDER.fire(session, order, "pay_part", actor=actor, now=now, data=data)
    order.paid += amount
    event, key = rails.of(order.batch.rail).settled, _key("settle", order.id, made)
    _post(session, order, event, amount, key, actor=actor, now=now)
    return order


def _so_far(session: Session, paid: Sequence[Paid]) -> dict[UUID, Matches]:
    """Return how often each order was settled and unsettled: each posts under its key."""
    services = [one.order_id for one in paid if rails.of(one.rail).service]
    banks = [one.order_id for one in paid if not rails.of(one.rail).service]
    found = matches_so_far(session, banks) if banks else {}
    if services:
        found = found | {
            order_id: Matches(made=count, undone=count)
            for order_id, count in session.execute(
                select(StateEvent.aggregate_id, func.count())
                .where(
                    StateEvent.aggregate == ORDER.name,
                    StateEvent.aggregate_id.in_(services),
                    StateEvent.move == UNSETTLE,
                )
                .group_by(StateEvent.aggregate_id)
            )
        }
    return found


def unsettle(
    session: Session,
    order: PaymentOrder,
    *,
    amount: Money | None = None,
    actor: Actor,
    reason: str,
    now: datetime,
) -> None:
    """Take a settlement back, or the `amount` that one line of several paid.

    It was matched with the wrong line. Raises Conflict when a part of the order was taken back
    since.
    """
    _lock_order(session, order)
    if order.taken_back:
        raise Conflict(N_("A part of this order was taken back: it stays settled."), code="order")
    part, was_whole = amount or order.paid, order.state == OrderState.SETTLED
    paid = _paid(order, order.settled_on or local_day(now), {})
    undone = _so_far(session, [paid]).get(order.id, Matches()).undone
    move, data = UNSETTLE if was_whole else "undo_part", {"minor": part.minor}
    with session.no_autoflush:  # a law holds state and paid together
        order.settled_on, order.paid = None, order.paid - part
        ORDER.fire(session, order, move, actor=actor, now=now, reason=reason, data=data)
    event, key = rails.of(order.batch.rail).unsettled, _key("unsettle", order.id, undone)
    _post(session, order, event, part, key, actor=actor, now=now)
    if not was_whole:
        return
    _move_claims(session, [order.id], "unpay", ClaimState.PAID, actor=actor, now=now)
    if order.batch.state == BatchState.SETTLED:
        BATCH.fire(session, order.batch, "unsettle", actor=actor, now=now)


def fail_order(
    session: Session, order: PaymentOrder, *, actor: Actor, reason: str, now: datetime
) -> PaymentOrder:
    """The bank or the service refused an order before paying it: the money is owed again.

    Raises Conflict when a line paid a part of it.
    """
    _lock_order(session, order)
    if order.paid:
        raise Conflict(
            N_("The bank paid %(paid)s of this order: undo that match first."),
            code="order",
            paid=order.paid,
        )
    ORDER.fire(session, order, "fail", actor=actor, now=now, reason=reason)
    order.failure = reason.strip()[:500]
    _post(
        session,
        order,
        rails.of(order.batch.rail).failed,
        order.amount,
        f"fail|{order.id}",
        actor=actor,
        now=now,
    )
    _undo_offset(session, order, order.offset, 0, actor=actor, now=now)
    claims = take_out_claims(session, [order], actor=actor, now=now)
    payment_news.failed(session, order, claims, now=now)
    close_when_done(session, order.batch, actor=actor, now=now)
    return order


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
    _lock_order(session, order)
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
        key = _key(event, order.id, before)
        _post(session, order, event, part, key, actor=actor, now=now)
    kept = max(Money.zero(order.currency), clawed - order.amount)
    offset = max(Money.zero(order.currency), order.offset - kept)
    _undo_offset(session, order, offset, before, actor=actor, now=now)
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
    _lock_order(session, order)
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
        _post(
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
    keys = {f"{_key(_KEYS.get(event, event), order.id, before)}|0": event for event in events}
    rows = session.execute(
        select(LedgerEntry.key, LedgerLine.debit)
        .join(LedgerLine, LedgerLine.entry_id == LedgerEntry.id)
        .where(LedgerEntry.key.in_(keys), LedgerLine.debit_minor > 0)
        .order_by(LedgerLine.id)
    )
    return [(keys[key], debit) for key, debit in rows]


_KEYS = {PostingEvent.OFFSET_UNDONE: "offset-undone"}


def _refuse_less_owed(session: Session, order: PaymentOrder, amount: Money) -> None:
    balance = provider_balances(session, [order.provider_id]).get(
        (order.provider_id, order.currency)
    )
    if balance is None or balance.receivable < amount:
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
    _lock_order(session, order)
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
    _post(session, order, service.taken_back, amount, key, actor=actor, now=now)
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
    balance = provider_balances(session, [order.provider_id]).get(
        (order.provider_id, order.currency)
    )
    nothing = Money.zero(order.currency)
    return clawed, max(nothing, balance.receivable) if balance else nothing


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


def _undo_offset(
    session: Session,
    order: PaymentOrder,
    amount: Money,
    before: int,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    if amount:
        _post(
            session,
            order,
            PostingEvent.OFFSET_UNDONE,
            amount,
            f"offset-undone|{order.id}|{before}" if before else f"offset-undone|{order.id}",
            actor=actor,
            now=now,
        )


def _post(
    session: Session,
    order: PaymentOrder,
    event: PostingEvent,
    amount: Money,
    key: str,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    about = Dimensions(provider_id=order.provider_id)
    posting = Posting(event, amount, key, Source(SourceType.PAYMENT_ORDER, order.id), about)
    post(session, posting, actor=actor, now=now)


def _key(verb: str, order_id: UUID, attempt: int) -> str:
    return f"{verb}|{order_id}|{attempt}" if attempt else f"{verb}|{order_id}"


def _move_claims(
    session: Session,
    order_ids: Sequence[UUID],
    move: str,
    before: ClaimState,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    moved = session.scalars(
        CLAIM.moving(Claim, move)
        .where(Claim.payment_order_id == func.any(literal(list(order_ids), ARRAY(Uuid))))
        .returning(Claim.id)
        .execution_options(synchronize_session=False)
    ).all()
    if moved:
        CLAIM.note_many(session, [(key, {}) for key in moved], move, before, actor=actor, now=now)


def _settle_batches(session: Session, batch_ids: set[UUID], *, actor: Actor, now: datetime) -> None:
    done = session.scalars(
        BATCH.moving(PaymentBatch, "settle")
        .where(
            PaymentBatch.id.in_(batch_ids),
            ~exists().where(
                PaymentOrder.batch_id == PaymentBatch.id, PaymentOrder.state == OrderState.RELEASED
            ),
        )
        .returning(PaymentBatch.id)
        .execution_options(synchronize_session=False)
    ).all()
    if done:
        BATCH.note_many(
            session,
            [(key, {}) for key in done],
            "settle",
            BatchState.RELEASED,
            actor=actor,
            now=now,
        )
