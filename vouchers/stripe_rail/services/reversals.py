"""Taking a transfer back, whole or in part: asked by one person, confirmed by another.

A part comes back for deliveries that were clawed back, as far as their provider still owes it. All
of it comes back where the provider's bank did not take the money: its claims can be paid again.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from reintegration.accounts.queries.people import with_role
from reintegration.accounts.services import inbox
from reintegration.kernel import outbox, permissions
from reintegration.kernel.actor import SYSTEM, Actor, Role
from reintegration.kernel.errors import N_, Conflict, DomainError, Invalid, or_404
from reintegration.kernel.ids import new_id
from reintegration.kernel.locking import lock
from reintegration.kernel.money import Money
from reintegration.kernel.outbox import Refused
from reintegration.kernel.signing import sign, signed
from vouchers.payments.models import PaymentOrder
from vouchers.payments.services import returns, settlement
from vouchers.payments.states import OrderState
from vouchers.stripe_rail.models import StripeReversal, StripeTransfer
from vouchers.stripe_rail.objects import Reversal
from vouchers.stripe_rail.permissions import StripePermission
from vouchers.stripe_rail.queries import payouts
from vouchers.stripe_rail.services.reversal_moves import REVERSAL
from vouchers.stripe_rail.states import ReversalCause, ReversalState

CHANNEL = "stripe.reversal"
NOT_BOOKED = "not_booked"
"""The problem of a reversal that came back, and that the books did not take."""
_OPEN = (ReversalState.WAITING, ReversalState.ASKED)


def most(session: Session, order: PaymentOrder, cause: ReversalCause) -> Money:
    """Return how much of an order can be taken back for a cause now; nothing: it cannot."""
    transfer = session.get(StripeTransfer, order.id)
    nothing = Money.zero(order.currency)
    if transfer is None or order.state != OrderState.SETTLED:
        return nothing
    if cause is ReversalCause.CLAWBACK:
        return returns.most_taken_back(session, order)
    return order.amount - order.taken_back if payouts.failed_since(session, transfer) else nothing


def is_under_way(session: Session, order: PaymentOrder) -> bool:
    """Whether something of an order is being taken back: then nothing more can be asked."""
    of_order = StripeReversal.order_id == order.id
    return bool(session.scalar(select(exists().where(of_order, StripeReversal.state.in_(_OPEN)))))


def ask(
    session: Session,
    order: PaymentOrder,
    *,
    actor: Actor,
    cause: ReversalCause,
    amount: Money,
    reason: str,
    now: datetime,
) -> StripeReversal:
    """Ask that a transfer is taken back; nothing is sent before a second person confirms it."""
    permissions.demand(actor, StripePermission.REVERSE, order)
    settlement.lock_orders(session, [order.id])
    session.refresh(order)
    _refuse_sum(session, order, cause, amount)
    if is_under_way(session, order):
        raise Conflict(N_("A part of this order is being taken back already. Wait for it."))
    reversal = StripeReversal(
        id=new_id(),
        order_id=order.id,
        amount=amount,
        cause=cause,
        reason=reason.strip(),
        **signed("asked_by", actor),
        asked_at=now,
    )
    session.add(reversal)
    session.flush()
    data = {"order": order.reference, "minor": amount.minor}
    REVERSAL.begin(session, reversal, "ask", actor=actor, now=now, data=data)
    message = N_("%(amount)s of order %(reference)s shall be taken back. It waits for you.")
    key, link = f"stripe_reversal:{reversal.id}:asked", f"/stripe/orders/reversals/{reversal.id}"
    readers = with_role(session, Role.FINANCE_APPROVER)
    values = {"amount": str(amount), "reference": order.reference}
    inbox.notify(session, readers, key, message, now=now, link=link, **values)
    return reversal


def confirm(session: Session, reversal: StripeReversal, *, actor: Actor, now: datetime) -> None:
    """Confirm what somebody else asked: it is sent to Stripe under its stored key."""
    order = _lock(session, reversal)
    REVERSAL.fire(session, reversal, "confirm", actor=actor, now=now)
    _refuse_sum(session, order, reversal.cause, reversal.amount)
    sign(reversal, "confirmed_by", actor)
    reversal.confirmed_at = now
    session.flush()
    payload = {"reversal": str(reversal.id)}
    outbox.put(session, channel=CHANNEL, key=key_of(reversal.id), payload=payload, now=now)


def decline(
    session: Session, reversal: StripeReversal, *, actor: Actor, reason: str, now: datetime
) -> None:
    """Take back nothing."""
    _lock(session, reversal)
    REVERSAL.fire(session, reversal, "decline", actor=actor, now=now, reason=reason)
    reversal.problem, reversal.settled_at = reason.strip(), now
    session.flush()


def reversed_(session: Session, told: Reversal, *, now: datetime) -> StripeReversal:
    """Book a reversal that was done; twice is once.

    Raises Refused for one that nobody here confirmed: nothing is booked, and finance looks at it.
    """
    reversal = session.scalar(select(StripeReversal).where(StripeReversal.id == _id_in(told.key)))
    if reversal is None:
        raise Refused("unknown_reversal", told.reference)
    order = _lock(session, reversal)
    if reversal.state == ReversalState.DONE and reversal.reference == told.reference:
        return reversal
    if reversal.state != ReversalState.ASKED or told.amount != reversal.amount:
        raise Refused("other_than_confirmed", told.reference)
    transfer = session.get_one(StripeTransfer, order.id)
    if transfer.reference != told.transfer:
        raise Refused("other_than_confirmed", told.reference)
    reversal.reference, reversal.settled_at = told.reference, now
    data = {"reversal": told.reference}
    _book(session, order, reversal, now=now)
    transfer.reversed += told.amount
    REVERSAL.fire(session, reversal, "finish", actor=SYSTEM, now=now, data=data)
    return reversal


def refused(session: Session, reversal_id: UUID, code: str, *, now: datetime) -> None:
    """Note that Stripe took nothing back, and tell whoever asked; twice is once."""
    reversal = session.get(StripeReversal, reversal_id)
    if reversal is None:
        return
    order = _lock(session, reversal)
    if reversal.state != ReversalState.ASKED:
        return
    reversal.problem, reversal.settled_at = code, now
    REVERSAL.fire(session, reversal, "refuse", actor=SYSTEM, now=now, reason=code)
    message = N_("Nothing of order %(reference)s was taken back. Read why.")
    key, link = f"stripe_reversal:{reversal.id}:refused", f"/stripe/orders/reversals/{reversal.id}"
    readers = with_role(session, Role.FINANCE_PREPARER)
    inbox.notify(session, readers, key, message, now=now, link=link, reference=order.reference)


def key_of(reversal_id: UUID) -> str:
    """Return the key under which a reversal is asked."""
    return f"stripe_reversal:{reversal_id}:reverse"


def _id_in(key: str) -> UUID | None:
    part = [*key.split(":"), "", ""][1]
    try:
        found = UUID(part)
    except ValueError:
        return None
    return found if key == key_of(found) else None


def _book(
    session: Session, order: PaymentOrder, reversal: StripeReversal, *, now: datetime
) -> None:
    """Post what came back. What the books do not take any more is kept with its reason.

    Its provider may have repaid meanwhile: the money is on our balance all the same, so its line
    there stays to be cleared by a person.
    """
    try:
        if reversal.cause is ReversalCause.CLAWBACK:
            note = {"reversal": reversal.reference or ""}
            returns.take_back(session, order, reversal.amount, actor=SYSTEM, note=note, now=now)
        else:
            returns.return_order(
                session,
                order,
                actor=SYSTEM,
                received=reversal.amount,
                reason=reversal.reason,
                now=now,
            )
    except DomainError:
        reversal.problem = NOT_BOOKED


def _refuse_sum(session: Session, order: PaymentOrder, cause: ReversalCause, amount: Money) -> None:
    most_now = most(session, order, cause)
    if not most_now:
        raise Conflict(_nothing(cause), code="nothing")
    whole = cause is ReversalCause.PAYOUT_FAILED
    if amount.minor <= 0 or amount > most_now or (whole and amount != most_now):
        raise Invalid(
            N_("All of it comes back: %(most)s.")
            if whole
            else N_("At most %(most)s can be taken back."),
            code="amount",
            field="amount",
            most=most_now,
        )


def _nothing(cause: ReversalCause) -> str:
    if cause is ReversalCause.CLAWBACK:
        return N_("The provider owes nothing of this order any more.")
    return N_("No payout of this provider has failed since it was paid.")


def _lock(session: Session, reversal: StripeReversal) -> PaymentOrder:
    """Lock a reversal's order, its transfer, and then itself, and read them again."""
    settlement.lock_orders(session, [reversal.order_id])
    order = or_404(session.get(PaymentOrder, reversal.order_id, populate_existing=True))
    lock(session, session.get_one(StripeTransfer, order.id))
    lock(session, reversal)
    return order
