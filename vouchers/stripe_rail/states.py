"""The states and code lists of what stands at Stripe."""

from reintegration.kernel.errors import N_
from reintegration.kernel.words import Worded


class AccountState(Worded):
    """Where the opening of a provider's account stands."""

    OPENING = N_("Being opened"), "grey"
    OPEN = N_("Opened"), "moss"
    FAILED = N_("Could not be opened"), "clay"
    CLOSED = N_("Closed"), "grey"


class TransfersState(Worded):
    """Whether Stripe lets an account receive transfers."""

    ACTIVE = N_("Can be paid"), "moss"
    PENDING = N_("Stripe is checking"), "sky"
    RESTRICTED = N_("Something is missing"), "gold"
    REJECTED = N_("Stripe said no"), "clay"
    UNSUPPORTED = N_("Not possible there"), "clay"


class ReversalState(Worded):
    """Where taking a transfer back stands."""

    ASKED = N_("Is being asked"), "sky"
    DONE = N_("Taken back"), "moss"
    REFUSED = N_("Stripe refused"), "clay"


class ReversalCause(Worded):
    """Why a transfer is taken back."""

    CLAWBACK = N_("The deliveries were taken back")
    PAYOUT_FAILED = N_("The money did not reach the provider's bank")


class PayoutState(Worded):
    """Where the money is between Stripe and the provider's bank."""

    PENDING = N_("Waits at Stripe"), "grey"
    IN_TRANSIT = N_("On its way"), "sky"
    PAID = N_("Paid out"), "moss"
    FAILED = N_("Did not arrive"), "clay"
    CANCELLED = N_("Cancelled"), "grey"


class EventState(Worded):
    """What became of a message from Stripe."""

    WAITING = N_("Waits"), "sky"
    DONE = N_("Worked off"), "moss"
    REFUSED = N_("Refused"), "clay"


class LineState(Worded):
    """Whether a line of the Stripe balance stands in the books."""

    MATCHED = N_("In the books"), "moss"
    OPEN = N_("To be cleared"), "gold"
    SETTLED = N_("Cleared by a person"), "moss"
