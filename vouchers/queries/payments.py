"""Reading payment batches and orders."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from vouchers.models import Claim, ClaimLine, PaymentOrder
from vouchers.states import ClaimLineState, OrderState


def payment_state(session: Session, redemption_id: UUID) -> OrderState | None:
    """Return the state of the order that pays a redemption; None while no order does."""
    state = session.scalar(
        select(PaymentOrder.state)
        .join(Claim, Claim.payment_order_id == PaymentOrder.id)
        .join(ClaimLine, ClaimLine.claim_id == Claim.id)
        .where(
            ClaimLine.redemption_id == redemption_id,
            ClaimLine.state != ClaimLineState.REFUSED.value,
        )
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
