"""What accounts ask permission for."""

from enum import StrEnum


class AccountPermission(StrEnum):
    """Administration of people, and reading the trail."""

    MANAGE_USERS = "account:manage_users"
    MANAGE_ORGANISATIONS = "account:manage_organisations"
    READ_AUDIT = "audit:read"
    OWN_ACCOUNT = "account:own"
    MANAGE_TOKENS = "redemption:manage_tokens"
