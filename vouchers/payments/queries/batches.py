"""Reading payment batches and orders."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from reintegration.kernel import bounded, permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.bounded import Count, Pile
from reintegration.kernel.db import acting_as_system
from reintegration.kernel.errors import or_404
from reintegration.web.paging import Page, page_of
from vouchers.payments.models import Claim, ClaimLine, PaymentBatch, PaymentOrder
from vouchers.payments.models.payees import PayeeAccount
from vouchers.payments.permissions import PaymentPermission
from vouchers.payments.states import BatchState, ClaimLineState, OrderState


def payment_state(session: Session, redemption_id: UUID) -> OrderState | None:
    """Return the state of the order that pays a redemption; None while no order does."""
    state = session.scalar(
        select(PaymentOrder.state)
        .join(Claim, Claim.payment_order_id == PaymentOrder.id)
        .join(ClaimLine, ClaimLine.claim_id == Claim.id)
        .where(ClaimLine.redemption_id == redemption_id, ClaimLine.state != ClaimLineState.REFUSED)
    )
    return OrderState(state) if state is not None else None


def is_locked_for_reversal(session: Session, redemption_id: UUID) -> bool:
    """Whether its payment is under way: from the preparation of the batch to the settlement.

    Reversing then would change a sum that others approve; cancel the batch, or wait.
    """
    return payment_state(session, redemption_id) in (OrderState.PREPARED, OrderState.RELEASED)


def is_settled(session: Session, redemption_id: UUID) -> bool:
    """Whether the bank has paid it: a reversal is then a clawback."""
    return payment_state(session, redemption_id) is OrderState.SETTLED


def batch_or_404(session: Session, actor: Actor, batch_id: UUID) -> PaymentBatch:
    """Return a batch with its orders or raise NotFound."""
    found = _visible(actor).where(PaymentBatch.id == batch_id)
    return or_404(session.scalar(found.options(selectinload(PaymentBatch.orders))))


def order_or_404(session: Session, actor: Actor, order_id: UUID) -> PaymentOrder:
    """Return an order with its batch or raise NotFound."""
    within = permissions.visible(actor, PaymentOrder, PaymentPermission.VIEW)
    found = within.where(PaymentOrder.id == order_id).options(joinedload(PaymentOrder.batch))
    return or_404(session.scalar(found))


def batches_page(
    session: Session,
    actor: Actor,
    *,
    states: Sequence[BatchState] = (),
    mine: str = "",
    cursor: str | None = None,
) -> Page[PaymentBatch]:
    """Return a page of batches, the newest first; `mine` is what waits for the actor."""
    statement = _for(actor)[mine] if mine else _visible(actor)
    if states:
        statement = statement.where(PaymentBatch.state.in_(states))
    return page_of(
        session,
        statement.options(selectinload(PaymentBatch.orders)),
        keys=(PaymentBatch.prepared_at, PaymentBatch.id),
        cursor=cursor,
    )


def counts(session: Session, actor: Actor) -> dict[str, Count]:
    """Return how many batches stand in each state, and how many wait for the actor (`_for`)."""
    listed = _visible(actor)
    each = {str(state): listed.where(PaymentBatch.state == state) for state in BatchState}
    return bounded.count_each(
        session, each | _for(actor), along=(PaymentBatch.prepared_at, PaymentBatch.id)
    )


def waiting_pile(session: Session, actor: Actor, waits: str) -> Pile:
    """Return the batches that wait for this very person: how many, since when, of how much."""
    worth = PaymentBatch.total_minor, PaymentBatch.currency
    return bounded.pile(session, _for(actor)[waits], since=PaymentBatch.prepared_at, worth=worth)


TO_APPROVE, TO_RELEASE = "to_approve", "to_release"


def _for(actor: Actor) -> dict[str, Select[PaymentBatch]]:
    """Return what waits for this very person: those batches that they may decide on."""
    approves = permissions.visible(actor, PaymentBatch, PaymentPermission.APPROVE)
    releases = permissions.visible(actor, PaymentBatch, PaymentPermission.RELEASE)
    return {
        TO_APPROVE: approves.where(PaymentBatch.state == BatchState.PREPARED),
        TO_RELEASE: releases.where(PaymentBatch.state == BatchState.APPROVED),
    }


def oldest_waiting(
    session: Session, actor: Actor, waits: str, *, limit: int
) -> Sequence[PaymentBatch]:
    """Return the batches of `waiting_pile` that were prepared first."""
    oldest = PaymentBatch.prepared_at, PaymentBatch.id
    return session.scalars(_for(actor)[waits].order_by(*oldest).limit(limit)).all()


_UNDER_WAY = (BatchState.PREPARED, BatchState.APPROVED, BatchState.RELEASED)


def due_by_day(
    session: Session, actor: Actor, currency: str, first: date, last: date
) -> dict[date, int]:
    """Return what batches under way pay on each of these days; what is late is due on the first."""
    day = func.greatest(PaymentBatch.execution_on, first)
    rows = session.execute(
        _visible(actor)
        .with_only_columns(day, func.sum(PaymentBatch.total_minor), maintain_column_froms=True)
        .where(
            PaymentBatch.state.in_(_UNDER_WAY),
            PaymentBatch.currency == currency,
            PaymentBatch.execution_on <= last,
        )
        .group_by(day)
        .order_by(None)
    )
    return {on: int(minor) for on, minor in rows}


def due_to_payee_by_day(
    session: Session, actor: Actor, currency: str, first: date, last: date
) -> dict[date, int]:
    """Return what is on its way to the actor's provider on each of these days."""
    day = func.greatest(PaymentBatch.execution_on, first)
    found = (
        select(day, func.sum(PaymentOrder.amount_minor))
        .join(PaymentBatch, PaymentBatch.id == PaymentOrder.batch_id)
        .where(
            PaymentOrder.provider_id == actor.organisation_id,
            PaymentOrder.state.in_((OrderState.PREPARED, OrderState.RELEASED)),
            PaymentOrder.currency == currency,
            PaymentBatch.execution_on <= last,
        )
        .group_by(day)
    )
    with acting_as_system(session):  # its own orders; their batches are finance's rows
        rows = session.execute(found).all()
    return {on: int(minor) for on, minor in rows}


def _visible(actor: Actor) -> Select[PaymentBatch]:
    return permissions.visible(actor, PaymentBatch, PaymentPermission.VIEW)


def claims_of(session: Session, batch: PaymentBatch) -> dict[UUID, list[Claim]]:
    """Return the claims that each order of a batch pays."""
    found: dict[UUID, list[Claim]] = {}
    for claim in session.scalars(
        select(Claim)
        .where(Claim.payment_order_id.in_([order.id for order in batch.orders]))
        .order_by(Claim.created_at)
    ):
        assert claim.payment_order_id is not None
        found.setdefault(claim.payment_order_id, []).append(claim)
    return found


def payable_accounts(
    session: Session, provider_ids: set[UUID], currency: str
) -> dict[UUID, PayeeAccount]:
    """Return the approved accounts of providers in a currency."""
    return {
        account.provider_id: account
        for account in session.scalars(
            select(PayeeAccount).where(
                PayeeAccount.provider_id.in_(provider_ids),
                PayeeAccount.currency == currency,
                PayeeAccount.approved_at.is_not(None),
                PayeeAccount.retired_at.is_(None),
            )
        )
    }
