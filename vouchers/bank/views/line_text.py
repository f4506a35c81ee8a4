"""What a bank line is and why it fits, in words: never a decision."""

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext, ngettext
from flask_babel import gettext as _

from reintegration.kernel.errors import N_
from reintegration.kernel.money import Money
from reintegration.kernel.words import member_of
from reintegration.web.filters import amount
from vouchers.bank.models import BankLine
from vouchers.bank.states import BankLineState, ExceptionKind, ReasonCode
from vouchers.formats.csv_mapping import CsvMapping, Meaning

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
        return Word(gettext(line.state.label), line.state.tone)
    if line.resolution is not None:
        return Word(gettext(line.resolution.label), line.resolution.tone)
    if line.state == BankLineState.SUGGESTED:
        several = len(line.proposal.get("orders", ())) > 1
        if several:
            return Word(_("Several orders"), "gold")
        return Word(_("Proposal %(score)s", score=_score(line.proposal.get("score", 0))), "gold")
    missing = _missing(line)
    if line.kind is ExceptionKind.PARTIAL and missing is not None:
        return Word(_("Missing %(amount)s", amount=amount(missing)), "clay")
    known = line.kind or line.state
    return Word(gettext(known.label), known.tone)


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
        elif known := member_of(ReasonCode, code):
            found.append(Word(gettext(known.label), known.tone, gettext(known.text, **params)))
    return found


def problems(kept: list[dict[str, Any]]) -> list[str]:
    """Return what was noticed in a file, in words."""
    said = [(problem["message"], problem.get("params", {})) for problem in kept]
    return [gettext(message, **params) for message, params in said]


def columns_said(mapping: CsvMapping) -> list[dict[str, str]]:
    """Return what a person said of the columns of a table, as facts."""
    rows = [
        (gettext(meaning.label), _column(mapping, place)) for meaning, place in _placed(mapping)
    ]
    rows.append((_("How days are written"), gettext(mapping.days.label)))
    rows.append((_("What stands before the decimals"), mapping.decimal))
    if mapping.minus is not None:
        rows.append((_("What a minus means"), gettext(mapping.minus.label)))
    if mapping.words_out:
        rows.append((_("Words that mean out"), ", ".join(mapping.words_out)))
        rows.append((_("Words that mean in"), ", ".join(mapping.words_in)))
    rows.append((_("Rows at the end that are no lines"), str(mapping.skip_last)))
    return [{"key": key, "value": value} for key, value in rows]


def _placed(mapping: CsvMapping) -> list[tuple[Meaning, int]]:
    return sorted(mapping.columns.items(), key=lambda one: one[1])


def _column(mapping: CsvMapping, place: int) -> str:
    name = mapping.heading[place] if place < len(mapping.heading) else ""
    if not name:
        return str(_("Column %(number)s", number=place + 1))
    return str(_("%(number)s: “%(name)s”", number=place + 1, name=name))


def _missing(line: BankLine) -> Money | None:
    orders = line.proposal.get("orders", [])
    short = sum(order["minor"] for order in orders) - abs(line.amount_minor)
    return Money(short, line.currency) if orders and short > 0 else None


def _score(score: int) -> str:
    return amount(Money(score, "EUR"))
