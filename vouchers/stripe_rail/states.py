"""The states and code lists of what stands at Stripe."""

import re
from typing import Self

from reintegration.kernel.errors import N_
from reintegration.kernel.words import Worded, worded


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


class Standing(Worded):
    """How far a message is on its way to Stripe."""

    WAITS = N_("Waits to be sent"), "grey"
    SENDING = N_("Is being sent"), "sky"
    LATER = N_("Stripe asked for time"), "gold"
    UNKNOWN = N_("Stripe has not answered"), "gold"


class ReversalState(Worded):
    """Where taking a transfer back stands."""

    WAITING = N_("Waiting for approval"), "gold"
    ASKED = N_("Is being asked"), "sky"
    DONE = N_("Taken back"), "moss"
    REFUSED = N_("Stripe refused"), "clay"
    DECLINED = N_("Declined"), "grey"


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


class EventProblem(Worded):
    """Why a message from Stripe was refused, and what to do. Stripe has codes of its own beside."""

    UNKNOWN_ACCOUNT = (
        N_(
            "It is about an account that none of our providers has. Look in Stripe who opened it;"
            " if somebody opened it for a provider of ours outside of Punte, close it there."
        ),
        "clay",
    )
    TEST_MODE = (
        N_(
            "It comes from Stripe's test mode, where no money moves. Take this address out of the"
            " destinations of the test mode."
        ),
        "clay",
    )
    LIVE_MODE = (
        N_(
            "It is about real money, and Punte works with a test key here. Take this address out of"
            " the destinations of the live mode."
        ),
        "clay",
    )
    UNKNOWN_ORDER = (
        N_(
            "It is a transfer that no order of ours asked for. Find out in Stripe who made it, and"
            " take it back there if nobody is owed it."
        ),
        "clay",
    )
    OTHER_THAN_ORDERED = (
        N_(
            "Amount, currency or account of the transfer are not those of our order. Nothing was"
            " settled. Compare both, and take the transfer back in Stripe if it is wrong."
        ),
        "clay",
    )
    SECOND_TRANSFER = (
        N_(
            "The order has another transfer already. Compare both in Stripe, and take back the one"
            " too many."
        ),
        "clay",
    )
    UNKNOWN_REVERSAL = (
        N_(
            "A transfer was taken back in Stripe, and nobody asked for it here. Find out there who"
            " did it: our books do not know of that money yet."
        ),
        "clay",
    )
    OTHER_THAN_CONFIRMED = (
        N_(
            "More or less was taken back than was confirmed here. Nothing was booked. Compare both"
            " in Stripe."
        ),
        "clay",
    )
    ORDER_NOT_UNDER_WAY = (
        N_(
            "The order was not under way when the transfer was made. Look at the order, and take"
            " the transfer back in Stripe if it was paid otherwise."
        ),
        "clay",
    )
    NO_ANSWER = (
        N_("Stripe could not be asked about it. Have it tried again when Stripe answers."),
        "gold",
    )
    RESOURCE_MISSING = (
        N_(
            "Stripe does not know any more what it was about. If it is gone in Stripe too, nothing"
            " is to be done."
        ),
        "gold",
    )


class LineState(Worded):
    """Whether a line of the Stripe balance stands in the books."""

    MATCHED = N_("In the books"), "moss"
    OPEN = N_("To be cleared"), "gold"
    SETTLED = N_("Cleared by a person"), "moss"


class LineProblem(Worded):
    """Why a line of the Stripe balance is not in the books yet, and what is to be done."""

    next_step: str

    UNKNOWN_TRANSFER = (
        N_("No order of ours made this transfer"),
        "clay",
        N_("Look at Stripe who made it. Until that is known, pay nothing more through Stripe."),
    )
    UNKNOWN_REVERSAL = (
        N_("Nobody here asked for this"),
        "clay",
        N_("Look at Stripe who took it back, and for which order."),
    )
    NOT_BOOKED = (
        N_("Taken back, and not owed any more"),
        "clay",
        N_("The provider had paid meanwhile: it is due this money. Pay it, then note it here."),
    )
    AMOUNT = (
        N_("Another sum than in the books"),
        "clay",
        N_("Compare it with the order at Stripe, and note what the difference is."),
    )
    CURRENCY = (
        N_("Not a currency of ours"),
        "clay",
        N_("Ask Stripe to exchange it; what it cost comes as a line of its own."),
    )
    NO_BANK_LINE = (
        N_("The bank's line is missing"),
        "gold",
        N_("Import the bank's statement, and post its line as money to or from Stripe."),
    )
    SEVERAL_BANK_LINES = (
        N_("Several lines of the bank fit"),
        "gold",
        N_("Choose the line of the bank that is the other side."),
    )
    UNKNOWN_KIND = (
        N_("What it is must be said"),
        "gold",
        N_("Read at Stripe what it is and note it. An approver posts it as a charge."),
    )

    def __new__(cls, code: str, label: str = "", tone: str = "", next_step: str = "") -> Self:
        """Make a problem."""
        problem = worded(cls, code, label, tone)
        problem.next_step = next_step
        return problem


REACHED = frozenset(
    re.findall(
        "[A-Z]{2}",
        "AT BE BG CA CH CY CZ DE DK EE ES FI FR GB GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO"
        " SE SI SK US",
    )
)
"""Where a provider may be that Stripe pays across borders without a contract of its own.

The European Economic Area, Switzerland, the United Kingdom, the United States and Canada
(docs.stripe.com/connect/cross-border-payouts, read in November 2026).
"""
