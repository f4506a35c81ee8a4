"""Where a value of a rule stands; it follows from its days and from who decided."""

from datetime import timedelta

from reintegration.kernel.errors import N_
from reintegration.kernel.words import Worded


class Standing(Worded):
    """Where a value stands on a day."""

    WAITS = N_("Waiting for approval"), "gold"
    COMING = N_("Holds later"), "sky"
    HOLDS = N_("Holds now"), "moss"
    REPLACED = N_("Held before"), "grey"
    DROPPED = N_("Not approved"), "grey"
    TAKEN_BACK = N_("Withdrawn"), "grey"


FURTHEST = timedelta(days=730)
"""How far ahead the first day of a value may lie."""
LONGEST_REASON = 500
LONGEST_ENTRY = 40
