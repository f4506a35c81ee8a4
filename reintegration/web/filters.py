"""How values look: Jinja filters. Figures follow the language, currencies are ISO codes.

What CLDR says of a value is kept: a dense page asks for the same days and sums again and again.
"""

import re
from datetime import date, datetime
from functools import lru_cache

from babel.dates import format_date, format_datetime, format_skeleton
from babel.numbers import format_decimal
from flask import Flask
from flask_babel import get_locale, gettext
from markupsafe import Markup, escape

from reintegration.codelists.languages import Locale
from reintegration.kernel.bounded import Count
from reintegration.kernel.clock import LOCAL, local_day
from reintegration.kernel.ids import group_typed_code
from reintegration.kernel.listed import Listed
from reintegration.kernel.money import Money, minor_digits
from reintegration.kernel.words import Worded
from reintegration.web.counting import counted
from reintegration.web.i18n import FORMATS, catalogue

_NO_BREAK = "\u00a0"
_DAY = "d MMM y"
"""CLDR's own Russian day ends in `г.`, and would give a sentence that ends in it two points."""


def format_locale() -> str:
    """Return the locale whose conventions figures and dates follow."""
    locale = get_locale()
    return FORMATS[Locale(locale.language)] if locale else FORMATS[Locale.RO]


def amount(value: Money) -> str:
    """Return the figure without its currency, for a column whose header names it."""
    return _amount(value, format_locale())


def money(value: Money) -> str:
    """Return the figure and the ISO code, never broken over two lines."""
    return amount(value) + _NO_BREAK + value.currency


def day(value: date | datetime, form: str = _DAY) -> str:
    """Return a day, as `24 nov. 2026`; an instant is shown as its day in Chișinău."""
    return _day(_in_chisinau(value), form, format_locale())


def day_month(value: date | datetime) -> str:
    """Return a day without its year, as `24 nov.`; an instant is shown as its day in Chișinău."""
    return _skeleton("MMMd", _in_chisinau(value), format_locale())


def _in_chisinau(value: date | datetime) -> date:
    return local_day(value) if isinstance(value, datetime) else value


def month(value: date) -> str:
    """Return the short name of a month, as `nov.`; for the head of a timeline."""
    return _skeleton("MMM", value, format_locale())


def month_year(value: date) -> str:
    """Return a month with its year, as `November 2026`."""
    return format_date(value, "LLLL y", locale=format_locale())


def instant(value: datetime) -> str:
    """Return a day and a time, in Chișinău."""
    return format_datetime(value.astimezone(LOCAL), f"{_DAY}, HH:mm", locale=format_locale())


def number(value: int) -> str:
    """Return a whole number with the language's separators; a count may say `99+`."""
    return str(value) if isinstance(value, Count) else format_decimal(value, locale=format_locale())


def email(address: str) -> Markup:
    """Return an e-mail address that may break before its `@` and its dots, in a narrow column."""
    return Markup(re.sub(r"(?=[@.])", "<wbr>", escape(address)))  # noqa: S704 - it is escaped


@lru_cache(maxsize=4096)
def on_behalf(name: str | None, other: str | None) -> str:
    """Return a name, and for whom somebody acted where they stood in; "" for nobody."""
    if not (name and other):
        return name or ""
    said: str = gettext("%(name)s for %(other)s", name=name, other=other)
    return said


def _amount(value: Money, locale: str) -> str:
    digits = minor_digits(value.currency)
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return format_decimal(value.decimal, format=pattern, locale=locale)


@lru_cache(maxsize=4096)
def _day(value: date, form: str, locale: str) -> str:
    return format_date(value, form, locale=locale)


@lru_cache(maxsize=4096)
def _skeleton(skeleton: str, value: date, locale: str) -> str:
    return format_skeleton(skeleton, value, locale=locale)


def translated(value: Worded | Listed | str | None) -> str:
    """Say a member of a code list, or a source string that was marked where it is data (`N_`).

    What an institution names speaks the reader's language by itself.
    """
    if isinstance(value, Listed):
        return value.label
    word = value.label if isinstance(value, Worded) else value
    return str(catalogue().ugettext(str(word))) if word else ""


def init_app(app: Flask) -> None:
    """Register the filters."""
    app.jinja_env.filters.update(
        amount=amount,
        money=money,
        date=day,
        day=day,
        day_month=day_month,
        local_day=local_day,
        month=month,
        month_year=month_year,
        datetime=instant,
        number=number,
        tr=translated,
        code=group_typed_code,
        email=email,
        counted=counted,
        on_behalf=on_behalf,
    )
