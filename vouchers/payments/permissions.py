"""What claims, payments, payee accounts and statements ask permission for."""

from enum import StrEnum


class ClaimPermission(StrEnum):
    """What a provider asks to be paid, and what finance says of it."""

    LIST_OWN = "claim:list_own"
    VIEW_OWN = "claim:view_own"
    PRINT = "claim:print"
    DRAFT = "claim:draft"
    SUBMIT = "claim:submit"
    WITHDRAW = "claim:withdraw"
    LIST = "claim:list"
    VIEW = "claim:view"
    CHECK = "claim:check"
    DISPUTE = "claim:dispute"
    REFUSE_LINE = "claim:refuse_line"
    CLOSE = "claim:close"
    PUT_IN_PAYMENT = "claim:put_in_payment"
    TAKE_OUT = "claim:take_out"
    PAY = "claim:pay"


class PaymentPermission(StrEnum):
    """Batches of payment orders: one prepares, another approves, a third releases."""

    LIST = "payment:list"
    VIEW = "payment:view"
    PREPARE = "payment:prepare"
    APPROVE = "payment:approve"
    RELEASE = "payment:release"
    CANCEL = "payment:cancel"
    DOWNLOAD = "payment:download"
    FAIL = "payment:fail"
    SETTLE = "payment:settle"


class PayeePermission(StrEnum):
    """Where a provider is paid."""

    LIST = "payee:list"
    VIEW = "payee:view"
    PROPOSE = "payee:propose"
    APPROVE = "payee:approve"


class StatementPermission(StrEnum):
    """What was earned by a provider, paid and taken back: its account in our books."""

    VIEW = "provider_statement:view"
