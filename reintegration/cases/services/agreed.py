"""What a person agreed to, held while something is done on it: a withdrawal waits, or comes first.

Arranging anything needs two consents: to keep the file and work on the plan, and to tell the
provider what it needs. What stands on them ends with the first of them.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from reintegration.cases.models import Consent
from reintegration.cases.queries.consents import live_consent
from reintegration.cases.states import ConsentScope
from reintegration.kernel.errors import N_, Conflict
from reintegration.kernel.locking import hold


@dataclass(frozen=True, slots=True)
class Agreed:
    """The consent to tell one provider, and the last day on which both consents hold."""

    sharing: Consent
    until: date


def require_kept(session: Session, case_id: UUID, *, today: date) -> Consent:
    """Return the consent to keep the file and work on the plan; raise Conflict without one.

    It is not held: what is written at that moment arranges nothing by itself.
    """
    kept = live_consent(session, case_id, ConsentScope.CASE_MANAGEMENT, None, today)
    if kept is None:
        raise _not_kept()
    return kept


def require_shared(
    session: Session, case_id: UUID, provider_id: UUID | None, *, today: date
) -> Agreed:
    """Return what arranging something at a provider stands on; raise Conflict without it."""
    kept = live_consent(session, case_id, ConsentScope.CASE_MANAGEMENT, None, today)
    if kept is None:
        raise _not_kept()
    sharing = live_consent(session, case_id, ConsentScope.SHARE_WITH_PROVIDER, provider_id, today)
    if sharing is None:
        raise _not_shared()
    for consent in sorted((kept, sharing), key=lambda one: one.id):  # the order of locks
        if hold(session, consent).withdrawn_at is not None:
            raise _not_kept() if consent is kept else _not_shared()
    return Agreed(sharing, min(kept.valid_until, sharing.valid_until))


def _not_kept() -> Conflict:
    return Conflict(
        N_("The person has not agreed that a file is kept and a plan is worked on. Ask first."),
        code="not_kept",
    )


def _not_shared() -> Conflict:
    return Conflict(
        N_("The person has not agreed to tell this provider anything. Record consent first."),
        code="no_consent",
    )
