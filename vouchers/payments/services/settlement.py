"""What becomes of an order: it is paid, whole or in parts, or refused before it is.

Everything is set-based, because one statement may settle ten thousand orders.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast
from uuid import UUID

from sqlalchemy import BigInteger, Date, Table, Uuid, exists, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from providers.directory.models import Provider
from reintegration.kernel import permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.clock import local_day
from reintegration.kernel.errors import N_, Conflict, Invalid
from reintegration.kernel.locking import by_key
from reintegration.kernel.money import Money
from reintegration.kernel.ports import Port
from reintegration.kernel.states import StateEvent
from vouchers.books.models import BankAccount
from vouchers.books.services.journal import Dimensions, Posting, Source, post
from vouchers.books.services.postings import PostingEvent
from vouchers.books.states import SourceType
from vouchers.payments.models import Claim, PaymentBatch, PaymentOrder
from vouchers.payments.permissions import PaymentPermission
from vouchers.payments.services import payment_news, rails
from vouchers.payments.services.batches import close_when_done, take_out_claims
from vouchers.payments.services.payment_moves import BATCH, CLAIM, ORDER
from vouchers.payments.states import BatchState, ClaimState, OrderState, Rail

_orders = cast("Table", PaymentOrder.__table__)
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


def lock_order(session: Session, order: PaymentOrder) -> None:
    """Lock one order with all that moves with it, and read it afresh."""
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
                key_of_order("settle", one.order_id, so_far.get(one.order_id, Matches()).made),
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
    lock_order(session, order)
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
    event, key = rails.of(order.batch.rail).settled, key_of_order("settle", order.id, made)
    post_of_order(session, order, event, amount, key, actor=actor, now=now)
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
    lock_order(session, order)
    if order.taken_back:
        raise Conflict(N_("A part of this order was taken back: it stays settled."), code="order")
    part, was_whole = amount or order.paid, order.state == OrderState.SETTLED
    paid = _paid(order, order.settled_on or local_day(now), {})
    undone = _so_far(session, [paid]).get(order.id, Matches()).undone
    move, data = UNSETTLE if was_whole else "undo_part", {"minor": part.minor}
    with session.no_autoflush:  # a law holds state and paid together
        order.settled_on, order.paid = None, order.paid - part
        ORDER.fire(session, order, move, actor=actor, now=now, reason=reason, data=data)
    event, key = rails.of(order.batch.rail).unsettled, key_of_order("unsettle", order.id, undone)
    post_of_order(session, order, event, part, key, actor=actor, now=now)
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
    lock_order(session, order)
    if order.paid:
        raise Conflict(
            N_("The bank paid %(paid)s of this order: undo that match first."),
            code="order",
            paid=order.paid,
        )
    ORDER.fire(session, order, "fail", actor=actor, now=now, reason=reason)
    order.failure = reason.strip()[:500]
    post_of_order(
        session,
        order,
        rails.of(order.batch.rail).failed,
        order.amount,
        f"fail|{order.id}",
        actor=actor,
        now=now,
    )
    undo_offset(session, order, order.offset, 0, actor=actor, now=now)
    claims = take_out_claims(session, [order], actor=actor, now=now)
    payment_news.failed(session, order, claims, now=now)
    close_when_done(session, order.batch, actor=actor, now=now)
    return order


def undo_offset(
    session: Session,
    order: PaymentOrder,
    amount: Money,
    before: int,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Owe again what was set off of an order that failed or came back."""
    if amount:
        post_of_order(
            session,
            order,
            PostingEvent.OFFSET_UNDONE,
            amount,
            f"offset-undone|{order.id}|{before}" if before else f"offset-undone|{order.id}",
            actor=actor,
            now=now,
        )


def post_of_order(
    session: Session,
    order: PaymentOrder,
    event: PostingEvent,
    amount: Money,
    key: str,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Post an event of an order for its payee."""
    about = Dimensions(provider_id=order.provider_id)
    posting = Posting(event, amount, key, Source(SourceType.PAYMENT_ORDER, order.id), about)
    post(session, posting, actor=actor, now=now)


def key_of_order(verb: str, order_id: UUID, attempt: int) -> str:
    """Return the posting key of what happens to an order, after so many attempts before."""
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
