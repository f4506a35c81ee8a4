"""The checklist of a month in words, and what it gives as files."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from reintegration.web.saying import say
from reintegration.web.table_files import FILES
from vouchers.books.models import AccountingPeriod
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


def files_of(period: AccountingPeriod) -> list[dict[str, str]]:
    """Return what a month gives as files: what each is called, and where it is."""
    listed = (
        ("trial_balance_file", _("Trial balance")),
        ("journal_file", _("Journal")),
        ("dimensions_file", _("By fund, budget line and provider")),
        ("tie_out_file", _("To compare with another system")),
    )
    return [
        {"label": label}
        | {kind: url_for(f"periods.{name}", period_id=period.id, kind=kind) for kind in FILES}
        for name, label in listed
    ]
