"""The tables of plans and of the emergency start."""

from reintegration.plans.models.emergency import EmergencyStart
from reintegration.plans.models.plan import (
    Goal,
    Milestone,
    MilestoneDependency,
    Need,
    Plan,
    PlanLine,
    PlanLineDelivery,
    PlanVersion,
)

__all__ = [
    "EmergencyStart",
    "Goal",
    "Milestone",
    "MilestoneDependency",
    "Need",
    "Plan",
    "PlanLine",
    "PlanLineDelivery",
    "PlanVersion",
]
