"""What accounts ask permission for."""

from enum import StrEnum


class AccountPermission(StrEnum):
    """Administration of people, and reading the trail."""

    MANAGE_USERS = "account:manage_users"
    BRING_IN = "account:bring_in"
    MANAGE_ORGANISATIONS = "account:manage_organisations"
    READ_AUDIT = "audit:read"
    OWN_ACCOUNT = "account:own"
    NAME_DEPUTY = "deputyship:name"
    NAME_DEPUTY_FOR = "deputyship:name_for"
    ANSWER_DEPUTYSHIP = "deputyship:answer"
    END_DEPUTYSHIP = "deputyship:end"
    STAND_IN = "deputyship:stand_in"
    MANAGE_TOKENS = "redemption:manage_tokens"
    MAKE_DEVICE_CODE = "desk_device:make_code"
    MANAGE_DEVICES = "desk_device:manage"
    ADMIT_DEVICE = "desk_device:admit"
