"""What referrals ask permission for."""

from enum import StrEnum


class ReferralPermission(StrEnum):
    """Asking a provider, and answering."""

    LIST = "referral:list"
    VIEW = "referral:view"
    MATCH = "referral:match"
    SEND = "referral:send"
    CANCEL = "referral:cancel"
    LIST_REQUESTS = "request:list"
    READ_REQUEST = "request:read"
    ANSWER = "request:answer"
    DELIVER = "request:deliver"
    EXPIRE = "referral:expire"
