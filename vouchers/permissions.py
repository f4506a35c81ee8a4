"""What vouchers and money ask permission for."""

from enum import StrEnum


class VoucherPermission(StrEnum):
    """The life of a voucher, as case people and jobs move it."""

    LIST = "voucher:list"
    VIEW = "voucher:view"
    DRAFT = "voucher:draft"
    APPROVE = "voucher:approve"
    ISSUE = "voucher:issue"
    PRINT = "voucher:print"
    SUSPEND = "voucher:suspend"
    RESUME = "voucher:resume"
    EXPIRE = "voucher:expire"
    CANCEL = "voucher:cancel"
    REPLACE = "voucher:replace"


class RedemptionPermission(StrEnum):
    """Deliveries, as providers record them and others settle them."""

    RECORD = "redemption:record"
    LIST_OWN = "redemption:list_own"
    READ_RECEIPT = "redemption:read_receipt"
    REVERSE = "redemption:reverse"
    LIST_UNCONFIRMED = "redemption:list_unconfirmed"
    CONFIRM = "redemption:confirm"
    REFUSE = "redemption:refuse"
    MANAGE_TOKENS = "redemption:manage_tokens"


class FundPermission(StrEnum):
    """Grants and budget lines: one prepares, another allocates."""

    VIEW = "fund:view"
    CREATE = "fund:create"
    RECORD_GRANT = "fund:record_grant"
    ADD_LINE = "fund:add_line"
    ALLOCATE = "fund:allocate"
    ADD_RATE = "fund:add_rate"
    EXCHANGE = "fund:exchange"


class LedgerPermission(StrEnum):
    """The journal and what follows from it. Nobody writes it but events."""

    READ = "ledger:read"
    EXPORT = "ledger:export"


class ClaimPermission(StrEnum):
    """What a provider asks to be paid, and what finance says of it."""

    LIST_OWN = "claim:list_own"
    VIEW_OWN = "claim:view_own"
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


class BankAccountPermission(StrEnum):
    """The programme's own accounts: one proposes, another approves."""

    LIST = "bank_account:list"
    VIEW = "bank_account:view"
    PROPOSE = "bank_account:propose"
    APPROVE = "bank_account:approve"
    STOP = "bank_account:stop"


class BankPermission(StrEnum):
    """Statements of the bank and what their lines mean."""

    LIST = "bank:list"
    IMPORT = "bank:import"
    MATCH = "bank:match"
    RESOLVE = "bank:resolve"
    UNDO = "bank:undo"
