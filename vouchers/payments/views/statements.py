"""The statement of account of a provider: on a page, as a table and as a paper."""

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

from flask import Response, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from providers.directory.models import Provider
from providers.directory.views.profile import home_url, layout
from reintegration.kernel import clock
from reintegration.kernel.db import session
from reintegration.kernel.errors import N_, Invalid
from reintegration.web import parameters, slots
from reintegration.web.current import current_actor
from reintegration.web.filters import amount, day
from reintegration.web.i18n import reader_language
from reintegration.web.pages import Pages
from reintegration.web.requires import can
from reintegration.web.table_files import Row, csv_file
from vouchers.payments.permissions import StatementPermission
from vouchers.payments.queries import statements as queries
from vouchers.payments.queries.statements import AT_MOST, Period, Statement
from vouchers.payments.services import documents
from vouchers.payments.services.documents import Column, Document, Table
from vouchers.payments.views.statement_words import said
from vouchers.voucher.services.paper import Fact

bp = Pages("statements", __name__, url_prefix="/statements")

SHOWN = 300
"""Of how many lines the page shows the first; its files have all of them."""
LONGEST = timedelta(days=366)


def _provider(provider_id: UUID) -> Provider:
    return queries.provider_or_404(session(), current_actor(), provider_id)


@bp.page("/<uuid:provider_id>", StatementPermission.VIEW, load=_provider)
def show(provider: Provider) -> ResponseReturnValue:
    """Show what stood before, each line, and what stands after them."""
    currencies = queries.currencies_of(session(), provider.id)
    currency, period = _currency(currencies), _period()
    found = queries.statement_of(session(), provider.id, currency, period, most=SHOWN)
    closing = found.closing
    if found.more:
        closing = queries.balance_on(session(), provider.id, currency, period.until)
    return render_template(
        "vouchers/payments/statements/show.html",
        provider=provider,
        layout=layout(),
        found=found,
        closing=closing,
        currencies=currencies,
        months=_months(),
        said=said,
        meaning=meaning(),
        given={"currency": currency, "since": period.since, "until": period.until},
        back_url=url_for("claims.money") if current_actor().is_provider else home_url(provider.id),
    )


@bp.page("/<uuid:provider_id>/statement.csv", StatementPermission.VIEW, load=_provider)
def as_table(provider: Provider) -> ResponseReturnValue:
    """Give the same as a table."""
    found = _whole(provider)
    return _file(provider, found, csv_file(_head(), _rows(found)), "text/csv", "csv")


@bp.page("/<uuid:provider_id>/statement.pdf", StatementPermission.VIEW, load=_provider)
def as_paper(provider: Provider) -> ResponseReturnValue:
    """Give the same as a paper."""
    found = _whole(provider)
    made = documents.pdf(_paper(provider, found), made_at=clock.now())
    return _file(provider, found, made, "application/pdf", "pdf")


def _whole(provider: Provider) -> Statement:
    currency = _currency(queries.currencies_of(session(), provider.id))
    found = queries.statement_of(session(), provider.id, currency, _period())
    if found.more:
        raise Invalid(
            N_("More than %(count)s lines: narrow the period."), code="too_many", count=AT_MOST
        )
    return found


def _file(
    provider: Provider, found: Statement, content: bytes | Iterator[bytes], kind: str, ending: str
) -> Response:
    answer = Response(content, mimetype=kind)
    days = f"{found.period.since}-{found.period.until}"
    name = f"{provider.identifier}-{found.currency}-{days}.{ending}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def card(*, provider: Provider, own: bool) -> str:
    """Return the way to a provider's statement, for its page."""
    if not can(StatementPermission.VIEW, provider):
        return ""
    return slots.part("vouchers/payments/statements/_card.html", provider=provider, own=own)


def of_filter(*, provider_id: UUID | None) -> str:
    """Return the way to the statement of the provider that a list is cut to."""
    if provider_id is None or not can(StatementPermission.VIEW):
        return ""
    return slots.part("vouchers/payments/statements/_of_filter.html", provider_id=provider_id)


def _currency(currencies: list[str]) -> str:
    return parameters.choice("currency", currencies, currencies[0])


def _period() -> Period:
    """Read the period of the address, a year at most: without one, this month and the last."""
    today = clock.local_day(clock.now())
    until = min(parameters.day("until") or today, today)
    last_month = until.replace(day=1) - timedelta(days=1)
    since = parameters.day("since") or last_month.replace(day=1)
    since, until = min(since, until), max(since, until)
    return Period(max(since, until - LONGEST), min(until, today))


def _months() -> list[Period]:
    """Return this month and the five before it, the newest first."""
    until = clock.local_day(clock.now())
    found = []
    for _month in range(6):
        since = until.replace(day=1)
        found.append(Period(since, until))
        until = since - timedelta(days=1)
    return found


def _head() -> list[str]:
    return [
        _("Day"),
        _("What"),
        _("Reference"),
        _("Service"),
        _("Delivered"),
        _("Currency"),
        _("Amount"),
        _("Balance"),
    ]


def _rows(found: Statement) -> Iterator[Row]:
    """Give what stood before, each line, and what stands after them."""
    since, until = found.period.since.isoformat(), found.period.until.isoformat()
    money = found.currency
    rows: list[Row] = [(since, _("Balance before"), "", "", "", money, "", found.opening.decimal)]
    rows += [
        (
            line.on.isoformat(),
            said(line),
            line.reference,
            line.service.label if line.service else "",
            line.delivered_on.isoformat() if line.delivered_on else "",
            money,
            line.amount.decimal,
            line.balance.decimal,
        )
        for line in found.lines
    ]
    rows.append((until, _("Balance at the end"), "", "", "", money, "", found.closing.decimal))
    return iter(rows)


def _paper(provider: Provider, found: Statement) -> Document:
    before = ["", _("Balance before"), "", "", amount(found.opening)]
    lines = [
        [day(line.on), said(line), line.reference, amount(line.amount), amount(line.balance)]
        for line in found.lines
    ]
    return Document(
        lang=reader_language(),
        number=f"{provider.identifier} · {found.currency}",
        title=_("Statement of account"),
        subtitle=provider.legal_name,
        facts=[
            Fact(_("Number of the provider"), provider.identifier),
            Fact(_("Period"), _days(found.period)),
            Fact(_("Currency"), found.currency),
            Fact(_("Balance before"), amount(found.opening)),
            Fact(_("Balance at the end"), amount(found.closing)),
        ],
        tables=[
            Table(
                ngettext("%(num)s line", "%(num)s lines", len(lines)),
                [
                    Column(_("Day")),
                    Column(_("What"), is_wide=True),
                    Column(_("Reference")),
                    Column(_("Amount"), is_sum=True),
                    Column(_("Balance"), is_sum=True),
                ],
                [before, *lines],
                ["", _("Balance at the end"), "", "", amount(found.closing)],
            )
        ],
        notes=[meaning()],
    )


def meaning() -> str:
    """Return what a balance says."""
    return str(
        _(
            "A balance above zero is owed to the provider; below zero, the provider owes it. A"
            " payment counts from the day on which it is sent."
        )
    )


def _days(period: Period) -> str:
    """Return both days of a period."""
    first: date = period.since
    return f"{day(first)} – {day(period.until)}"
