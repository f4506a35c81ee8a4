"""What funds and the ledger ask permission for."""

from enum import StrEnum


class FundPermission(StrEnum):
    """Grants and budget lines: one prepares, another allocates."""

    VIEW = "fund:view"
    CREATE = "fund:create"
    RECORD_GRANT = "fund:record_grant"
    ADD_LINE = "fund:add_line"
    ALLOCATE = "fund:allocate"
    ADD_RATE = "fund:add_rate"
    EXCHANGE = "fund:exchange"


class OpeningPermission(StrEnum):
    """What the books begin with: one proposes, another approves."""

    VIEW = "opening_balance:view"
    PROPOSE = "opening_balance:propose"
    APPROVE = "opening_balance:approve"
    DROP = "opening_balance:drop"
    TAKE_BACK = "opening_balance:take_back"


class LedgerPermission(StrEnum):
    """The journal and what follows from it. Nobody writes it but events."""

    READ = "ledger:read"
    EXPORT = "ledger:export"
    WATCH = "ledger:watch"
    """Be told each day whether the books hold."""
