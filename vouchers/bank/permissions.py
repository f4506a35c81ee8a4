"""What the bank asks permission for."""

from enum import StrEnum


class BankAccountPermission(StrEnum):
    """The programme's own accounts: one proposes, another approves."""

    LIST = "bank_account:list"
    VIEW = "bank_account:view"
    PROPOSE = "bank_account:propose"
    APPROVE = "bank_account:approve"
    STOP = "bank_account:stop"
    MAP = "bank_account:map"


class BankPermission(StrEnum):
    """Statements of the bank and what their lines mean."""

    LIST = "bank:list"
    IMPORT = "bank:import"
    MATCH = "bank:match"
    RESOLVE = "bank:resolve"
    FEE = "bank:fee"
    FEE_ABOVE = "bank:fee_above"
    WRITE_OFF = "bank:write_off"
    WRITE_OFF_ABOVE = "bank:write_off_above"
    UNDO = "bank:undo"
    ANSWER = "bank:answer"
