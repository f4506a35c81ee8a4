"""What payee accounts ask permission for."""

from enum import StrEnum


class PayeePermission(StrEnum):
    """Where a provider is paid."""

    LIST = "payee:list"
    VIEW = "payee:view"
    PROPOSE = "payee:propose"
    APPROVE = "payee:approve"
