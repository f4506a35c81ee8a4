"""Documents behind an approval. Whoever records one has checked it, and is named for it."""

from datetime import date, datetime
from typing import TypedDict, Unpack

from sqlalchemy.orm import Session

from providers.directory.models import Provider, VettingDocument
from providers.vetting.permissions import VettingPermission
from providers.vetting.services.document_papers import held_by
from reintegration.codelists.documents import DocumentKind
from reintegration.kernel import audit, permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.errors import N_, Invalid
from reintegration.kernel.ids import new_id
from reintegration.papers.services import planes


class DocumentSaid(TypedDict):
    """What was typed about a document."""

    kind: DocumentKind
    reference: str
    issued_on: date
    expires_on: date | None


def add_document(
    session: Session,
    *,
    actor: Actor,
    provider: Provider,
    now: datetime,
    **said: Unpack[DocumentSaid],
) -> VettingDocument:
    """Record a document that the officer saw; raise Invalid when it ends before it begins."""
    permissions.demand(actor, VettingPermission.KEEP_DOCUMENTS, provider)
    document = VettingDocument(id=new_id(), provider_id=provider.id)
    _write(document, said, actor=actor, now=now)
    session.add(document)
    session.flush()
    _note(session, document, "add", actor=actor, now=now)
    return document


def change_document(
    session: Session,
    document: VettingDocument,
    *,
    actor: Actor,
    now: datetime,
    **said: Unpack[DocumentSaid],
) -> VettingDocument:
    """Correct a document; it counts as checked by whoever corrects it."""
    permissions.demand(actor, VettingPermission.KEEP_DOCUMENTS, document)
    _write(document, said, actor=actor, now=now)
    session.flush()
    _note(session, document, "change", actor=actor, now=now)
    return document


def remove_document(
    session: Session, document: VettingDocument, *, actor: Actor, now: datetime
) -> None:
    """Take out a document that was recorded by mistake; the trail keeps that it was there."""
    permissions.demand(actor, VettingPermission.KEEP_DOCUMENTS, document)
    planes.remove_all_of(session, held_by(document), actor=actor, now=now)
    _note(session, document, "remove", actor=actor, now=now)
    session.delete(document)
    session.flush()


def _write(document: VettingDocument, said: DocumentSaid, *, actor: Actor, now: datetime) -> None:
    begins, ends = said["issued_on"], said["expires_on"]
    if ends is not None and ends < begins:
        raise Invalid(
            N_("The last day lies before the day of issue."), code="expires_on", field="expires_on"
        )
    document.kind, document.reference = said["kind"], said["reference"].strip()
    document.issued_on, document.expires_on = begins, ends
    document.checked_by, document.checked_at = actor.id, now


def _note(
    session: Session, document: VettingDocument, verb: str, *, actor: Actor, now: datetime
) -> None:
    audit.record(
        session,
        f"vetting_document:{verb}",
        document,
        actor=actor,
        now=now,
        fields=("kind", "reference", "issued_on", "expires_on"),
        data={
            "provider": str(document.provider_id),
            "kind": document.kind,
            "expires_on": document.expires_on.isoformat() if document.expires_on else None,
        },
    )
