"""Providers, referrals and documents as the tests of this folder need them."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from providers.directory.models import Offering, Provider, VettingDocument
from providers.directory.queries.checklists import needed_documents
from providers.directory.states import OfferingState
from providers.referrals.models import Referral
from providers.referrals.queries.matching import LineWithCase
from providers.referrals.services import referrals
from providers.referrals.services.disclosure import Asked
from reintegration.codelists.service_categories import ServiceCategory
from reintegration.kernel.ids import new_id
from tests.factories.casework import Casework
from tests.factories.cast import NOW, TODAY, Cast, actor

COUNSELLING = ServiceCategory.MENTAL_HEALTH


def offering_in(session: Session, cast: Cast, state: OfferingState, **changes: Any) -> Offering:
    """Add one more offering of the cast's provider in a state."""
    like = cast.offerings[COUNSELLING]
    columns: dict[str, Any] = {
        "name": f"Consiliere {new_id()}",
        "category": like.category,
        "unit": like.unit,
        "price_minor": like.price_minor,
        "currency": "MDL",
        "languages": ["ro"],
        "accepts_children": True,
        "capacity": 5,
        **changes,
    }
    made = Offering(
        id=new_id(),
        provider_id=like.provider_id,
        site_id=like.site_id,
        state=state.value,
        created_at=NOW,
        updated_at=NOW,
        **columns,
    )
    session.add(made)
    session.flush()
    session.refresh(made)
    return made


def give_documents(
    session: Session, cast: Cast, provider: Provider, category: str, *, until: date | None = None
) -> list[VettingDocument]:
    """Record every document that a category needs, as checked by Vera."""
    made = [
        VettingDocument(
            id=new_id(),
            provider_id=provider.id,
            kind=kind.value,
            reference="A-1",
            issued_on=TODAY - timedelta(days=100),
            expires_on=until or TODAY + timedelta(days=900),
            checked_by=cast.vera.id,
            checked_at=NOW,
        )
        for kind in sorted(needed_documents(category, provider.jurisdiction, TODAY))
    ]
    session.add_all(made)
    session.flush()
    session.expire(provider, ["documents"])
    return made


def drafted(session: Session, cast: Cast, work: Casework, **changes: Any) -> Referral:
    """Write a referral of Ana to the cast's provider."""
    asked = {"units": 3, "starts_on": TODAY, "note": "", **changes}
    offering = asked.pop("offering", None) or cast.offerings[ServiceCategory(work.line.category)]
    return referrals.draft(
        session,
        actor=actor(session, cast.ana),
        found=LineWithCase(work.line, work.case),
        offering=offering,
        asked=Asked(**asked),
        now=NOW,
    )


def sent(session: Session, cast: Cast, work: Casework, **changes: Any) -> Referral:
    """Write and send a referral."""
    referral = drafted(session, cast, work, **changes)
    return referrals.send(
        session,
        referral,
        actor=actor(session, cast.ana),
        found=LineWithCase(work.line, work.case),
        now=NOW,
    )


def accepted(session: Session, cast: Cast, work: Casework, **changes: Any) -> Referral:
    """Write, send and have Corina accept a referral."""
    referral = sent(session, cast, work, **changes)
    return referrals.accept(session, referral, actor=actor(session, cast.corina), now=NOW)
