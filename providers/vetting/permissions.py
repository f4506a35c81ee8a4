"""What vetting asks permission for."""

from enum import StrEnum


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
