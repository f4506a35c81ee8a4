"""What a floor above must hear about a referral, in the same transaction."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from reintegration.kernel.actor import SYSTEM, Actor


@dataclass(frozen=True, slots=True)
class ReferralEnded:
    """A provider that had accepted goes on no more: all was given (`completed`), or it was not."""

    referral_id: UUID
    plan_line_id: UUID
    completed: bool
    at: datetime
    actor: Actor = SYSTEM
