"""One budget line: what it has, and giving, taking and moving its money."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from babel.numbers import format_decimal
from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reintegration.kernel import dates
from reintegration.kernel.db import session
from reintegration.kernel.errors import NotFound
from reintegration.web import terms_text
from reintegration.web.current import acting
from reintegration.web.filters import day, format_locale, money
from reintegration.web.forms import Form, option
from reintegration.web.once import Next, form_id
from reintegration.web.submit import Ask, Asking, asked
from vouchers.books.forms import AmountForm, ConvertForm, MoveForm, PaysForm
from vouchers.books.models import BudgetLine, ExchangeRate
from vouchers.books.permissions import FundPermission
from vouchers.books.queries import funds as queries
from vouchers.books.services import allocation, funds
from vouchers.books.views.funds import bp, crumbs, form_page


def _line(budget_line_id: UUID) -> BudgetLine:
    return queries.budget_line_or_404(session(), budget_line_id)


@bp.page("/lines/<uuid:budget_line_id>", FundPermission.VIEW, load=_line)
def line_page(line: BudgetLine) -> ResponseReturnValue:
    """Show one budget line and what can be done with it."""
    found = queries.figures(session(), [line.fund])[0]
    return render_template(
        "vouchers/books/funds/line.html",
        figures=next(figures for figures in found.lines if figures.id == line.id),
        fund=line.fund,
        taken=queries.converted(session(), line)[0],
        people=terms_text.people(line.terms),
        places=terms_text.places(line.terms),
        days=terms_text.days(line.terms),
        crumbs=crumbs(line.fund),
        P=FundPermission,
    )


@bp.form("/lines/<uuid:budget_line_id>/pays", FundPermission.ADD_LINE, load=_line)
def pays(line: BudgetLine) -> Asking:
    """Say what a line may pay: which services, for whom, where and when."""
    form = PaysForm()
    if form.is_fresh:
        form.show(line.terms)
    title = _("What %(line)s pays for", line=line.code)
    note = _(
        "What was issued stays payable, and approved plans stay approved. A service that no longer"
        " fits gets no new voucher on this line: its plan names another line first."
    )
    yield Ask(lambda: form_page(form, _way(line), title, _("Save"), note=note), form)
    funds.say_what_it_pays(session(), line, terms=form.terms(), **acting())
    return Next(
        url_for(".line_page", budget_line_id=line.id),
        _("Plans are offered this line for what it pays from now on."),
    )


@bp.form("/lines/<uuid:budget_line_id>/allocate", FundPermission.ALLOCATE, load=_line)
def allocate(line: BudgetLine) -> Asking:
    """Give a line money of its fund."""
    form = _allocate_form(line)
    yield Ask(lambda: _allocate_page(form, line), form)
    if isinstance(form, ConvertForm):
        allocation.allocate_converted(
            session(),
            line,
            taken=form.money,
            rate=chosen_rate(form.rate.data),
            buffer_percent=form.buffer.data or Decimal(0),
            key=form_id(),
            **acting(),
        )
    else:
        allocation.allocate(session(), line, amount=form.money, key=form_id(), **acting())
    return Next(url_for(".line_page", budget_line_id=line.id), _("The line has the money."))


@bp.form("/lines/<uuid:budget_line_id>/reduce", FundPermission.ALLOCATE, load=_line)
def reduce(line: BudgetLine) -> Asking:
    """Take free money back from a line."""
    form = AmountForm(line.currency)
    title = _("Take money back from %(line)s", line=line.code)
    yield Ask(lambda: _taking_page(form, line, title, _("Take the money back")), form)
    allocation.reduce(session(), line, amount=form.money, key=form_id(), **acting())
    return Next(url_for(".line_page", budget_line_id=line.id), _("The money is back in the fund."))


@bp.form("/lines/<uuid:budget_line_id>/move", FundPermission.ALLOCATE, load=_line)
def move(line: BudgetLine) -> Asking:
    """Move free money to another line of the fund."""
    form = _move_form(line)
    title = _("Move money from %(line)s", line=line.code)
    yield Ask(lambda: _taking_page(form, line, title, _("Move it")), form)
    allocation.move(
        session(),
        line,
        to=queries.budget_line_or_404(session(), UUID(form.to.data)),
        amount=form.money,
        key=form_id(),
        **acting(),
    )
    return Next(url_for(".fund_page", fund_id=line.fund_id), _("The money is moved."))


@bp.form("/lines/<uuid:budget_line_id>/close", FundPermission.ALLOCATE, load=_line)
def close(line: BudgetLine) -> Asking:
    """Close a line; its free money returns to the fund."""
    form = Form()
    yield asked("vouchers/books/funds/close.html", form, line=line, crumbs=crumbs(line.fund))
    allocation.close_line(session(), line, key=form_id(), **acting())
    return Next(url_for(".fund_page", fund_id=line.fund_id), _("The line is closed."))


def rate_options(*currencies: str) -> list[Any]:
    """Return the newest rates between `currencies` (every rate when none is named)."""
    return [
        option(
            f"{rate.on.isoformat()}|{rate.base}|{rate.quote}",
            f"{day(rate.on)}: 1 {rate.base} = {rate_text(rate)} {rate.quote} ({rate.source})",
        )
        for rate in queries.rates(session())
        if not currencies or {rate.base, rate.quote} == set(currencies)
    ]


def rate_text(rate: ExchangeRate) -> str:
    """Return the figure of a rate in the language's own form, four digits or more."""
    return str(format_decimal(rate.rate, format="#,##0.0000####", locale=format_locale()))


def chosen_rate(value: str) -> ExchangeRate:
    """Return the rate that an option of `rate_options` names."""
    on, base, quote = value.split("|")
    found = session().get(ExchangeRate, (dates.machine(on), base, quote))
    if found is None:
        raise NotFound
    return found


def _allocate_form(line: BudgetLine) -> AmountForm:
    if line.currency == line.fund.currency:
        return AmountForm(line.currency)
    form = ConvertForm(line.fund.currency)
    form.rate.choices = rate_options(line.fund.currency, line.currency)
    return form


def _allocate_page(form: AmountForm, line: BudgetLine) -> str:
    free = queries.unallocated(session(), line.fund)
    facts = [{"key": _("Received and not allocated"), "value": money(free)}, _free(line)]
    return form_page(
        form,
        _way(line),
        title=_("Give money to %(line)s", line=line.code),
        facts=facts,
        submit=_("Allocate"),
        currency=line.fund.currency,
        note=""
        if line.currency == line.fund.currency or rate_options(line.fund.currency, line.currency)
        else _("Add an exchange rate first."),
    )


def _taking_page(form: AmountForm, line: BudgetLine, title: str, submit: str) -> str:
    return form_page(form, _way(line), title, submit, facts=[_free(line)], currency=line.currency)


def _move_form(line: BudgetLine) -> MoveForm:
    form = MoveForm(line.currency)
    form.to.choices = [
        option(other.id, f"{other.code} · {other.name}")
        for other in line.fund.budget_lines
        if other.id != line.id and other.currency == line.currency and other.closed_at is None
    ]
    return form


def _way(line: BudgetLine) -> list[dict[str, str]]:
    url = url_for(".line_page", budget_line_id=line.id)
    return [*crumbs(line.fund), {"label": line.code, "url": url}]


def _free(line: BudgetLine) -> dict[str, str]:
    return {"key": _("Free on the line"), "value": money(line.available)}
