"""Amounts as banks write them, turned into whole minor units without rounding."""

from functools import lru_cache

from reintegration.kernel.money import minor_digits
from vouchers.formats.problems import StatementFileError

_MOST_DIGITS = 15
_GARBLED, _FINER = -1, -2


def unsigned_minor(text: str, currency: str, where: str, *, decimal: str = ".") -> int:
    """Return `text` ("8.85", "300,") in minor units of `currency`.

    Zeros beyond the minor unit change nothing and are taken. Any other digit there refuses the
    file: a rounded line would break the balance that the bank itself states.
    """
    minor = _parsed(text, currency, decimal)
    if minor >= 0:
        return minor
    code = "amount_garbled" if minor == _GARBLED else "amount_finer"
    params = {} if minor == _GARBLED else {"currency": currency}
    raise StatementFileError(code, text=text.strip()[:40], where=where[:60], **params)


@lru_cache(maxsize=4096)
def _parsed(text: str, currency: str, decimal: str) -> int:
    """Return minor units, or a negative number that says what is wrong."""
    whole, _, fraction = text.strip().partition(decimal)
    whole = whole.removeprefix("+")
    digits = whole + fraction
    if not (digits.isascii() and digits.isdigit()) or len(whole) > _MOST_DIGITS:
        return _GARBLED
    places = minor_digits(currency)
    if len(fraction) > places and fraction[places:].strip("0"):
        return _FINER
    return int(whole + fraction[:places].ljust(places, "0") or "0")


def written_finer(text: str, currency: str) -> bool:
    """Tell whether `text` spells more decimals than `currency` has."""
    return len(text.strip().partition(".")[2]) > minor_digits(currency)


def spelled(minor: int, currency: str) -> str:
    """Return minor units as a plain decimal with its code, "-12.50 EUR", for messages."""
    return f"{decimal_text(minor, currency)} {currency}"


def decimal_text(minor: int, currency: str, *, decimal: str = ".") -> str:
    """Return minor units as a plain decimal, with all decimals of `currency`."""
    places = minor_digits(currency)
    digits = str(abs(minor)).rjust(places + 1, "0")
    sign = "-" if minor < 0 else ""
    if not places:
        return sign + digits
    return f"{sign}{digits[:-places]}{decimal}{digits[-places:]}"


def currency_code(text: str | None, where: str) -> str:
    """Return an ISO 4217 code or refuse the file."""
    code = (text or "").strip()
    if len(code) != 3 or not (code.isascii() and code.isalpha() and code.isupper()):
        raise StatementFileError("no_currency", where=where)
    return code
