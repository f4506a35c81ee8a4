"""What a refusal says: its sentence and its values, in the reader's language and figures."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from babel.numbers import format_decimal
from flask_babel import gettext

from reintegration.kernel.errors import DomainError
from reintegration.kernel.money import Money
from reintegration.web.filters import day, format_locale, instant, money


def error_text(error: DomainError) -> str:
    """Return what a domain error says, in the language of the request."""
    return str(gettext(error.message, **{name: say(value) for name, value in error.params.items()}))


def say(value: Any) -> Any:
    """Return a value as a sentence shows it: money, days, decimals, and states by their label."""
    if label := getattr(value, "label", None):
        return gettext(label)
    formats = (form for kind, form in _FORMATS.items() if isinstance(value, kind))
    return next(formats, _as_it_is)(value)


def _decimal(value: Decimal) -> str:
    return format_decimal(value, locale=format_locale())


def _as_it_is(value: Any) -> Any:
    return value


_FORMATS: Mapping[type, Callable[[Any], str]] = {
    Money: money,
    datetime: instant,
    date: day,
    Decimal: _decimal,
}
"""The first that fits: an instant is a date, too."""
