"""Reading what is to be vetted."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, union_all
from sqlalchemy.orm import Session, selectinload

from providers.directory.models import Offering, Provider, VettingDocument
from providers.directory.states import OfferingState
from reintegration.accounts.models import Organisation
from reintegration.kernel import bounded
from reintegration.kernel.bounded import Count, Pile
from reintegration.kernel.errors import or_404
from reintegration.kernel.search import has_words
from reintegration.kernel.states import StateEvent
from reintegration.web.paging import Page, page_of

WAITING = (OfferingState.SUBMITTED, OfferingState.PENDING_APPROVAL)
"""Where an offering waits for an officer."""


def offering_or_404(session: Session, offering_id: UUID) -> Offering:
    """Return an offering or raise NotFound."""
    return or_404(session.get(Offering, offering_id))


def document_or_404(session: Session, document_id: UUID) -> VettingDocument:
    """Return a document or raise NotFound."""
    return or_404(session.get(VettingDocument, document_id))


def queue(
    session: Session, *, states: Collection[OfferingState], search: str = "", cursor: str | None
) -> Page[Offering]:
    """Return the offerings in one of these states: those that wait longest come first."""
    listed = _in(states)
    if search.strip():
        listed = listed.where(_is_sought(search))
    return page_of(
        session, listed, keys=(Offering.updated_at, Offering.id), cursor=cursor, ascending=True
    )


def _is_sought(search: str) -> ColumnElement[bool]:
    """Return whether a service or its provider has the words; each is asked of its index."""
    named = select(Organisation.id).where(has_words(search, Organisation.name))
    return Offering.id.in_(
        union_all(
            select(Offering.id).where(has_words(search, Offering.name)),
            select(Offering.id).where(Offering.provider_id.in_(named)),
        )
    )


def counts(session: Session) -> dict[str, Count]:
    """Return how many offerings are in each state, and under "" how many wait for an officer."""
    each = {state: select(Offering).where(Offering.state == state) for state in OfferingState}
    return bounded.count_each(session, {"": _in(WAITING), **each})


def waiting_count(session: Session) -> Count:
    """Return how many offerings wait for an officer."""
    return bounded.count(session, _in(WAITING))


def _in(states: Collection[OfferingState]) -> Select[Offering]:
    return select(Offering).where(Offering.state.in_(states))


def waiting_pile(session: Session) -> Pile:
    """Return how many offerings wait for an officer, and since when."""
    return bounded.pile(session, _in(WAITING), since=Offering.updated_at)


def oldest_waiting(session: Session, *, limit: int) -> Sequence[Offering]:
    """Return the offerings that wait longest for an officer."""
    oldest = Offering.updated_at, Offering.id
    return session.scalars(_in(WAITING).order_by(*oldest).limit(limit)).all()


def documents_ending_by_day(session: Session, first: date, last: date) -> dict[date, int]:
    """Return how many documents end on each of these days."""
    ends = VettingDocument.expires_on
    rows = session.execute(
        select(ends, func.count()).where(ends.between(first, last)).group_by(ends)
    )
    return {day: count for day, count in rows if day is not None}


def approved_with_documents(session: Session) -> Sequence[Offering]:
    """Return every approved offering with its provider's documents, in two queries."""
    return (
        session.scalars(
            select(Offering)
            .where(Offering.state == OfferingState.APPROVED)
            .order_by(Offering.id)  # they are changed in this order: that of locks
            .options(selectinload(Offering.provider).selectinload(Provider.documents))
        )
        .unique()
        .all()
    )


def providers_with_documents_ending(
    session: Session, first: date, last: date
) -> Sequence[Provider]:
    """Return the providers with a document that ends between two days, with all their documents."""
    return (
        session.scalars(
            select(Provider)
            .where(
                Provider.id.in_(
                    select(VettingDocument.provider_id).where(
                        VettingDocument.expires_on.between(first, last)
                    )
                )
            )
            .options(selectinload(Provider.documents))
        )
        .unique()
        .all()
    )


def last_question(session: Session, offering: Offering) -> str:
    """Return what an officer last asked about an offering, or nothing."""
    asked = session.scalar(
        select(StateEvent.reason)
        .where(
            StateEvent.aggregate == "offering",
            StateEvent.aggregate_id == offering.id,
            StateEvent.move == "request_info",
        )
        .order_by(StateEvent.id.desc())
        .limit(1)
    )
    return asked or ""
