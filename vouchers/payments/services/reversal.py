"""Taking a delivery back: a mistake, or money that must return. Nothing is ever erased.

Before payment the delivery is unposted and its voucher opens again, or, once the voucher is
closed or another one stands for its days, the money goes back to the budget line. After settlement
the provider owes it. Between the preparation of its payment and the settlement a delivery can not
be taken back.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from reintegration.cases.services import open_cases
from reintegration.kernel.actor import Actor
from reintegration.kernel.clock import local_day
from reintegration.kernel.dated_rules import stood
from reintegration.kernel.db import acting_as_system
from reintegration.kernel.errors import N_, Conflict
from reintegration.kernel.signing import sign
from reintegration.plans.services.deliveries import record_service_delivered
from vouchers.books.services import budget
from vouchers.books.services.journal import Posting, Source, post
from vouchers.books.services.postings import PostingEvent
from vouchers.books.states import SourceType
from vouchers.payments.models import ClaimLine
from vouchers.payments.queries import batches
from vouchers.payments.services import claim_lines
from vouchers.voucher.models import Redemption, Voucher
from vouchers.voucher.services import spans
from vouchers.voucher.services.confirmation import let_go
from vouchers.voucher.services.issuing import dimensions
from vouchers.voucher.services.locking import lock_redemption
from vouchers.voucher.services.return_window import PROVIDER_WITHIN, is_too_late
from vouchers.voucher.services.voucher_moves import REDEMPTION, VOUCHER
from vouchers.voucher.states import OPEN_STATES, RedemptionState, VoucherState


class Payment(StrEnum):
    """How far the payment of a delivery has come."""

    NONE = "none"
    UNDER_WAY = "under_way"
    SETTLED = "settled"


def reverse(
    session: Session, redemption: Redemption, *, actor: Actor, reason: str, now: datetime
) -> PostingEvent | None:
    """Take a delivery back and return what was posted (None: it was not confirmed yet).

    Raises Conflict between the preparation of its payment and settlement, and when a provider
    comes too late.
    """
    case_is_open = open_cases.is_open(session, redemption.case_id)
    voucher = lock_redemption(session, redemption)
    _refuse_late(redemption, actor, now)
    payment = payment_of(session, redemption)
    if payment is Payment.UNDER_WAY:
        raise Conflict(
            N_("This delivery is being paid. It can be taken back once the payment is settled."),
            code="in_payment",
        )
    if payment is Payment.SETTLED and actor.is_provider:
        raise Conflict(
            N_("This delivery was paid already. Tell the programme: money must come back."),
            code="paid",
        )
    before = redemption.state
    judged_by = stood(local_day(redemption.recorded_at), PROVIDER_WITHIN)
    REDEMPTION.fire(
        session,
        redemption,
        "reverse",
        actor=actor,
        now=now,
        reason=reason,
        data=judged_by if actor.is_provider else None,
    )
    sign(redemption, "settled_by", actor)
    redemption.settled_at = now
    redemption.state_reason = reason.strip()
    session.flush()
    if before == RedemptionState.UNCONFIRMED:
        let_go(session, voucher, redemption, actor=actor, now=now)
        return None
    may_open = case_is_open and not _is_taken(session, voucher)
    event = _event(voucher, payment, may_open=may_open)
    _post(session, event, voucher, redemption, actor=actor, now=now)
    if payment is Payment.NONE and redemption.claimed:
        _refuse_claim_line(session, redemption, reason)
    if event is PostingEvent.REVERSED:
        _reopen(session, voucher, redemption, actor=actor, reason=reason, now=now)
    else:
        budget.give_back(session, voucher.budget_line_id, redemption.amount)
    record_service_delivered(
        session,
        voucher.plan_line_id,
        units=-redemption.units,
        amount=-redemption.amount,
        on=redemption.delivered_on,
    )
    return event


def payment_of(session: Session, redemption: Redemption) -> Payment:
    """Return how far its payment has come; claims are none of a case manager's rows."""
    with acting_as_system(session):
        if batches.is_locked_for_reversal(session, redemption.id):
            return Payment.UNDER_WAY
        settled = batches.is_settled(session, redemption.id)
    return Payment.SETTLED if settled else Payment.NONE


def _refuse_late(redemption: Redemption, actor: Actor, now: datetime) -> None:
    if is_too_late(redemption, actor, now):
        raise Conflict(
            N_("A record is taken back within %(days)s days. Ask the case manager."),
            code="too_late",
            days=PROVIDER_WITHIN.on(local_day(redemption.recorded_at)).days,
        )


def _event(voucher: Voucher, payment: Payment, *, may_open: bool) -> PostingEvent:
    if payment is Payment.SETTLED:
        return PostingEvent.CLAWED_BACK
    is_open = voucher.state in OPEN_STATES or voucher.state == VoucherState.REDEEMED
    return PostingEvent.REVERSED if is_open and may_open else PostingEvent.REVERSED_CLOSED


def _is_taken(session: Session, voucher: Voucher) -> bool:
    """Whether a voucher that was used up may not open again: others stand for its days now."""
    if voucher.state != VoucherState.REDEEMED:
        return False
    with acting_as_system(session):  # a provider sees its own vouchers only
        return spans.is_taken_meanwhile(session, voucher)


def _post(
    session: Session,
    event: PostingEvent,
    voucher: Voucher,
    redemption: Redemption,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    source = Source(SourceType.REDEMPTION, redemption.id)
    about = dimensions(voucher).but(provider_id=redemption.provider_id)
    posting = Posting(event, redemption.amount, f"reverse|{redemption.id}", source, about)
    post(session, posting, actor=actor, now=now)


def _reopen(
    session: Session,
    voucher: Voucher,
    redemption: Redemption,
    *,
    actor: Actor,
    reason: str,
    now: datetime,
) -> None:
    voucher.units_left += redemption.units
    voucher.amount_left += redemption.amount
    whole = voucher.amount_left == voucher.amount
    session.flush()
    VOUCHER.fire(
        session,
        voucher,
        "reopen_whole" if whole else "reopen_part",
        actor=actor,
        now=now,
        reason=reason,
        data={"redemption": str(redemption.id)},
    )


def _refuse_claim_line(session: Session, redemption: Redemption, reason: str) -> None:
    """A delivery that was taken back is not paid: its line in a claim is refused."""
    with acting_as_system(session):
        found = session.scalars(select(ClaimLine).where(ClaimLine.redemption_id == redemption.id))
        for line in claim_lines.refuse(session, found.all()):
            line.reason = reason.strip()
