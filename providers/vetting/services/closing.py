"""A provider whose organisation is closed: its approvals end, and with them what stands on them."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from providers.directory.models import Offering
from providers.directory.states import OfferingState
from providers.vetting.services.offering_events import OfferingsLapsed
from providers.vetting.services.vetting import OFFERING
from reintegration.accounts.services.organisations import OrganisationClosed
from reintegration.kernel import clock, hooks
from reintegration.kernel.actor import SYSTEM
from reintegration.kernel.db import acting_as_system
from reintegration.kernel.errors import N_
from reintegration.kernel.hooks import Change
from reintegration.kernel.locking import lock_all

_CLOSED = N_("The provider was closed.")


def end_approvals(session: Session, event: OrganisationClosed) -> None:
    """End what was approved there, as if its term had passed today.

    What was given by today can still be recorded, once its people can sign in again.
    """
    with acting_as_system(session):
        ended = [
            offering
            for offering in lock_all(session, _approved(session, event))
            if offering.state == OfferingState.APPROVED
        ]
        for offering in ended:
            OFFERING.fire(session, offering, "expire", actor=SYSTEM, now=event.at, reason=_CLOSED)
            offering.updated_at = event.at
        session.flush()
    if ended:
        hooks.announce(session, _lapsed(event, ended))


def would_end_approvals(session: Session, event: OrganisationClosed) -> list[Change]:
    """Count the approvals that would end, and what would stop with them."""
    with acting_as_system(session):
        found = _approved(session, event)
    if not found:
        return []
    count = len(found)
    own = Change(N_("Approved services that end: %(count)s"), count, {"count": count})
    return [own, *hooks.preview(session, _lapsed(event, found))]


def _approved(session: Session, event: OrganisationClosed) -> Sequence[Offering]:
    mine = Offering.provider_id == event.organisation_id
    approved = Offering.state == OfferingState.APPROVED
    return session.scalars(select(Offering).where(mine, approved)).unique().all()


def _lapsed(event: OrganisationClosed, offerings: Sequence[Offering]) -> OfferingsLapsed:
    today = clock.local_day(event.at)
    return OfferingsLapsed({offering.id: today for offering in offerings}, event.at)
