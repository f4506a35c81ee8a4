"""What the plan announces to floors above, in the transaction of the change itself."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from reintegration.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class PlanApproved:
    """A version was approved: the `approved_…` columns of its lines are new from now on."""

    plan_id: UUID
    case_id: UUID
    version: int
    actor: Actor
    at: datetime
