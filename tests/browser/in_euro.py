"""What a walk begins with when it is about euro: a claim that is ready to be paid."""

from dataclasses import replace

from sqlalchemy.orm import Session

from providers.directory.models import Offering
from providers.directory.states import OfferingState
from reintegration.codelists.service_categories import ServiceCategory
from reintegration.kernel.ids import new_id
from tests.factories.cast import NOW, Cast
from tests.factories.payments import make_checked_claim, make_deliveries
from vouchers.payments.models import Claim


def speak_english(cast: Cast) -> None:
    """Let everybody read English."""
    for person in cast.people.values():
        person.locale = "en"


def _euro_offering(cast: Cast) -> Offering:
    """Legal aid that is paid in euro."""
    like = cast.offerings[ServiceCategory.MENTAL_HEALTH]
    category = ServiceCategory.LEGAL_AID
    return Offering(
        id=new_id(),
        provider_id=like.provider_id,
        site_id=like.site_id,
        name="Consultanță",
        category=category,
        unit=category.unit.value,
        price_minor=20_000,
        currency="EUR",
        languages=["ro"],
        accepts_children=True,
        capacity=20,
        state=OfferingState.APPROVED.value,
        approved_by=cast.victor.id,
        approved_at=NOW,
        approved_until=like.approved_until,
        created_at=NOW,
        updated_at=NOW,
    )


def checked_in_euro(session: Session, cast: Cast) -> Claim:
    """A claim in euro that is ready to be paid: its way is that of the one in lei."""
    category = ServiceCategory.LEGAL_AID
    offering = _euro_offering(cast)
    session.add(offering)
    session.flush()
    in_euro = replace(cast, budget_line=cast.euro_budget_line, offerings={category: offering})
    deliveries = make_deliveries(session, in_euro, 2, category=category)
    return make_checked_claim(session, in_euro, deliveries=deliveries)
