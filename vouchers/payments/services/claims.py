"""Claims: a provider asks for what it delivered; finance checks line by line.

Delivery is the accrual, so a claim posts nothing. A line that is refused is a reversal of its
delivery. An invoice above the lines is refused; below them, lines are left out or taken back.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from reintegration.accounts.queries.people import provider_people
from reintegration.accounts.services import inbox
from reintegration.cases.services import open_cases
from reintegration.kernel import audit, permissions
from reintegration.kernel.actor import Actor, Role
from reintegration.kernel.errors import N_, Conflict, Invalid
from reintegration.kernel.ids import new_id, new_reference
from reintegration.kernel.locking import lock
from reintegration.kernel.money import Money
from vouchers.payments.models import Claim, ClaimLine
from vouchers.payments.permissions import ClaimPermission
from vouchers.payments.queries import refused_lines
from vouchers.payments.services import claim_lines, reversal
from vouchers.payments.services.payment_moves import CLAIM, CLAIM_LINE
from vouchers.payments.states import GIVEN_UP, ClaimLineState, ClaimState
from vouchers.voucher.models import Redemption
from vouchers.voucher.states import RedemptionState

_ANSWERED = frozenset({ClaimState.SUBMITTED, ClaimState.DISPUTED})


def draft(
    session: Session, *, actor: Actor, redemption_ids: Collection[UUID], now: datetime
) -> Claim:
    """Make a draft of the chosen deliveries of the actor's provider.

    Raises Invalid when none is chosen or currencies differ, Conflict when one was claimed or
    taken back meanwhile.
    """
    permissions.demand(actor, ClaimPermission.DRAFT)
    chosen = _lock_deliveries(session, actor, redemption_ids)
    if len({delivery.currency for delivery in chosen}) != 1:
        raise Invalid(N_("Choose deliveries in one currency."), code="lines")
    claim = Claim(
        id=new_id(),
        reference=new_reference("C", 6),
        provider_id=actor.organisation_id,
        invoiced=Money.zero(chosen[0].currency),
        period_from=min(delivery.delivered_on for delivery in chosen),
        period_until=max(delivery.delivered_on for delivery in chosen),
        created_by=actor.id,
        created_at=now,
    )
    claim.lines = [claim_lines.stand_for(delivery) for delivery in chosen]
    session.add(claim)
    session.flush()
    return claim


def claim_again(session: Session, claim: Claim, *, actor: Actor, now: datetime) -> Claim:
    """Make a draft of what was refused of a claim and can be claimed now.

    Raises Conflict where nothing can: it was claimed already, or nothing was recorded instead.
    """
    permissions.demand(actor, ClaimPermission.SUBMIT, claim)
    found = {one.redemption_id for one in refused_lines.claimable_again(session, claim)}
    if not found:
        raise Conflict(
            N_(
                "Nothing of it can be claimed now. A delivery that was reversed is recorded anew"
                " first, for the same day."
            ),
            code="lines",
        )
    return draft(session, actor=actor, redemption_ids=found, now=now)


def submit(
    session: Session,
    claim: Claim,
    *,
    actor: Actor,
    invoice_number: str,
    invoiced: Money,
    now: datetime,
) -> Claim:
    """Send a draft with the provider's own invoice.

    Raises Invalid when the amount differs from the lines (above is refused; below, leave lines
    out), Conflict when the invoice number stands on another claim.
    """
    _lock(session, claim)
    number = " ".join(invoice_number.split())[:60]
    if not number:
        raise Invalid(
            N_("Enter the number of your invoice."), code="invoice_number", field="invoice_number"
        )
    payable = claim.payable
    if invoiced.currency != claim.currency or not payable:
        raise Conflict(N_("Nothing is left on this claim. Withdraw it."), code="empty")
    if invoiced > payable:
        raise Invalid(
            N_("The invoice is above what was delivered (%(payable)s). Correct the invoice."),
            code="invoiced",
            field="invoiced",
            payable=payable,
        )
    if invoiced < payable:
        raise Invalid(
            N_(
                "The invoice is below the chosen deliveries (%(payable)s). Leave out the lines"
                " that you do not ask for, or have them taken back: that is the credit note."
            ),
            code="invoiced",
            field="invoiced",
            payable=payable,
        )
    _refuse_same_invoice(session, claim, number)
    claim.invoice_number, claim.invoiced = number, invoiced
    claim.submitted_by, claim.submitted_at = actor.id, now
    CLAIM.fire(session, claim, "submit", actor=actor, now=now, data={"minor": invoiced.minor})
    return claim


def withdraw(session: Session, claim: Claim, *, actor: Actor, now: datetime) -> Claim:
    """Take a claim back; its deliveries can be claimed again."""
    _lock(session, claim)
    CLAIM.fire(session, claim, "withdraw", actor=actor, now=now)
    claim_lines.refuse(session, claim.lines)
    return claim


def leave_out(
    session: Session, claim: Claim, *, actor: Actor, line_ids: Collection[UUID], now: datetime
) -> Claim:
    """Take lines out of a draft; raise Invalid when none would be left."""
    permissions.demand(actor, ClaimPermission.SUBMIT, claim)
    _lock(session, claim)
    if claim.state != ClaimState.DRAFT:
        raise Conflict(N_("This claim was sent already. Withdraw it to change it."))
    kept = [line for line in claim.lines if line.id not in set(line_ids)]
    if not kept:
        raise Invalid(N_("Leave at least one line, or withdraw the claim."), code="lines")
    claim_lines.release(session, [line for line in claim.lines if line not in kept])
    claim.lines = kept
    session.flush()
    told = {"lines": len(kept)}
    audit.record(session, "claim:leave_out", claim, actor=actor, now=now, fields=told, data=told)
    return claim


def accept_lines(
    session: Session, claim: Claim, *, actor: Actor, line_ids: Collection[UUID], now: datetime
) -> int:
    """Accept chosen lines of a claim that waits for a check; return how many."""
    permissions.demand(actor, ClaimPermission.CHECK, claim)
    _lock(session, claim)
    _must_be(claim, ClaimState.SUBMITTED)
    chosen = [line for line in _chosen(claim, line_ids) if line.state != ClaimLineState.REFUSED]
    for line in chosen:
        CLAIM_LINE.put(line, "accept")
        line.reason = ""
    session.flush()
    told = {"lines": len(chosen)}
    audit.record(session, "claim:accept_lines", claim, actor=actor, now=now, fields=told, data=told)
    return len(chosen)


def dispute(
    session: Session,
    claim: Claim,
    *,
    actor: Actor,
    line_ids: Collection[UUID],
    reason: str,
    now: datetime,
) -> Claim:
    """Send a claim back with the lines that are in doubt, and why."""
    permissions.demand(actor, ClaimPermission.DISPUTE, claim)
    _lock(session, claim)
    _must_be(claim, ClaimState.SUBMITTED)
    for line in _chosen(claim, line_ids):
        if line.state != ClaimLineState.REFUSED:
            CLAIM_LINE.put(line, "dispute")
            line.reason = reason.strip()[:500]
    CLAIM.fire(session, claim, "dispute", actor=actor, now=now, reason=reason)
    message = N_("Claim %(reference)s is disputed. Read why and answer.")
    key = f"claim:{claim.id}:disputed:{now.isoformat()}"
    _tell_provider(session, claim, key, message, now=now)
    return claim


def answer(session: Session, claim: Claim, *, actor: Actor, text: str, now: datetime) -> Claim:
    """Answer a dispute: the claim is checked anew."""
    _lock(session, claim)
    CLAIM.fire(session, claim, "resubmit", actor=actor, now=now, reason=text)
    for line in claim.lines:
        if line.state == ClaimLineState.DISPUTED:
            CLAIM_LINE.put(line, "answer")
    claim.comment = text.strip()[:1000]
    session.flush()
    return claim


def refuse_line(
    session: Session, line: ClaimLine, *, actor: Actor, reason: str, now: datetime
) -> None:
    """Refuse a line for good: its delivery is reversed, before anything was paid."""
    claim = line.claim
    permissions.demand(actor, ClaimPermission.REFUSE_LINE, claim)
    open_cases.is_open(session, line.case_id)  # held first: the order of locks
    _lock(session, claim)
    if claim.state not in (*_ANSWERED, ClaimState.CHECKED):
        raise Conflict(N_("This claim is not being checked now."))
    if line.state == ClaimLineState.REFUSED:
        raise Conflict(N_("This line was refused already."))
    reversal.reverse(session, line.redemption, actor=actor, reason=reason, now=now)
    session.refresh(line)
    if claim.state == ClaimState.CHECKED:
        message = N_("A line of claim %(reference)s was refused. Read why.")
        _tell_provider(session, claim, f"claim:{claim.id}:refused:{line.id}", message, now=now)


def check(session: Session, claim: Claim, *, actor: Actor, now: datetime) -> Claim:
    """Say that a claim is right: every line has its answer; tell its provider what was refused."""
    _lock(session, claim)
    CLAIM.fire(session, claim, "check", actor=actor, now=now)
    claim.checked_by, claim.checked_at = actor.id, now
    session.flush()
    if any(line.state == ClaimLineState.REFUSED for line in claim.lines):
        message = N_("Claim %(reference)s is checked, but not all of it: read what was refused.")
        _tell_provider(session, claim, f"claim:{claim.id}:refused", message, now=now)
    return claim


def close(session: Session, claim: Claim, *, actor: Actor, now: datetime) -> Claim:
    """Close a claim of which every line was refused, and tell its provider."""
    _lock(session, claim)
    CLAIM.fire(session, claim, "close", actor=actor, now=now)
    message = N_("Claim %(reference)s is closed by finance: every line was refused. Read why.")
    key = f"claim:{claim.id}:closed"
    _tell_provider(session, claim, key, message, now=now)
    return claim


def _tell_provider(
    session: Session, claim: Claim, key: str, message: str, *, now: datetime
) -> None:
    readers = provider_people(
        session, claim.provider_id, Role.PROVIDER_BOOKKEEPER, Role.PROVIDER_MANAGER
    )
    link = f"/claims/mine/{claim.id}"
    inbox.notify(session, readers, key, message, now=now, link=link, reference=claim.reference)


def _lock_deliveries(
    session: Session, actor: Actor, redemption_ids: Collection[UUID]
) -> Sequence[Redemption]:
    """Lock what is claimed, so that it is not taken back or claimed at the same moment."""
    if not redemption_ids:
        raise Invalid(N_("Choose at least one delivery."), code="lines")
    found = session.scalars(
        select(Redemption)
        .where(
            Redemption.id.in_(set(redemption_ids)), Redemption.provider_id == actor.organisation_id
        )
        .order_by(Redemption.id)
        .with_for_update(of=Redemption, key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    fit = [one for one in found if one.state == RedemptionState.ACCEPTED and not one.claimed]
    if len(fit) != len(set(redemption_ids)):
        raise Conflict(
            N_(
                "One of these deliveries was claimed or taken back meanwhile."
                " Look at the list again."
            ),
            code="lines",
        )
    return fit


def _refuse_same_invoice(session: Session, claim: Claim, number: str) -> None:
    other = session.scalar(
        select(Claim.reference).where(
            Claim.provider_id == claim.provider_id,
            Claim.id != claim.id,
            Claim.invoice_number == number,
            Claim.state.not_in(GIVEN_UP),
        )
    )
    if other is not None:
        raise Invalid(
            N_("This invoice number stands on claim %(reference)s already."),
            code="invoice_number",
            field="invoice_number",
            reference=other,
        )


def _lock(session: Session, claim: Claim) -> None:
    lock(session, claim)
    session.expire(claim, ["lines"])


def _must_be(claim: Claim, state: ClaimState) -> None:
    if claim.state != state:
        raise Conflict(N_("This claim is not being checked now."))


def _chosen(claim: Claim, line_ids: Collection[UUID]) -> list[ClaimLine]:
    wanted = set(line_ids)
    return [line for line in claim.lines if line.id in wanted]
