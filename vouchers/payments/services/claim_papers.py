"""The papers of a claim: its invoice, and what the provider proves its lines by."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from reintegration.accounts.queries.people import with_role
from reintegration.kernel.actor import Actor, Role
from reintegration.kernel.errors import N_, Conflict
from reintegration.papers.holders import Held, Holder
from vouchers.payments.models import Claim, ClaimLine
from vouchers.payments.policy import CLAIM_PAPERS
from vouchers.payments.queries.claims import claim_or_404
from vouchers.payments.states import ClaimState

KIND = "claim"
_TAKES = frozenset({ClaimState.DRAFT, ClaimState.SUBMITTED, ClaimState.DISPUTED})


def held_by(claim: Claim) -> Held:
    """Return the claim as something that papers hang on."""
    return Held(KIND, claim.id, provider_id=claim.provider_id)


def takes_papers(claim: Claim) -> bool:
    """Whether papers are added and removed: until the claim is decided."""
    return claim.state in _TAKES


def _seen(session: Session, actor: Actor, claim_id: UUID) -> str:
    claim_or_404(session, actor, claim_id)
    return f"/claims/mine/{claim_id}" if actor.is_provider else f"/claims/{claim_id}"


def _refuse_decided(session: Session, claim_id: UUID) -> None:
    if not takes_papers(session.get_one(Claim, claim_id)):
        raise Conflict(N_("This claim is decided: no paper is added to it or removed any more."))


def _only_case(session: Session, claim_id: UUID) -> UUID | None:
    """Return the case of a claim whose lines are all of one person."""
    cases = session.scalars(
        select(ClaimLine.case_id).where(ClaimLine.claim_id == claim_id).distinct().limit(2)
    ).all()
    return cases[0] if len(cases) == 1 else None


def _preparers(session: Session, _claim_id: UUID) -> Iterable[UUID]:
    return with_role(session, Role.FINANCE_PREPARER)


HOLDER = Holder(
    KIND,
    N_("Claim"),
    CLAIM_PAPERS,
    seen=_seen,
    takes=_refuse_decided,
    case_of=_only_case,
    told=_preparers,
)
