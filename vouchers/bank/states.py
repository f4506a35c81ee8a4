"""What is known of a line of a bank statement, and what it is said to be."""

from typing import Self

from reintegration.kernel.errors import N_
from reintegration.kernel.words import Worded, worded


class BankLineState(Worded):
    """What is known of a line of a bank statement."""

    UNMATCHED = N_("No match"), "grey"
    SUGGESTED = N_("Proposed"), "gold"
    MATCHED = N_("Matched"), "moss"
    EXCEPTION = N_("No match"), "grey"
    RESOLVED = N_("Settled"), "moss"


OPEN_LINES = frozenset({BankLineState.UNMATCHED, BankLineState.SUGGESTED, BankLineState.EXCEPTION})
"""Somebody has to look at these."""


class ExceptionKind(Worded):
    """What a person has to settle."""

    UNKNOWN_CREDIT = N_("No match"), "grey"
    UNKNOWN_DEBIT = N_("No match"), "grey"
    RETURN = N_("Returned"), "clay"
    CHARGES = N_("Rule: fee"), "sky"
    DUPLICATE_PAYMENT = N_("Paid twice?"), "clay"
    PARTIAL = N_("Only a part"), "clay"
    TWO_POSSIBLE = N_("Two possible"), "gold"


class Resolution(Worded):
    """What a line was that no order explains: in a word, and as it is asked of a person."""

    asked: str

    FEE = N_("Bank fee"), "moss", N_("A fee of the bank")
    GRANT = N_("Grant received"), "moss", N_("Money of a donor")
    REPAID = N_("Repaid"), "moss", N_("A provider pays back")
    RETURNED = N_("Returned"), "clay", N_("A payment that came back")
    SERVICE = N_("To or from Stripe"), "moss", N_("To or from our balance at a payment service")
    PAID_TWICE = N_("Paid twice"), "clay", N_("An order that was paid before: a second payment")
    INTEREST = N_("Interest"), "moss", N_("Interest")
    OTHERS = N_("Not ours"), "sky", N_("Not ours: others use the account too")
    RECORDED = N_("Recorded before"), "moss", N_("A grant or an exchange that was recorded before")
    BEFORE_BOOKS = N_("Before the books"), "grey", N_("Of before the books began")
    WRITTEN_OFF = N_("Written off"), "clay", N_("Nobody can explain it: write it off")

    def __new__(cls, code: str, label: str = "", tone: str = "", asked: str = "") -> Self:
        """Make an ending."""
        ending = worded(cls, code, label, tone)
        ending.asked = asked
        return ending


class NextStep(Worded):
    """What somebody does next about a line that nobody can explain yet."""

    ASK_BANK = N_("Ask the bank")
    ASK_PAYEE = N_("Ask the payee")
    ASK_DONOR = N_("Ask the donor")
    AWAIT_LINE = N_("Wait for another line")
    DECIDE_BY_SECOND = N_("A second person decides")


class Rest(Worded):
    """What the difference is between a line and the orders that it pays."""

    FEE = N_("The bank kept the rest as its fee")
    UNDER_WAY = N_("It is a part: the rest is still under way")


class MatchedBy(Worded):
    """How a line found its orders; all but the last are tiers of the matching."""

    END_TO_END = N_("By the end-to-end reference")
    BATCH = N_("By the reference and sum of the batch")
    AMOUNT_AND_IBAN = N_("By amount and account, one fit only")
    REFERENCE = N_("By a reference in the text")
    LIKENESS = N_("By likeness")
    MANUAL = N_("By hand")


class ReasonCode(Worded):
    """Why a line and an order belong together, or why not: in a word, and as a sentence."""

    text: str

    AMOUNT_EQUAL = N_("equal"), "moss", N_("Equal amount")
    AMOUNT_OFF = N_("differs"), "clay", N_("The amount differs by %(difference)s")
    BATCH_REFERENCE_EQUAL = N_("equal"), "moss", N_("Batch reference equal (%(reference)s)")
    BATCH_SUM_EQUAL = N_("equal"), "moss", N_("Equal to the sum of the batch (payments: %(count)s)")
    CHARGES_EXPLAIN = N_("explained"), "moss", N_("The bank's charges explain the difference")
    DAYS = "", "moss", N_("Days from sending to booking: %(days)s")
    """Its word is how many; its tone, too, is by the number."""
    END_TO_END_DIFFERS = (
        N_("differs"),
        "gold",
        N_("The end-to-end reference is another one, so it did not post by itself"),
    )
    END_TO_END_EQUAL = N_("equal"), "moss", N_("End-to-end reference equal (%(reference)s)")
    END_TO_END_MISSING = (
        N_("missing"),
        "grey",
        N_("The end-to-end reference is missing, so it did not post by itself"),
    )
    ENTRY_FLAGGED = (
        N_("problem"),
        "clay",
        N_("The bank's entry has a problem, so it did not post by itself"),
    )
    IBAN_EQUAL = N_("equal"), "moss", N_("Equal IBAN")
    NAME_ALIKE = N_("alike"), "gold", N_("The names are %(percent)s%% alike")
    ONLY_FIT = N_("only one"), "moss", N_("One order and one entry fit, in both directions")
    OUTSIDE_WINDOW = N_("late"), "gold", N_("Booked outside the expected days")
    REFERENCE_FOUND = N_("found"), "moss", N_("Reference %(reference)s found in the text")
    RETURNED = N_("returned"), "clay", N_("Returned, reason %(reason)s")
    OPPOSITE_DIRECTION = (
        N_("opposite"),
        "clay",
        N_("The reference of a payment, in the opposite direction"),
    )
    ALREADY_SETTLED = (
        N_("settled"),
        "clay",
        N_("The payment with this reference or account is settled already"),
    )
    SEVERAL_ORDERS = N_("several"), "gold", N_("Orders that fit: %(count)s")
    SEVERAL_ENTRIES = N_("several"), "gold", N_("Entries that fit the same order: %(count)s")
    BANK_CHARGE = N_("fee"), "sky", N_("The bank calls it a charge")
    NOTHING_FITS = N_("nothing"), "grey", N_("No open order fits")

    def __new__(cls, code: str, label: str = "", tone: str = "", text: str = "") -> Self:
        """Make a reason."""
        reason = worded(cls, code, label, tone)
        reason.text = text
        return reason


class OrderAnswerState(Worded):
    """What became of what the bank answered to one order."""

    NOTED = N_("Noted"), "grey"
    WAITING = N_("To be decided"), "gold"
    FAILED = N_("Order failed"), "clay"
    DISCARDED = N_("Discarded"), "grey"


class AnswerDoubt(Worded):
    """Why a rejection of the bank does not fail its order by itself."""

    AMOUNT_UNSAID = N_("The answer does not repeat the amount."), "gold"
    AMOUNT_DIFFERS = N_("The answer names another amount."), "clay"
    ACCOUNT_DIFFERS = N_("The answer names another account of the payee."), "clay"
    NAMES_DIFFER = N_("The answer names two different orders in one."), "clay"
    SUM_DIFFERS = (
        N_("The answer does not repeat how many payments of which sum it rejects, or others."),
        "gold",
    )
    WHOLE_ACCEPTED = N_("The answer accepts the whole file and rejects this order."), "clay"
    NOT_REJECTED = N_("The bank stopped the order without calling it rejected."), "gold"
    NOT_UNDER_WAY = N_("By our books the order is not under way: look at the statement."), "clay"
