"""Files of a month: the cut-off list, the trial balance, the journal and the dimensions.

Each is written as it is sent, from a session of its own; words are read beforehand, while the
reader's language is known.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import chain
from uuid import UUID

from flask import Response
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from reintegration.accounts.models import Organisation
from reintegration.kernel.db import session, session_to_close
from reintegration.kernel.errors import N_, Invalid, NotFound
from reintegration.web.table_files import FILES, MOST_ROWS, Row, xlsx_file
from vouchers.books.models import AccountingPeriod, Fund
from vouchers.books.permissions import PeriodPermission as P
from vouchers.books.queries import commitments, cut_off, journal, period_balances
from vouchers.books.queries.journal import JournalFilter
from vouchers.books.queries.period_balances import Balance
from vouchers.books.views.ledger import journal_head, journal_row, labels
from vouchers.books.views.periods import bp, load_period

__all__ = ["bp"]

Rows = Callable[[Session], Iterator[Row]]


@dataclass(frozen=True, slots=True)
class Asked:
    """Of which month a file is asked for, and of which kind."""

    period: AccountingPeriod
    kind: str


def _asked(period_id: UUID, kind: str) -> Asked:
    if kind not in FILES:
        raise NotFound
    return Asked(load_period(period_id), kind)


@bp.page("/<uuid:period_id>/cut-off/<kind>", P.EXPORT, load=_asked, fresh=True)
def cut_off_file(asked: Asked) -> Response:
    """Give the cut-off list as a file."""
    days = days_of(asked.period)
    head = [
        _("Day of the thing"),
        _("Day in the books"),
        _("Event"),
        _("Reference"),
        _("Currency"),
        _("Amount"),
        _("Entry"),
    ]
    words = labels()
    too_many = sum(count for _sum, count in cut_off.sums(session(), *days)) > MOST_ROWS

    def rows(reading: Session) -> Iterator[Row]:
        for one in cut_off.every(reading, *days):
            yield (
                one.own_day.isoformat(),
                one.posted_on.isoformat(),
                words[one.event],
                one.reference,
                one.amount.currency,
                one.amount.decimal,
                str(one.entry_id)[:8],
            )

    return _sent("cut-off", asked, head, rows, too_many=too_many)


@bp.page("/<uuid:period_id>/trial-balance/<kind>", P.EXPORT, load=_asked, fresh=True)
def trial_balance_file(asked: Asked) -> Response:
    """Give the trial balance as a file."""
    days = days_of(asked.period)
    head = [_("Account"), _("Name"), *_balance_head()]
    words, whole = labels(), _("Total")

    def rows(reading: Session) -> Iterator[Row]:
        for found in period_balances.balances(reading, *days):
            for one in found.accounts:
                yield (one.account, words[one.account], *_balance_cells(one))
            yield (whole, "", *_balance_cells(found.total))

    return _sent("trial-balance", asked, head, rows)


@bp.page("/<uuid:period_id>/tie-out/<kind>", P.EXPORT, load=_asked, fresh=True)
def tie_out_file(asked: Asked) -> Response:
    """Give the balances beside an empty column, for the figure of another system."""
    days = days_of(asked.period)
    head = [
        *(_("Account"), _("Name"), _("Currency"), _("Debit"), _("Credit"), _("Closing balance")),
        _("Figure of the other system"),
    ]
    words = labels()

    def rows(reading: Session) -> Iterator[Row]:
        for found in period_balances.balances(reading, *days):
            for one in found.accounts:
                _currency, _opening, *rest = _balance_cells(one)
                yield (one.account, words[one.account], found.currency, *rest, "")

    return _sent("tie-out", asked, head, rows)


@bp.page("/<uuid:period_id>/dimensions/<kind>", P.EXPORT, load=_asked, fresh=True)
def dimensions_file(asked: Asked) -> Response:
    """Give the balances for each fund, budget line, provider and account as a file."""
    days = days_of(asked.period)
    head = [
        *(_("Fund"), _("Budget line"), _("Provider"), _("Account"), _("Name")),
        *_balance_head(),
    ]
    words, whole = labels(), _("Total")

    def rows(reading: Session) -> Iterator[Row]:
        funds: dict[UUID, str] = dict(reading.execute(select(Fund.id, Fund.code)).all())
        lines = journal.budget_line_names(reading)
        providers: dict[UUID, str] = dict(
            reading.execute(select(Organisation.id, Organisation.name)).all()
        )
        sums: dict[str, list[Balance]] = {}
        for one in period_balances.by_dimension(reading, *days):
            about = (one.fund_id, funds), (one.budget_line_id, lines), (one.provider_id, providers)
            named = (known.get(key, "") if key else "" for key, known in about)
            found = one.balance
            sums.setdefault(found.debit.currency, []).append(found)
            yield (*named, found.account, words[found.account], *_balance_cells(found))
        for currency, found_in in sums.items():
            summed = period_balances.PeriodBalance(currency, tuple(found_in)).total
            yield (whole, "", "", "", "", *_balance_cells(summed))

    return _sent("dimensions", asked, head, rows)


@bp.page("/<uuid:period_id>/commitments/<kind>", P.EXPORT, load=_asked, fresh=True)
def commitments_file(asked: Asked) -> Response:
    """Give each voucher that held money at the end of the month, or lapsed in it."""
    days = days_of(asked.period)
    head = [
        *(_("Budget line"), _("Voucher"), _("Valid until"), _("Currency")),
        *(_("Carried over"), _("Lapsed in the month")),
    ]
    counted = sum(one.vouchers for one in commitments.by_line(session(), *days))

    def rows(reading: Session) -> Iterator[Row]:
        lines = journal.budget_line_names(reading)
        for one in commitments.each(reading, *days):
            yield (
                lines.get(one.budget_line_id, ""),
                one.reference,
                one.valid_until.isoformat(),
                one.carried.currency,
                one.carried.decimal,
                one.lapsed.decimal,
            )

    return _sent("commitments", asked, head, rows, too_many=counted > MOST_ROWS)


@bp.page("/<uuid:period_id>/journal/<kind>", P.EXPORT, load=_asked, fresh=True)
def journal_file(asked: Asked) -> Response:
    """Give every line of the month as a file, one currency after the other."""
    first, last = days_of(asked.period)
    wanted = [
        JournalFilter(currency, since=first, until=last)
        for currency in journal.currencies(session())
    ]
    words = labels()
    counted = (journal.totals(session(), one).lines for one in wanted)
    too_many = asked.kind == "xlsx" and sum(counted) > MOST_ROWS

    def rows(reading: Session) -> Iterator[Row]:
        for entry, line, names in chain(*(journal.rows(reading, one) for one in wanted)):
            yield journal_row(entry, line, names, words)

    return _sent("journal", asked, journal_head(), rows, too_many=too_many)


def days_of(period: AccountingPeriod) -> tuple[date, date]:
    """Return the first and the last day of a month."""
    return period.month, period.last_day


def _balance_head() -> list[str]:
    return [_("Currency"), _("Opening balance"), _("Debit"), _("Credit"), _("Closing balance")]


def _balance_cells(one: Balance) -> tuple[str, Decimal, Decimal, Decimal, Decimal]:
    opening, debit, credit, closing = (
        figure.decimal for figure in (one.opening, one.debit, one.credit, one.closing)
    )
    return one.debit.currency, opening, debit, credit, closing


def _sent(
    name: str, asked: Asked, head: Sequence[str], rows: Rows, *, too_many: bool = False
) -> Response:
    """Answer with a file of its rows, read by a session that outlives the request."""
    make, mimetype = FILES[asked.kind]
    if make is xlsx_file and too_many:
        raise Invalid(
            N_("More than %(count)s lines: take the CSV."), code="too_many", count=MOST_ROWS
        )
    answer = Response(make(head, _closing(session_to_close(), rows)), mimetype=mimetype)
    called = f"{name}-{asked.period.month:%Y-%m}.{asked.kind}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{called}"'
    return answer


def _closing(reading: Session, rows: Rows) -> Iterator[Row]:
    with reading:
        yield from rows(reading)
