"""What the scanner said of a part of a paper."""

from reintegration.kernel.errors import N_
from reintegration.kernel.words import Worded


class Scan(Worded):
    """Whether harmful content was looked for, and found."""

    NOT_ASKED = N_("Not checked: no scanner is set up"), "grey"
    WAITING = N_("Is being checked for harmful content"), "gold"
    CLEAN = N_("No harmful content found"), "moss"
    HARMFUL = N_("Harmful content: it was destroyed"), "clay"
