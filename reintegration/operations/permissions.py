"""What operations ask permission for."""

from enum import StrEnum


class OutgoingPermission(StrEnum):
    """Messages that did not arrive, or of which nobody knows."""

    DECIDE = "outgoing:decide"
