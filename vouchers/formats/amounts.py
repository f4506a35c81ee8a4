"""Amounts in files of banks: read by the grammar of the format, refused with the place."""

from collections.abc import Callable

from reintegration.kernel.amounts import Unreadable
from reintegration.kernel.money import Money, minor_digits
from vouchers.formats.problems import StatementFileError

Grammar = Callable[[str, str], Money]


def minor_of(grammar: Grammar, text: str, currency: str, where: str) -> int:
    """Return `text` in minor units of `currency`; what the grammar refuses refuses the file."""
    try:
        return grammar(text, currency).minor
    except Unreadable as error:
        raise StatementFileError(error.code, where=where[:60], **error.params) from None


def unsigned_minor(grammar: Grammar, text: str, currency: str, where: str) -> int:
    """Return an amount whose direction stands elsewhere: a sign of its own refuses the file."""
    if not text.strip()[:1].isdigit():
        raise StatementFileError("amount_garbled", text=text.strip()[:40], where=where[:60])
    return minor_of(grammar, text, currency, where)


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
