"""What casework asks permission for."""

from enum import StrEnum


class CasePermission(StrEnum):
    """The case file, the vault and consent."""

    LIST = "case:list"
    VIEW = "case:view"
    REGISTER = "case:register"
    EDIT = "case:edit"
    READ_IDENTITY = "identity:read"
    EDIT_IDENTITY = "identity:edit"
    ERASE_IDENTITY = "identity:erase"
    ASK_ERASURE = "identity:ask_erasure"
    DECIDE_ERASURE = "identity:decide_erasure"
    RECORD_CONSENT = "consent:record"
    WITHDRAW_CONSENT = "consent:withdraw"
    WRITE_NOTE = "note:write"
    MANAGE_TEAM = "case:manage_team"
    HAND_OVER = "case:hand_over"
    CLOSE = "case:close"
    START_EMERGENCY = "emergency:start"
    LIST_EMERGENCIES = "emergency:list"
    DECIDE_EMERGENCY = "emergency:decide"


class PlanPermission(StrEnum):
    """Needs, goals, the plan and its milestones."""

    VIEW = "plan:view"
    EDIT = "plan:edit"
    SUBMIT = "plan:submit"
    DECIDE = "plan:decide"
    LIST_DECISIONS = "plan:list_decisions"
    MOVE_MILESTONE = "milestone:move"
