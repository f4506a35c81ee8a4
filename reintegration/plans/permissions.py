"""What plans and the emergency start ask permission for."""

from enum import StrEnum


class PlanPermission(StrEnum):
    """Needs, goals, the plan and its milestones."""

    VIEW = "plan:view"
    EDIT = "plan:edit"
    SUBMIT = "plan:submit"
    DECIDE = "plan:decide"
    LIST_DECISIONS = "plan:list_decisions"
    MOVE_MILESTONE = "milestone:move"


class EmergencyPermission(StrEnum):
    """Help from the standing allowance, and the second person's word."""

    START = "emergency:start"
    LIST = "emergency:list"
    DECIDE = "emergency:decide"
