"""Every state machine of casework: tests walk all of them, documents are derived from them."""

from typing import Any

from reintegration.kernel.states import Machine
from reintegration.plans.services.case_moves import CASE
from reintegration.plans.services.emergency_decision import EMERGENCY
from reintegration.plans.services.milestone_moves import MILESTONE
from reintegration.plans.services.plan_moves import PLAN

MACHINES: tuple[Machine[Any], ...] = (CASE, EMERGENCY, PLAN, MILESTONE)
