"""What the rulebook asks permission for."""

from enum import StrEnum


class RulePermission(StrEnum):
    """Reading what holds, proposing another value, deciding on it."""

    READ = "rule:read"
    PROPOSE = "rule:propose"
    DECIDE = "rule:decide"
    TAKE_BACK = "rule:take_back"
    LAPSE = "rule:lapse"
