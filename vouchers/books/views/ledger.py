"""The ledger: the journal, one entry, the balances, and files of it."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from flask import Response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from reintegration.kernel import clock
from reintegration.kernel.db import session, session_to_close
from reintegration.kernel.errors import N_, Invalid, NotFound
from reintegration.kernel.money import total
from reintegration.web import parameters
from reintegration.web.pages import Pages
from reintegration.web.table_files import FILES, MOST_ROWS, Row, xlsx_file
from vouchers.books.models import LedgerEntry, LedgerLine
from vouchers.books.permissions import LedgerPermission
from vouchers.books.queries import journal as queries
from vouchers.books.queries.journal import JournalFilter, Names
from vouchers.books.services.balances import trial_balances
from vouchers.books.services.laws import CHECK_JOB, SWEEP_JOB, laws
from vouchers.books.states import Account, PostingEvent

bp = Pages("ledger", __name__, url_prefix="/ledger")

_WORDS = (
    "currency",
    "account",
    "event",
    "provider",
    "budget_line",
    "voucher",
    "since",
    "until",
    "called",
)
"""The filters of the journal, as the address names them."""


def _entry(entry_id: UUID) -> LedgerEntry:
    return queries.entry_or_404(session(), entry_id)


@bp.page("/", LedgerPermission.READ)
def journal() -> ResponseReturnValue:
    """List entries, newest first; every filter stands in the address."""
    currencies = queries.currencies(session())
    wanted, called = _filter(currencies), parameters.text("called")
    page = queries.entries(session(), wanted, parameters.cursor())
    lines = queries.matching_lines(session(), wanted, page.rows)
    return render_template(
        "vouchers/books/ledger/journal.html",
        page=page,
        lines=lines,
        names=queries.names_of(session(), [line for found in lines.values() for line in found]),
        providers=queries.providers(session(), search=called, chosen=wanted.provider_id),
        called=called,
        wanted=wanted,
        given=parameters.those(*_WORDS),
        currencies=currencies,
        accounts=Account,
        events=PostingEvent,
        totals=queries.totals(session(), wanted),
        P=LedgerPermission,
    )


@bp.page("/entries/<uuid:entry_id>", LedgerPermission.READ, load=_entry)
def entry(found: LedgerEntry) -> ResponseReturnValue:
    """Show one entry, and what else was posted about the same thing."""
    siblings = queries.siblings(session(), found)
    return render_template(
        "vouchers/books/ledger/entry.html",
        entry=found,
        debit=total((line.debit for line in found.lines), found.currency),
        credit=total((line.credit for line in found.lines), found.currency),
        siblings=siblings,
        names=queries.names_of(session(), found.lines),
    )


@bp.page("/balances", LedgerPermission.READ)
def balances() -> ResponseReturnValue:
    """Show the trial balance of each currency, and what the last check of the books found."""
    return render_template(
        "vouchers/books/ledger/balances.html",
        balances=trial_balances(session()),
        checks=queries.last_runs(session(), CHECK_JOB, SWEEP_JOB),
        laws=laws(),
    )


@bp.page("/export/<kind>", LedgerPermission.EXPORT, fresh=True)
def export(kind: str) -> ResponseReturnValue:
    """Give the lines that the filter asks for as a file."""
    if kind not in FILES:
        raise NotFound
    wanted = _filter(queries.currencies(session()))
    make, mimetype = FILES[kind]
    if make is xlsx_file and queries.has_more_than(session(), wanted, MOST_ROWS):
        raise Invalid(
            N_("More than %(count)s lines: narrow the period."), code="too_many", count=MOST_ROWS
        )
    rows = _lines_of(session_to_close(), wanted, labels())
    answer = Response(make(journal_head(), rows), mimetype=mimetype)
    stamp = clock.local_day(clock.now()).isoformat()
    answer.headers["Content-Disposition"] = (
        f'attachment; filename="ledger-{wanted.currency}-{stamp}.{kind}"'
    )
    return answer


def journal_head() -> list[str]:
    """Return what the columns of a journal are called."""
    return [
        _("Day"),
        _("Posted"),
        _("Entry"),
        _("Event"),
        _("Account"),
        _("Name"),
        _("Budget line"),
        _("Provider"),
        _("Voucher"),
        _("Currency"),
        _("Debit"),
        _("Credit"),
    ]


def labels() -> dict[str, str]:
    """Return what events and accounts are called in the reader's language, read beforehand."""
    return {one: _(one.label) for one in (*PostingEvent, *Account)}


def _lines_of(reading: Session, wanted: JournalFilter, labels: dict[str, str]) -> Iterator[Row]:
    """Give the rows of a file, and close `reading`: the request may have ended meanwhile."""
    with reading:
        for entry, line, names in queries.rows(reading, wanted):
            yield journal_row(entry, line, names, labels)


def journal_row(entry: LedgerEntry, line: LedgerLine, names: Names, labels: dict[str, str]) -> Row:
    """Return one line of a journal."""
    return (
        entry.posted_on.isoformat(),
        _local(entry.posted_at),
        str(entry.id)[:8],
        labels[entry.event],
        line.account,
        labels[line.account],
        names.budget_lines.get(line.budget_line_id, "") if line.budget_line_id else "",
        names.providers.get(line.provider_id, "") if line.provider_id else "",
        names.vouchers.get(line.voucher_id, "") if line.voucher_id else "",
        line.currency,
        line.debit.decimal,
        line.credit.decimal,
    )


def _local(instant: datetime) -> str:
    return instant.astimezone(clock.LOCAL).strftime("%Y-%m-%d %H:%M")


def _filter(currencies: list[str]) -> JournalFilter:
    """Read the filter from the address; what makes no sense asks for everything."""
    return JournalFilter(
        currency=parameters.choice("currency", currencies, currencies[0]),
        account=parameters.choice("account", Account),
        event=parameters.choice("event", PostingEvent),
        provider_id=parameters.identifier("provider"),
        budget_line_id=parameters.identifier("budget_line"),
        voucher=parameters.text("voucher"),
        since=parameters.day("since"),
        until=parameters.day("until"),
    )
