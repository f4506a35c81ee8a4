"""What a floor above must hear about an offering, in the same transaction."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from reintegration.kernel.actor import SYSTEM, Actor


@dataclass(frozen=True, slots=True)
class OfferingSuspended:
    """Nothing may be delivered there any more until it is reinstated; `at` is when it was said."""

    offering_id: UUID
    at: datetime
    actor: Actor = SYSTEM


@dataclass(frozen=True, slots=True)
class OfferingReinstated:
    """A second officer lifted the suspension: what it stopped may go on."""

    offering_id: UUID
    at: datetime
    actor: Actor = SYSTEM
