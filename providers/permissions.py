"""What providers ask permission for."""

from enum import StrEnum


class ProviderPermission(StrEnum):
    """The directory and what stands in it."""

    LIST = "provider:list"
    VIEW = "provider:view"
    READ_PLACE = "provider:read_place"
    READ_DOCUMENTS = "provider:read_documents"
    VIEW_OWN = "provider:view_own"
    EDIT = "provider:edit"
    IMPORT = "provider:import"


class VettingPermission(StrEnum):
    """The vetting of an offering; deciding needs a second officer."""

    LIST = "vetting:list"
    VIEW = "vetting:view"
    SUBMIT = "vetting:submit"
    REQUEST_INFO = "vetting:request_info"
    ANSWER = "vetting:answer"
    ASSESS = "vetting:assess"
    APPROVE = "vetting:approve"
    REJECT = "vetting:reject"
    SUSPEND = "vetting:suspend"
    REINSTATE = "vetting:reinstate"
    EXPIRE = "vetting:expire"
    WITHDRAW = "vetting:withdraw"
    KEEP_DOCUMENTS = "vetting:keep_documents"


class PayeePermission(StrEnum):
    """Where a provider is paid."""

    LIST = "payee:list"
    VIEW = "payee:view"
    PROPOSE = "payee:propose"
    APPROVE = "payee:approve"


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
