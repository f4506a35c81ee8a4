"""Documents behind an approval. Whoever records one has checked it, and is named for it."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from providers.directory.models import Provider, VettingDocument
from providers.directory.states import DocumentKind
from providers.vetting.permissions import VettingPermission
from reintegration.kernel import audit, permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.errors import N_, Invalid
from reintegration.kernel.ids import new_id


def add_document(
    session: Session,
    *,
    actor: Actor,
    provider: Provider,
    kind: DocumentKind,
    reference: str,
    issued_on: date,
    expires_on: date | None,
    now: datetime,
) -> VettingDocument:
    """Record a document that the officer saw; raise Invalid when it ends before it begins."""
    permissions.demand(actor, VettingPermission.KEEP_DOCUMENTS, provider)
    _check_term(issued_on, expires_on)
    document = VettingDocument(
        id=new_id(),
        provider_id=provider.id,
        kind=kind,
        reference=reference.strip(),
        issued_on=issued_on,
        expires_on=expires_on,
        checked_by=actor.id,
        checked_at=now,
    )
    session.add(document)
    session.flush()
    _note(session, document, "add", actor=actor, now=now)
    return document


def change_document(
    session: Session,
    document: VettingDocument,
    *,
    actor: Actor,
    kind: DocumentKind,
    reference: str,
    issued_on: date,
    expires_on: date | None,
    now: datetime,
) -> VettingDocument:
    """Correct a document; it counts as checked by whoever corrects it."""
    permissions.demand(actor, VettingPermission.KEEP_DOCUMENTS, document)
    _check_term(issued_on, expires_on)
    document.kind, document.reference = kind, reference.strip()
    document.issued_on, document.expires_on = issued_on, expires_on
    document.checked_by, document.checked_at = actor.id, now
    session.flush()
    _note(session, document, "change", actor=actor, now=now)
    return document


def remove_document(
    session: Session, document: VettingDocument, *, actor: Actor, now: datetime
) -> None:
    """Take out a document that was recorded by mistake; the trail keeps that it was there."""
    permissions.demand(actor, VettingPermission.KEEP_DOCUMENTS, document)
    _note(session, document, "remove", actor=actor, now=now)
    session.delete(document)
    session.flush()


def _check_term(issued_on: date, expires_on: date | None) -> None:
    if expires_on is not None and expires_on < issued_on:
        raise Invalid(
            N_("The last day lies before the day of issue."), code="expires_on", field="expires_on"
        )


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
