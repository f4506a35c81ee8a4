"""The checklist of a month in words."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import gettext as _

from reintegration.web.saying import say
from vouchers.books.queries.month_checks import Check


@dataclass(frozen=True, slots=True)
class Shown:
    """One line of the checklist as a page shows it."""

    title: str
    says: str
    word: str
    tone: str
    weight: str
    link: str
    is_open: bool
    stops_now: bool


def shown(checks: Iterable[Check]) -> list[Shown]:
    """Return checks in the reader's language."""
    return [_one(check) for check in checks]


def _one(check: Check) -> Shown:
    word, tone = (_("In order"), "moss")
    if check.is_open:
        word, tone = (_("Stops the close"), "clay") if check.stops else (_("Look at it"), "gold")
    values = {name: say(value) for name, value in check.values.items()}
    says = _(check.says, **values)
    return Shown(
        _(check.title),
        says,
        word,
        tone,
        _("stops the close") if check.stops else _("only warns"),
        check.link,
        check.is_open,
        check.stops_now,
    )
