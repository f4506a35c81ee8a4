"""What case files ask permission for."""

from enum import StrEnum


class CasePermission(StrEnum):
    """The case file, the vault and consent."""

    LIST = "case:list"
    VIEW = "case:view"
    REGISTER = "case:register"
    BRING_IN = "case:bring_in"
    TAKE_OUT = "case:take_out"
    EDIT = "case:edit"
    READ_IDENTITY = "identity:read"
    EDIT_IDENTITY = "identity:edit"
    ERASE_IDENTITY = "identity:erase"
    ERASE_AGAIN = "identity:erase_again"
    ASK_ERASURE = "identity:ask_erasure"
    DECIDE_ERASURE = "identity:decide_erasure"
    VIEW_NAME_EXPORTS = "name_export:view"
    ASK_NAME_EXPORT = "name_export:ask"
    DECIDE_NAME_EXPORT = "name_export:decide"
    USE_NAME_EXPORT = "name_export:use"
    RECORD_CONSENT = "consent:record"
    WITHDRAW_CONSENT = "consent:withdraw"
    WRITE_NOTE = "note:write"
    MANAGE_TEAM = "case:manage_team"
    HAND_OVER = "case:hand_over"
    OFFER = "case:offer"
    VIEW_OFFER = "case:view_offer"
    ANSWER_OFFER = "case:answer_offer"
    TAKE_BACK_OFFER = "case:take_back_offer"
    CLOSE = "case:close"
