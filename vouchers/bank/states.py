"""What is known of a line of a bank statement, and what it is said to be."""

from typing import Self

from reintegration.kernel.errors import N_
from reintegration.kernel.words import Worded, worded


class BankLineState(Worded):
    """What is known of a line of a bank statement."""

    UNMATCHED = "unmatched", N_("No match"), "grey"
    SUGGESTED = "suggested", N_("Proposed"), "gold"
    MATCHED = "matched", N_("Matched"), "moss"
    EXCEPTION = "exception", N_("No match"), "grey"
    RESOLVED = "resolved", N_("Settled"), "moss"


OPEN_LINES = frozenset({BankLineState.UNMATCHED, BankLineState.SUGGESTED, BankLineState.EXCEPTION})
"""Somebody has to look at these."""


class ExceptionKind(Worded):
    """What a person has to settle."""

    UNKNOWN_CREDIT = "unknown_credit", N_("No match"), "grey"
    UNKNOWN_DEBIT = "unknown_debit", N_("No match"), "grey"
    RETURN = "return", N_("Returned"), "clay"
    CHARGES = "charges", N_("Rule: fee"), "sky"
    DUPLICATE_PAYMENT = "duplicate_payment", N_("Paid twice?"), "clay"
    PARTIAL = "partial", N_("Only a part"), "clay"
    TWO_POSSIBLE = "two_possible", N_("Two possible"), "gold"


class Resolution(Worded):
    """What a line was that no order explains."""

    FEE = "fee", N_("Bank fee"), "moss"
    GRANT = "grant", N_("Grant received"), "moss"
    REPAID = "repaid", N_("Repaid"), "moss"
    RETURNED = "returned", N_("Returned"), "clay"


class MatchedBy(Worded):
    """How a line found its orders; all but the last are tiers of the matching."""

    END_TO_END = "end_to_end", N_("By the end-to-end reference")
    BATCH = "batch", N_("By the reference and sum of the batch")
    AMOUNT_AND_IBAN = "amount_and_iban", N_("By amount and account, one fit only")
    REFERENCE = "reference", N_("By a reference in the text")
    LIKENESS = "likeness", N_("By likeness")
    MANUAL = "manual", N_("By hand")


class ReasonCode(Worded):
    """Why a line and an order belong together, or why not: in a word, and as a sentence."""

    text: str

    AMOUNT_EQUAL = "amount_equal", N_("equal"), "moss", N_("Equal amount")
    AMOUNT_OFF = "amount_off", N_("differs"), "clay", N_("The amount differs by %(difference)s")
    BATCH_REFERENCE_EQUAL = (
        "batch_reference_equal",
        N_("equal"),
        "moss",
        N_("Batch reference equal (%(reference)s)"),
    )
    BATCH_SUM_EQUAL = (
        "batch_sum_equal",
        N_("equal"),
        "moss",
        N_("Equal to the sum of the batch (payments: %(count)s)"),
    )
    CHARGES_EXPLAIN = (
        "charges_explain",
        N_("explained"),
        "moss",
        N_("The bank's charges explain the difference"),
    )
    DAYS = "days", "", "moss", N_("Days from sending to booking: %(days)s")
    """Its word is how many; its tone, too, is by the number."""
    END_TO_END_DIFFERS = (
        "end_to_end_differs",
        N_("differs"),
        "gold",
        N_("The end-to-end reference is another one, so it did not post by itself"),
    )
    END_TO_END_EQUAL = (
        "end_to_end_equal",
        N_("equal"),
        "moss",
        N_("End-to-end reference equal (%(reference)s)"),
    )
    END_TO_END_MISSING = (
        "end_to_end_missing",
        N_("missing"),
        "grey",
        N_("The end-to-end reference is missing, so it did not post by itself"),
    )
    ENTRY_FLAGGED = (
        "entry_flagged",
        N_("problem"),
        "clay",
        N_("The bank's entry has a problem, so it did not post by itself"),
    )
    IBAN_EQUAL = "iban_equal", N_("equal"), "moss", N_("Equal IBAN")
    NAME_ALIKE = "name_alike", N_("alike"), "gold", N_("The names are %(percent)s%% alike")
    ONLY_FIT = (
        "only_fit",
        N_("only one"),
        "moss",
        N_("One order and one entry fit, in both directions"),
    )
    OUTSIDE_WINDOW = "outside_window", N_("late"), "gold", N_("Booked outside the expected days")
    REFERENCE_FOUND = (
        "reference_found",
        N_("found"),
        "moss",
        N_("Reference %(reference)s found in the text"),
    )
    RETURNED = "returned", N_("returned"), "clay", N_("Returned, reason %(reason)s")
    OPPOSITE_DIRECTION = (
        "opposite_direction",
        N_("opposite"),
        "clay",
        N_("The reference of a payment, in the opposite direction"),
    )
    ALREADY_SETTLED = (
        "already_settled",
        N_("settled"),
        "clay",
        N_("The payment with this reference or account is settled already"),
    )
    SEVERAL_ORDERS = "several_orders", N_("several"), "gold", N_("Orders that fit: %(count)s")
    SEVERAL_ENTRIES = (
        "several_entries",
        N_("several"),
        "gold",
        N_("Entries that fit the same order: %(count)s"),
    )
    BANK_CHARGE = "bank_charge", N_("fee"), "sky", N_("The bank calls it a charge")
    NOTHING_FITS = "nothing_fits", N_("nothing"), "grey", N_("No open order fits")

    def __new__(cls, code: str, label: str = "", tone: str = "", text: str = "") -> Self:
        """Make a reason."""
        reason = worded(cls, code, label, tone)
        reason.text = text
        return reason
