"""Amounts as people and machines write them: four grammars, each exact, none of them guessing.

Who reads says who wrote: `typed` by a person, `machine` by a program (API, camt), `swift` by a bank
in MT940, `csv` by a spreadsheet or a bank's table. All raise Unreadable, with how to write it.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from reintegration.kernel.errors import N_, Invalid
from reintegration.kernel.money import Money, minor_digits
from reintegration.kernel.text import freed

LARGEST_MINOR = 10**15
_MOST_LETTERS = 60
_BLANKS = " '’"
_GROUPED = r"[0-9]{1,3}([%s])[0-9]{3}(\1[0-9]{3})*"
_MINUS = "-−–"
_WORDS = {
    "MDL": ("mdl", "lei", "leu", "лей", "лея", "леев"),
    "EUR": ("eur", "€", "euro", "евро"),
    "USD": ("usd", "$", "dolari", "долларов"),
}
_SAID = {
    "garbled": N_("“%(text)s” is not an amount. Write it like 1500 or 1500,50."),
    "ambiguous": N_("“%(text)s” can be read in two ways. Write %(whole)s or %(part)s."),
    "finer": N_("“%(text)s” has too many decimals for %(currency)s."),
    "large": N_("“%(text)s” is more than can be recorded here."),
}


class Unreadable(Invalid):
    """The text is no amount; `code` says why: amount_ and garbled, ambiguous, finer or large."""

    def __init__(self, why: str, text: str, **params: str) -> None:
        super().__init__(_SAID[why], code=f"amount_{why}", text=text.strip()[:40], **params)


@dataclass(frozen=True, slots=True)
class Signs:
    """What stands between the digits of a table; None means: find out, and refuse in doubt."""

    decimal: str | None = None
    thousands: str | None = None


FOUND_OUT = Signs()


def typed(text: str, currency: str) -> Money:
    """Read what a person wrote: `1500`, `1 500`, `1.500,00`, `1,500.00`, `12,5`, `1500 lei`.

    One sign before three digits could be either (`1.500`, `1,500`) and is refused.
    """
    bare, minus = _bare(text, currency)
    whole, fraction = _parts(bare, text, _signs_of(bare, text, currency))
    if len(fraction) > minor_digits(currency):
        raise Unreadable("finer", text, currency=currency)
    return _money(text, whole, fraction, currency, minus=minus)


def machine(text: str, currency: str) -> Money:
    """Read what a program wrote: a point for decimals, nothing between thousands."""
    return Money(_plain(text, currency, "."), currency)


def swift(text: str, currency: str) -> Money:
    """Read what MT940 says: a comma for decimals, zeros in front; some banks write a point."""
    return Money(_plain(text, currency, "," if "," in text else "."), currency)


def csv(text: str, currency: str, signs: Signs = Signs()) -> Money:
    """Read a cell: `260,00-` and `(260,00)` are less than nothing, and `lei` may stand behind."""
    bare, minus = _bare(text, currency)
    if bare.startswith("(") and bare.endswith(")"):
        bare, minus = bare[1:-1].strip(), not minus
    if bare.endswith(tuple(_MINUS)):
        bare, minus = bare[:-1].rstrip(), not minus
    found = signs if signs.decimal else _signs_of(bare, text, currency)
    whole, fraction = _parts(bare, text, found)
    return _money(text, whole, fraction, currency, minus=minus)


def currency_called(word: str) -> str | None:
    """Return the code of a currency that a word or sign means: `lei`, `€`, `mdl`; else None."""
    bare = freed(word).strip().casefold()
    return next((code for code, words in _WORDS.items() if bare in words), None)


def figure(text: str, *, places: int) -> Decimal:
    """Read a number that is no amount, such as a rate: `19,6412` or `19.6412`, never thousands."""
    found = re.fullmatch(r"([0-9]{1,9})(?:[.,]([0-9]{1,18}))?", freed(text).strip())
    if found is None or len((found[2] or "").rstrip("0")) > places:
        raise Invalid(N_("“%(text)s” is not a number like 19,6412."), code="figure", text=text[:40])
    return Decimal(f"{found[1]}.{found[2] or 0}")


@lru_cache(maxsize=4096)
def _plain(text: str, currency: str, decimal: str) -> int:
    """Return the minor units of digits with at most one sign among them; files have thousands."""
    bare = text.strip()
    number, minus = bare.lstrip("+-"), bare.startswith("-")
    whole, _, fraction = number.partition(decimal)
    digits = whole + fraction
    if len(bare) - len(number) > 1 or not (digits.isascii() and digits.isdigit()):
        raise Unreadable("garbled", text)
    return _minor(text, whole, fraction, currency) * (-1 if minus else 1)


def _bare(text: str, currency: str) -> tuple[str, bool]:
    """Return digits and the signs between them, without currency and sign; and whether minus."""
    if len(text) > _MOST_LETTERS:
        raise Unreadable("garbled", text)
    bare = freed(text).strip().casefold()
    for word in _WORDS.get(currency, (currency.casefold(),)):
        bare = bare.removesuffix(word).removeprefix(word).strip()
    minus = bare.startswith(tuple(_MINUS))
    return bare[minus or bare.startswith("+") :].lstrip(), minus


def _signs_of(bare: str, text: str, currency: str) -> Signs:
    """Return the signs that a number shows; raise Unreadable where one could be either."""
    comma, point = bare.rfind(","), bare.rfind(".")
    last, first = (",", ".") if comma > point else (".", ",")
    whole, _, part = bare.partition(last)
    if min(comma, point) < 0 and bare.count(last) > 1:
        return Signs(decimal=first)
    if _is_ambiguous(whole, part) and minor_digits(currency) != 3:
        raise Unreadable("ambiguous", text, whole=whole + part, part=f"{whole},{part[:2]}")
    return Signs(decimal=last)


def _is_ambiguous(whole: str, part: str) -> bool:
    """Tell whether the sign between these may stand for thousands as well as for decimals."""
    return bool(re.fullmatch("[1-9][0-9]{0,2}", whole) and re.fullmatch("[0-9]{3}", part))


def _parts(bare: str, text: str, signs: Signs) -> tuple[str, str]:
    """Return the digits before and after the decimal sign."""
    decimal = signs.decimal or ""
    whole, point, fraction = bare.partition(decimal)
    among = re.escape(signs.thousands or _BLANKS + ",.".replace(decimal, ""))
    groups = re.fullmatch(_GROUPED % among, whole)
    if not (groups or re.fullmatch("[0-9]*", whole)) or not re.fullmatch("[0-9]*", fraction):
        raise Unreadable("garbled", text)
    if not whole + fraction or (point and not fraction):
        raise Unreadable("garbled", text)
    return "".join(one for one in whole if one.isdigit()), fraction


def _money(text: str, whole: str, fraction: str, currency: str, *, minus: bool) -> Money:
    minor = _minor(text, whole, fraction, currency)
    return Money(-minor if minus else minor, currency)


def _minor(text: str, whole: str, fraction: str, currency: str) -> int:
    """Return minor units; a digit beyond the smallest unit must be 0, for nothing is rounded."""
    places = minor_digits(currency)
    if fraction[places:].strip("0"):
        raise Unreadable("finer", text, currency=currency)
    digits = (whole + fraction[:places].ljust(places, "0")).lstrip("0") or "0"
    if len(digits) > _MOST_LETTERS or int(digits) > LARGEST_MINOR:
        raise Unreadable("large", text)
    return int(digits)
