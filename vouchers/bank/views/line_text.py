"""What a bank line is and why it fits, in words: never a decision."""

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext, ngettext
from flask_babel import gettext as _

from reintegration.kernel.errors import N_
from reintegration.kernel.money import Money
from reintegration.web.filters import amount
from vouchers.bank.models import BankLine
from vouchers.bank.services.matching.proposals import REASONS
from vouchers.bank.states import BankLineState

RESOLUTIONS: dict[str, str] = {
    "fee": N_("Bank fee"),
    "grant": N_("Grant received"),
    "repaid": N_("Repaid"),
    "returned": N_("Returned"),
}
TIERS: dict[str, str] = {
    "end_to_end": N_("By the end-to-end reference"),
    "batch": N_("By the reference and sum of the batch"),
    "amount_and_iban": N_("By amount and account, one fit only"),
    "reference": N_("By a reference in the text"),
    "likeness": N_("By likeness"),
    "manual": N_("By hand"),
}
_KINDS: dict[str, tuple[str, str]] = {
    "unknown_credit": (N_("No match"), "grey"),
    "unknown_debit": (N_("No match"), "grey"),
    "return": (N_("Returned"), "clay"),
    "charges": (N_("Rule: fee"), "sky"),
    "duplicate_payment": (N_("Paid twice?"), "clay"),
    "partial": (N_("Only a part"), "clay"),
    "two_possible": (N_("Two possible"), "gold"),
}
_REASON_WORDS: dict[str, tuple[str, str]] = {
    "amount_equal": (N_("equal"), "moss"),
    "iban_equal": (N_("equal"), "moss"),
    "end_to_end_equal": (N_("equal"), "moss"),
    "batch_reference_equal": (N_("equal"), "moss"),
    "batch_sum_equal": (N_("equal"), "moss"),
    "only_fit": (N_("only one"), "moss"),
    "charges_explain": (N_("explained"), "moss"),
    "reference_found": (N_("found"), "moss"),
    "name_alike": (N_("alike"), "gold"),
    "amount_off": (N_("differs"), "clay"),
    "outside_window": (N_("late"), "gold"),
    "end_to_end_differs": (N_("differs"), "gold"),
    "end_to_end_missing": (N_("missing"), "grey"),
    "entry_flagged": (N_("problem"), "clay"),
    "returned": (N_("returned"), "clay"),
    "opposite_direction": (N_("opposite"), "clay"),
    "already_settled": (N_("settled"), "clay"),
    "several_orders": (N_("several"), "gold"),
    "several_entries": (N_("several"), "gold"),
    "bank_charge": (N_("fee"), "sky"),
    "nothing_fits": (N_("nothing"), "grey"),
}
_DAYS_TEXT = N_("From sending to booking; usual are 1 to 3")


@dataclass(frozen=True, slots=True)
class Word:
    """A short word on its ground, with an explanation where there is one."""

    word: str
    tone: str
    text: str = ""


def line_word(line: BankLine) -> Word:
    """Return where a line stands, in a word."""
    if line.state == BankLineState.MATCHED:
        return Word(_("Matched"), "moss")
    if line.state == BankLineState.RESOLVED:
        returned = line.resolution == "returned"
        return Word(gettext(RESOLUTIONS[line.resolution]), "clay" if returned else "moss")
    if line.state == BankLineState.SUGGESTED:
        several = len(line.proposal.get("orders", ())) > 1
        if several:
            return Word(_("Several orders"), "gold")
        return Word(_("Proposal %(score)s", score=_score(line.proposal.get("score", 0))), "gold")
    missing = _missing(line)
    if line.kind == "partial" and missing is not None:
        return Word(_("Missing %(amount)s", amount=amount(missing)), "clay")
    word, tone = _KINDS.get(line.kind, (N_("No match"), "grey"))
    return Word(gettext(word), tone)


def reasons(kept: list[dict[str, Any]]) -> list[Word]:
    """Return why a line and an order belong together, or why not, each in a word."""
    found = []
    for reason in kept:
        code, params = reason["code"], reason.get("params", {})
        if code == "days":
            days = int(params.get("days", 0))
            tone = "moss" if 0 <= days <= 3 else "gold"
            word = ngettext("%(num)s day", "%(num)s days", days)
            found.append(Word(word, tone, gettext(_DAYS_TEXT)))
        elif code in REASONS:
            word, tone = _REASON_WORDS.get(code, ("", "grey"))
            found.append(Word(gettext(word), tone, gettext(REASONS[code], **params)))
    return found


def problems(kept: list[dict[str, Any]]) -> list[str]:
    """Return what was noticed in a file, in words."""
    said = [(problem["message"], problem.get("params", {})) for problem in kept]
    return [gettext(message, **params) for message, params in said]


def _missing(line: BankLine) -> Money | None:
    orders = line.proposal.get("orders", [])
    short = sum(order["minor"] for order in orders) - abs(line.amount_minor)
    return Money(short, line.currency) if orders and short > 0 else None


def _score(score: int) -> str:
    return amount(Money(score, "EUR"))
