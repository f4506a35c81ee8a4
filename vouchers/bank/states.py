"""What is known of a line of a bank statement."""

from enum import StrEnum


class BankLineState(StrEnum):
    """What is known of a line of a bank statement."""

    UNMATCHED = "unmatched"
    SUGGESTED = "suggested"
    MATCHED = "matched"
    EXCEPTION = "exception"
    RESOLVED = "resolved"
