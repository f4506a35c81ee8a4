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


class PeriodPermission(StrEnum):
    """The months of the books: one proposes the close, another closes."""

    VIEW = "period:view"
    PREPARE = "period:prepare"
    DISCARD = "period:discard"
    CLOSE = "period:close"
    ASK_TO_REOPEN = "period:ask_to_reopen"
    KEEP_CLOSED = "period:keep_closed"
    REOPEN = "period:reopen"
    EXPORT = "period:export"


class LedgerPermission(StrEnum):
    """The journal and what follows from it. Nobody writes it but events."""

    READ = "ledger:read"
    EXPORT = "ledger:export"
    WATCH = "ledger:watch"
    """Be told each day whether the books hold."""
