"""Vetting an offering: one officer assesses, a second approves; one suspends, a second lifts.

What stops an offering, a suspension or a term that has passed (`expiry`), is announced to the
floors above; so is its return.
"""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Unpack
from uuid import UUID

from sqlalchemy.orm import Session

from providers.directory.models import Offering
from providers.directory.queries.checklists import CHECKLISTS, checklist_of, needed_documents
from providers.directory.queries.documents import checklist
from providers.directory.states import OfferingState as S
from providers.vetting.permissions import VettingPermission as P
from providers.vetting.services.offering_events import OfferingReinstated, OfferingSuspended
from reintegration.codelists.languages import Locale
from reintegration.kernel import clock, hooks
from reintegration.kernel.actor import Actor, Role
from reintegration.kernel.dated_rules import Area, DatedRule, stood_in
from reintegration.kernel.errors import N_, Conflict, Invalid
from reintegration.kernel.locking import hold, lock
from reintegration.kernel.rule_kinds import Days
from reintegration.kernel.signing import sign, unsign
from reintegration.kernel.states import Machine, Move, Told

APPROVED_FOR = DatedRule(
    code="vetting.approved_for",
    title=N_("An approval is proposed for"),
    says=N_("How long an approval of a service lasts when nobody chooses another last day."),
    area=Area.PROVIDERS,
    decided_by=Role.SUPERVISOR,
    kind=Days(30, 1098),
    initially=timedelta(days=365),
)
LONGEST_APPROVAL = DatedRule(
    code="vetting.longest_approval",
    title=N_("An approval lasts at most for"),
    says=N_("How far ahead the last day of an approval may be set."),
    area=Area.PROVIDERS,
    decided_by=Role.SUPERVISOR,
    kind=Days(30, 1830),
    initially=timedelta(days=3 * 366),
)


def _is_complete(offering: Offering, _actor: Actor, _now: datetime) -> None:
    if not offering.languages:
        raise Invalid(
            N_("Say in which languages the service is given, then submit it."),
            code="languages",
            field="languages",
        )


def _has_documents(offering: Offering, _actor: Actor, now: datetime) -> None:
    today = clock.local_day(now)
    items = checklist(offering, offering.provider.documents, today)
    if any(not item.holds for item in items):
        raise Conflict(
            N_("Required documents are missing, not checked, or expired: see the list of checks."),
            code="documents",
        )


def _is_open(offering: Offering) -> None:
    if not offering.provider.organisation.active:
        raise Conflict(
            N_("This provider is closed: nothing of it is approved before it is opened again."),
            code="closed_provider",
        )


def _may_be_approved(offering: Offering, actor: Actor, now: datetime) -> None:
    _is_open(offering)
    _has_documents(offering, actor, now)


def _may_return(offering: Offering, actor: Actor, now: datetime) -> None:
    if offering.approved_until is None or offering.approved_until < clock.local_day(now):
        raise Conflict(
            N_("The approval has run out meanwhile. Reject it, and let the provider submit anew."),
            code="term",
        )
    _may_be_approved(offering, actor, now)


_BEFORE_APPROVAL = frozenset({S.SUBMITTED, S.INFO_REQUESTED, S.PENDING_APPROVAL})
_STARTS_ANEW = frozenset({S.DRAFT, S.REJECTED, S.EXPIRED, S.WITHDRAWN})

OFFERING: Machine[S] = Machine(
    name="offering",
    initial=S.DRAFT,
    moves={
        "submit": Move(_STARTS_ANEW, S.SUBMITTED, P.SUBMIT, N_("Send for a check"), _is_complete),
        "assess": Move(S.SUBMITTED, S.PENDING_APPROVAL, P.ASSESS, N_("Send for approval")),
        "approve": Move(S.PENDING_APPROVAL, S.APPROVED, P.APPROVE, N_("Approve"), _may_be_approved),
        "request_info": Move(
            {S.SUBMITTED, S.PENDING_APPROVAL},
            S.INFO_REQUESTED,
            P.REQUEST_INFO,
            N_("Ask the provider"),
            needs_reason=True,
        ),
        "answer": Move(
            S.INFO_REQUESTED, S.SUBMITTED, P.ANSWER, N_("Send the answer"), needs_reason=True
        ),
        "reject": Move(
            _BEFORE_APPROVAL | {S.SUSPENDED}, S.REJECTED, P.REJECT, N_("Reject"), needs_reason=True
        ),
        "suspend": Move(S.APPROVED, S.SUSPENDED, P.SUSPEND, N_("Suspend"), needs_reason=True),
        "reinstate": Move(
            S.SUSPENDED,
            S.APPROVED,
            P.REINSTATE,
            N_("Lift the suspension"),
            _may_return,
            needs_reason=True,
        ),
        "expire": Move(S.APPROVED, S.EXPIRED, P.EXPIRE, N_("Let it expire")),
        "withdraw": Move(
            _BEFORE_APPROVAL | _STARTS_ANEW - {S.WITHDRAWN}, S.WITHDRAWN, P.WITHDRAW, N_("Withdraw")
        ),
    },
)


def submit(session: Session, offering: Offering, *, actor: Actor, now: datetime) -> Offering:
    """Ask for a check; earlier assessments and approvals no longer count."""
    _fire(session, offering, "submit", actor=actor, now=now)
    sign(offering, "submitted_by", actor)
    for field in ("assessed_by", "approved_by", "suspended_by"):
        unsign(offering, field)
    offering.approved_at = offering.approved_until = offering.suspension_reason = None
    session.flush()
    return offering


def assess(
    session: Session,
    offering: Offering,
    *,
    actor: Actor,
    now: datetime,
    looked_at: Collection[str] = (),
) -> Offering:
    """Say that the offering was checked; another officer approves.

    `looked_at` are the lines, in Romanian, of what the officer looked at. The list of the day is
    kept with the assessment; raise Invalid where one of it was not looked at.
    """
    law, day = offering.provider.jurisdiction, clock.local_day(now)
    lines = checklist_of(law, day).lines
    if not {line[Locale.RO] for line in lines}.issubset(looked_at):
        raise Invalid(
            N_("Tick each thing once you have looked at it, or ask the provider."),
            code="looked_at",
            field="looked_at",
        )
    data = {**stood_in(day, CHECKLISTS, law), "looked_at": lines}
    _fire(session, offering, "assess", actor=actor, now=now, data=data)
    sign(offering, "assessed_by", actor)
    session.flush()
    return offering


def approve(
    session: Session, offering: Offering, *, actor: Actor, until: date, now: datetime
) -> Offering:
    """Approve until the end of a day; raise Invalid for a term in the past or too far ahead."""
    today = clock.local_day(now)
    last = today + LONGEST_APPROVAL.on(today)
    if not today < until <= last:
        raise Invalid(
            N_("Choose a last day after today, until %(last)s."),
            code="until",
            field="until",
            last=last,
        )
    law = offering.provider.jurisdiction
    data = {
        "until": until.isoformat(),
        "documents": sorted(needed_documents(offering.category, law, today)),
        **stood_in(today, CHECKLISTS, law, LONGEST_APPROVAL),
    }
    _fire(session, offering, "approve", actor=actor, now=now, data=data)
    sign(offering, "approved_by", actor)
    offering.approved_at, offering.approved_until = now, until
    session.flush()
    hooks.announce(session, OfferingReinstated(offering.id, now, actor))
    return offering


def suspend(
    session: Session, offering: Offering, *, actor: Actor, reason: str, now: datetime
) -> Offering:
    """Stop an offering at once; what stands on it above stops in the same transaction."""
    _fire(session, offering, "suspend", actor=actor, now=now, reason=reason)
    sign(offering, "suspended_by", actor)
    offering.suspension_reason = reason.strip()
    offering.lapsed_on = None  # what was given before is the case manager's to decide
    session.flush()
    hooks.announce(session, OfferingSuspended(offering.id, now, actor))
    return offering


def reinstate(
    session: Session, offering: Offering, *, actor: Actor, reason: str, now: datetime
) -> Offering:
    """Lift a suspension; never by the officer who suspended."""
    _fire(session, offering, "reinstate", actor=actor, now=now, reason=reason)
    unsign(offering, "suspended_by")
    offering.suspension_reason = None
    session.flush()
    hooks.announce(session, OfferingReinstated(offering.id, now, actor))
    return offering


def move(
    session: Session,
    offering: Offering,
    name: str,
    *,
    actor: Actor,
    reason: str | None = None,
    now: datetime,
) -> Offering:
    """Make a move that sets nothing but the state and keeps its reason."""
    _fire(session, offering, name, actor=actor, now=now, reason=reason)
    return offering


def preview_suspension(
    session: Session, offering_id: UUID, *, actor: Actor, now: datetime
) -> list[hooks.Change]:
    """Return what a suspension would stop."""
    return hooks.preview(session, OfferingSuspended(offering_id, now, actor))


def preview_reinstatement(
    session: Session, offering_id: UUID, *, actor: Actor, now: datetime
) -> list[hooks.Change]:
    """Return what lifting the suspension would let go on."""
    return hooks.preview(session, OfferingReinstated(offering_id, now, actor))


def _fire(session: Session, offering: Offering, name: str, **told: Unpack[Told]) -> None:
    if OFFERING.moves[name].target == S.APPROVED:
        hold(session, offering.provider.organisation)  # nobody closes it meanwhile
    lock(session, offering)
    session.expire(offering.provider, ["documents"])
    OFFERING.fire(session, offering, name, **told)
    offering.updated_at = told["now"]
