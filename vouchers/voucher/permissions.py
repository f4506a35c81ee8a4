"""What vouchers and deliveries ask permission for."""

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


class HoldPermission(StrEnum):
    """One hold on a voucher, as its cause says who places and who lifts it."""

    PLACE = "voucher_hold:place"
    LIFT = "voucher_hold:lift"


class RedemptionPermission(StrEnum):
    """Deliveries, as providers record them and others settle them."""

    VIEW = "redemption:view"
    RECORD = "redemption:record"
    LIST_OWN = "redemption:list_own"
    READ_RECEIPT = "redemption:read_receipt"
    REVERSE = "redemption:reverse"
    LIST_UNCONFIRMED = "redemption:list_unconfirmed"
    CONFIRM = "redemption:confirm"
    REFUSE = "redemption:refuse"
