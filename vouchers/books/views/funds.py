"""Funds and their budget lines, for finance and the auditor."""

from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reintegration.kernel.db import session
from reintegration.web.current import acting
from reintegration.web.forms import Form
from reintegration.web.once import Next, form_id
from reintegration.web.pages import Pages
from reintegration.web.submit import Ask, Asking
from reintegration.web.terms_text import with_terms
from vouchers.books.forms import FundForm, GrantForm, LineForm, account_option
from vouchers.books.models import BankAccount, Fund
from vouchers.books.permissions import FundPermission, OpeningPermission
from vouchers.books.queries import bank_accounts
from vouchers.books.queries import funds as queries
from vouchers.books.services import funds

bp = Pages("funds", __name__, url_prefix="/funds")
AnyForm = TypeVar("AnyForm", bound=Form)


def _fund(fund_id: UUID) -> Fund:
    return queries.fund_or_404(session(), fund_id)


@bp.page("/", FundPermission.VIEW)
def fund_list() -> ResponseReturnValue:
    """List all funds with their figures."""
    found = queries.figures(session(), queries.funds(session()))
    return render_template(
        "vouchers/books/funds/list.html", funds=found, P=FundPermission, O=OpeningPermission
    )


@bp.page("/<uuid:fund_id>", FundPermission.VIEW, load=_fund)
def fund_page(fund: Fund) -> ResponseReturnValue:
    """Show one fund, its lines, and what moved."""
    return render_template(
        "vouchers/books/funds/fund.html",
        found=queries.figures(session(), [fund])[0],
        moves=queries.moves(session(), fund.id),
        with_terms=with_terms,
        P=FundPermission,
    )


@bp.form("/new", FundPermission.CREATE)
def fund_new() -> Asking:
    """Open a fund."""
    form = FundForm()
    yield ask(form, crumbs(), _("Open a fund"), _("Open the fund"))
    fund = funds.create_fund(
        session(),
        code=form.code.data or "",
        name=form.name.data or "",
        donor=form.donor.data or "",
        currency=form.currency.data,
        starts_on=form.starts_on.data or date.max,
        ends_on=form.ends_on.data or date.max,
        **acting(),
    )
    return Next(url_for(".fund_page", fund_id=fund.id), _("The fund is open."))


@bp.form("/<uuid:fund_id>/lines/new", FundPermission.ADD_LINE, load=_fund)
def line_new(fund: Fund) -> Asking:
    """Add a budget line."""
    form = LineForm(currency=fund.currency)
    yield ask(form, crumbs(fund), _("Add a budget line"), _("Add the line"))
    funds.add_line(
        session(),
        fund,
        code=form.code.data or "",
        name=form.name.data or "",
        currency=form.currency.data,
        terms=form.terms(),
        **acting(),
    )
    return Next(
        url_for(".fund_page", fund_id=fund.id), _("The line is added. An approver gives it money.")
    )


@bp.form("/<uuid:fund_id>/grant", FundPermission.RECORD_GRANT, load=_fund)
def grant_new(fund: Fund) -> Asking:
    """Record money that arrived."""
    form = _grant_form(fund)
    title, submit = _("Record money that arrived"), _("Record the money")
    yield ask(form, crumbs(fund), title, submit, currency=fund.currency)
    funds.record_grant(
        session(),
        fund,
        account=session().get_one(BankAccount, UUID(form.account.data)),
        amount=form.money,
        key=form_id(),
        **acting(),
    )
    return Next(url_for(".fund_page", fund_id=fund.id), _("The money is recorded."))


def form_page(form: Form, way: list[dict[str, str]], title: str, submit: str, **more: Any) -> str:
    """Return a page with one form, down `way`; `more`: `facts`, a `note`, the `currency`."""
    return render_template(
        "vouchers/books/funds/form.html",
        form=form,
        crumbs=way,
        back=way[-1]["url"],
        title=title,
        submit=submit,
        **more,
    )


def ask(form: Form, way: list[dict[str, str]], title: str, submit: str, **more: Any) -> Ask:
    """Ask on a page with one form."""
    return Ask(lambda: form_page(form, way, title, submit, **more), form)


def account_options(currency: str | None = None) -> list[Any]:
    """Return our bank accounts as options."""
    return [account_option(one) for one in bank_accounts.in_use(session(), currency)]


def crumbs(fund: Fund | None = None) -> list[dict[str, str]]:
    """Return the way down to a page of a fund."""
    way = [{"label": _("Funds"), "url": url_for("funds.fund_list")}]
    if fund is not None:
        way.append({"label": fund.code, "url": url_for("funds.fund_page", fund_id=fund.id)})
    return way


def _grant_form(fund: Fund) -> GrantForm:
    form = GrantForm(fund.currency)
    form.account.choices = account_options(fund.currency)
    return form
