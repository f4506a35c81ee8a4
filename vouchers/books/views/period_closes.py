"""What was signed off at each close of a month, as a paper and as a table."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask import Response
from flask_babel import get_locale
from flask_babel import gettext as _

from reintegration.kernel.db import session
from reintegration.kernel.errors import NotFound
from reintegration.kernel.money import Money
from reintegration.web.current import current_actor
from reintegration.web.filters import amount, day, instant, month_year, translated
from reintegration.web.table_files import FILES, Row
from vouchers.books.models import PeriodClose
from vouchers.books.permissions import PeriodPermission as P
from vouchers.books.queries import periods as queries
from vouchers.books.services.periods import paper
from vouchers.books.services.periods.signing_off import kept_checks
from vouchers.books.states import Account
from vouchers.books.views.period_text import shown
from vouchers.books.views.periods import bp

__all__ = ["bp"]
_PAPER = "pdf"
_FIGURES = ("opening", "debit", "credit", "closing")


@dataclass(frozen=True, slots=True)
class Signed:
    """Which close is asked for, and as what."""

    close: PeriodClose
    kind: str


def _signed(close_id: UUID, kind: str) -> Signed:
    if kind not in (_PAPER, *FILES):
        raise NotFound
    return Signed(queries.close_or_404(session(), current_actor(), close_id), kind)


@bp.page("/signed/<uuid:close_id>/<kind>", P.EXPORT, load=_signed, fresh=True)
def signed(asked: Signed) -> Response:
    """Give what was signed off, as it was kept."""
    if asked.kind == _PAPER:
        made = paper.pdf(_sheet(asked.close), made_at=asked.close.closed_at)
        answer = Response(made, mimetype="application/pdf")
    else:
        make, mimetype = FILES[asked.kind]
        answer = Response(make(_head(), iter(list(_rows(asked.close)))), mimetype=mimetype)
    month = asked.close.content["first_day"][:7]
    name = f"close-{month}-{asked.close.number}.{asked.kind}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _facts(close: PeriodClose) -> list[tuple[str, str]]:
    kept = close.content
    proposed = datetime.fromisoformat(kept["prepared_at"])
    return [
        (_("From"), day(date.fromisoformat(kept["first_day"]))),
        (_("Until"), day(date.fromisoformat(kept["last_day"]))),
        (_("Close proposed"), f"{', '.join(kept['prepared_by'])}, {instant(proposed)}"),
        (_("Month closed"), f"{', '.join(kept['closed_by'])}, {instant(close.closed_at)}"),
        (_("Number of this close"), str(close.number)),
        (_("SHA-256"), close.sha256),
    ]


def _sheet(close: PeriodClose) -> paper.Sheet:
    kept = close.content
    checks = [(one.title, one.word, one.says) for one in shown(kept_checks(kept))]
    tables = [paper.Table(_("Checklist"), _check_head(), checks)]
    for currency in dict.fromkeys(row["currency"] for row in kept["balances"]):
        rows = [row for row in kept["balances"] if row["currency"] == currency]
        cells = [
            (row["account"], _name(row), *(amount(one) for one in _figures(row))) for row in rows
        ]
        sums = [Money(sum(row[name] for row in rows), currency) for name in _FIGURES]
        cells.append((_("Total"), "", *(amount(one) for one in sums)))
        title = _("Trial balance in %(currency)s", currency=currency)
        tables.append(paper.Table(title, _balance_head(), cells, figures=len(_FIGURES)))
    title = _(
        "Close of a month: %(month)s", month=month_year(date.fromisoformat(kept["first_day"]))
    )
    return paper.Sheet(str(get_locale()), title, _facts(close), tables)


def _check_head() -> tuple[str, str, str]:
    return _("What must be so"), _("State"), _("What was found")


def _balance_head() -> list[str]:
    figures = [_("Opening balance"), _("Debit"), _("Credit"), _("Closing balance")]
    return [_("Account"), _("Name"), *figures]


def _head() -> list[str]:
    return [_("What it is"), _("What was found"), _("Currency"), *_balance_head()[2:]]


def _rows(close: PeriodClose) -> Iterator[Row]:
    """Give facts, checks and balances: what has no figures leaves their columns empty."""
    nothing = ("",) * (1 + len(_FIGURES))
    for key, value in _facts(close):
        yield (key, value, *nothing)
    for one in shown(kept_checks(close.content)):
        yield (one.title, f"{one.word}: {one.says}", *nothing)
    for row in close.content["balances"]:
        figures = (one.decimal for one in _figures(row))
        yield (f"{row['account']} {_name(row)}", "", row["currency"], *figures)


def _name(row: dict[str, Any]) -> str:
    return translated(Account(row["account"]))


def _figures(row: dict[str, Any]) -> list[Money]:
    return [Money(row[name], row["currency"]) for name in _FIGURES]
