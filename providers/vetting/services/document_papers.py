"""The papers of a document that was checked: the certificate itself."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy.orm import Session

from providers.directory.models import VettingDocument
from providers.vetting.policy import DOCUMENT_PAPERS
from reintegration.accounts.queries.people import vetting_officers
from reintegration.kernel.actor import Actor
from reintegration.kernel.errors import N_
from reintegration.papers.holders import Held, Holder

KIND = "vetting_document"


def held_by(document: VettingDocument) -> Held:
    """Return the document as something that papers hang on."""
    return Held(KIND, document.id, provider_id=document.provider_id)


def _seen(session: Session, actor: Actor, document_id: UUID) -> str | None:
    document = session.get(VettingDocument, document_id)
    if document is None:
        return None
    return "/providers/mine" if actor.is_provider else f"/providers/vetting/documents/{document_id}"


def _officers(session: Session, _document_id: UUID) -> Iterable[UUID]:
    return vetting_officers(session)


HOLDER = Holder(KIND, N_("Document of a provider"), DOCUMENT_PAPERS, seen=_seen, told=_officers)
