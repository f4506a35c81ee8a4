"""Reading what banks answered to files of payments."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from reintegration.kernel import bounded, permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.bounded import Pile
from reintegration.kernel.errors import or_404
from reintegration.web.paging import Page, page_of
from vouchers.bank.models import BankAnswer, OrderAnswer
from vouchers.bank.permissions import BankPermission
from vouchers.bank.states import AnswerDoubt, OrderAnswerState
from vouchers.payments.models import PaymentOrder

MOST_OF_BATCH = 50
"""So many answers a batch shows; a bank sends a handful."""


def answer_or_404(session: Session, actor: Actor, answer_id: UUID) -> BankAnswer:
    """Return an answer with its batch or raise NotFound."""
    found = _visible(actor).where(BankAnswer.id == answer_id)
    return or_404(session.scalar(found.options(joinedload(BankAnswer.batch))))


def order_answer_or_404(session: Session, actor: Actor, order_answer_id: UUID) -> OrderAnswer:
    """Return what is said of one order or raise NotFound."""
    within = permissions.visible(actor, OrderAnswer, BankPermission.LIST)
    found = within.where(OrderAnswer.id == order_answer_id)
    return or_404(
        session.scalar(found.options(joinedload(OrderAnswer.order), joinedload(OrderAnswer.answer)))
    )


def orders_page(
    session: Session, answer: BankAnswer, *, waiting: bool, cursor: str | None
) -> Page[OrderAnswer]:
    """Return a page of what an answer says of each order, or of those that wait only."""
    statement = select(OrderAnswer).where(OrderAnswer.answer_id == answer.id)
    if waiting:
        statement = statement.where(OrderAnswer.state == OrderAnswerState.WAITING)
    return page_of(
        session,
        statement.options(joinedload(OrderAnswer.order)),
        keys=(OrderAnswer.position, OrderAnswer.id),
        cursor=cursor,
        ascending=True,
    )


def counts(session: Session, answer: BankAnswer) -> dict[str, int]:
    """Return how many orders of an answer stand in each state."""
    rows = session.execute(
        select(OrderAnswer.state, func.count())
        .where(OrderAnswer.answer_id == answer.id)
        .group_by(OrderAnswer.state)
    )
    return {str(state): count for state, count in rows}


def to_confirm(session: Session, answer: BankAnswer) -> Sequence[UUID]:
    """Return what of an answer a person may confirm at once."""
    return session.scalars(
        select(OrderAnswer.id)
        .where(
            OrderAnswer.answer_id == answer.id,
            OrderAnswer.state == OrderAnswerState.WAITING,
            OrderAnswer.doubt != AnswerDoubt.NOT_UNDER_WAY,
        )
        .order_by(OrderAnswer.position)
    ).all()


def of_batch(session: Session, actor: Actor, batch_id: UUID) -> Sequence[BankAnswer]:
    """Return what was answered to a batch, the newest first."""
    return session.scalars(
        _visible(actor)
        .where(BankAnswer.batch_id == batch_id)
        .order_by(BankAnswer.imported_at.desc(), BankAnswer.id)
        .limit(MOST_OF_BATCH)
    ).all()


def of_order(session: Session, actor: Actor, order_id: UUID) -> Sequence[OrderAnswer]:
    """Return what was answered to an order, the oldest first."""
    within = permissions.visible(actor, OrderAnswer, BankPermission.LIST)
    return session.scalars(
        within.join(BankAnswer, BankAnswer.id == OrderAnswer.answer_id)
        .where(OrderAnswer.payment_order_id == order_id)
        .order_by(BankAnswer.imported_at, OrderAnswer.id)
        .options(joinedload(OrderAnswer.answer))
    ).all()


def waiting_pile(session: Session) -> Pile:
    """Return the refusals of banks that wait for a person: how many, since when, of how much."""
    waiting = (
        select(OrderAnswer)
        .join(BankAnswer, BankAnswer.id == OrderAnswer.answer_id)
        .join(PaymentOrder, PaymentOrder.id == OrderAnswer.payment_order_id)
        .where(OrderAnswer.state == OrderAnswerState.WAITING)
    )
    worth = PaymentOrder.amount_minor, PaymentOrder.currency
    return bounded.pile(session, waiting, since=BankAnswer.imported_at, worth=worth)


def oldest_waiting(session: Session) -> UUID | None:
    """Return the answer whose refusals have waited longest."""
    return session.scalar(
        select(OrderAnswer.answer_id)
        .join(BankAnswer, BankAnswer.id == OrderAnswer.answer_id)
        .where(OrderAnswer.state == OrderAnswerState.WAITING)
        .order_by(BankAnswer.imported_at, OrderAnswer.id)
        .limit(1)
    )


def _visible(actor: Actor) -> Select[BankAnswer]:
    return permissions.visible(actor, BankAnswer, BankPermission.LIST)
