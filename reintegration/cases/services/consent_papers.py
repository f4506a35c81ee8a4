"""The papers of a consent: the signed form, photographed. They are of the case plane always."""

from uuid import UUID

from sqlalchemy.orm import Session

from reintegration.cases.models import CaseFile, Consent
from reintegration.cases.policy import CONSENT_PAPERS
from reintegration.cases.services.open_cases import require_open
from reintegration.kernel.actor import Actor
from reintegration.kernel.errors import N_
from reintegration.papers.holders import Held, Holder

KIND = "consent"


def held_by(consent: Consent) -> Held:
    """Return the consent as something that papers hang on."""
    return Held(KIND, consent.id, case_id=consent.case_id)


def manager_of(session: Session, case_id: UUID) -> UUID | None:
    """Return who manages a case: they hear of each paper with its name."""
    case = session.get(CaseFile, case_id)
    return case.manager_id if case is not None else None


def _seen(session: Session, actor: Actor, consent_id: UUID) -> str | None:
    consent = session.get(Consent, consent_id)
    if consent is None or consent.case_id not in actor.caseload:
        return None
    return f"/cases/{consent.case_id}/consent/{consent_id}/papers"


def _refuse_closed(session: Session, consent_id: UUID) -> None:
    require_open(session, session.get_one(Consent, consent_id).case_id)


HOLDER = Holder(KIND, N_("Consent"), CONSENT_PAPERS, seen=_seen, takes=_refuse_closed, of_case=True)
