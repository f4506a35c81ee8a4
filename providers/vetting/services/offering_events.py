"""What a floor above must hear about an offering, in the same transaction."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from reintegration.kernel.actor import SYSTEM, Actor


@dataclass(frozen=True, slots=True)
class OfferingSuspended:
    """Nothing may be delivered there any more until it is reinstated; `at` is when it was said."""

    offering_id: UUID
    at: datetime
    actor: Actor = SYSTEM


@dataclass(frozen=True, slots=True)
class OfferingsLapsed:
    """The term of their approval, or of a document, has passed: the same follows as if suspended.

    `last_days` says for each on which day it was approved last. All that passed at once come
    together, so that what stands on them is taken in one order.
    """

    last_days: Mapping[UUID, date]
    at: datetime

    @property
    def offering_ids(self) -> Collection[UUID]:
        """Return which offerings they are."""
        return self.last_days.keys()


@dataclass(frozen=True, slots=True)
class OfferingEnds:
    """Its approval ends after `last`, unless it is renewed: said `days` before."""

    offering_id: UUID
    last: date
    days: int
    at: datetime


@dataclass(frozen=True, slots=True)
class OfferingReinstated:
    """It is approved again, or its suspension lifted: what stood still may go on."""

    offering_id: UUID
    at: datetime
    actor: Actor = SYSTEM
