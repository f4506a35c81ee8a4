"""Funds and their budget lines, for finance and the auditor."""

from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reintegration.kernel.db import session
from reintegration.web.current import acting
from reintegration.web.forms import Form
from reintegration.web.once import form_id
from reintegration.web.requires import requires
from reintegration.web.submit import submit
from reintegration.web.transactional import transactional
from vouchers.books.forms import FundForm, GrantForm, LineForm, account_option
from vouchers.books.models import BankAccount, Fund
from vouchers.books.permissions import FundPermission
from vouchers.books.queries import bank_accounts
from vouchers.books.queries import funds as queries
from vouchers.books.services import funds

bp = Blueprint("funds", __name__, url_prefix="/funds")
AnyForm = TypeVar("AnyForm", bound=Form)


def _fund(fund_id: UUID) -> Fund:
    return queries.fund_or_404(session(), fund_id)


@bp.get("/")
@requires(FundPermission.VIEW)
def fund_list() -> ResponseReturnValue:
    """List all funds with their figures."""
    found = queries.figures(session(), queries.funds(session()))
    return render_template("vouchers/books/funds/list.html", funds=found, P=FundPermission)


@bp.get("/<uuid:fund_id>")
@requires(FundPermission.VIEW, load=_fund)
def fund_page(fund: Fund) -> ResponseReturnValue:
    """Show one fund, its lines, and what moved."""
    return render_template(
        "vouchers/books/funds/fund.html",
        found=queries.figures(session(), [fund])[0],
        moves=queries.moves(session(), fund.id),
        P=FundPermission,
    )


@bp.get("/new")
@requires(FundPermission.CREATE)
def fund_new() -> ResponseReturnValue:
    """Show the form for a new fund."""
    return _new_fund_page(FundForm())


@bp.post("/new", endpoint="fund_create")
@requires(FundPermission.CREATE)
@transactional
def fund_create() -> ResponseReturnValue:
    """Open a fund."""
    form = FundForm()

    def create() -> str:
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
        return url_for(".fund_page", fund_id=fund.id)

    return submit(
        form,
        create,
        again=lambda: _new_fund_page(form),
        said=_("The fund is open."),
        to=lambda url: url,
    )


@bp.get("/<uuid:fund_id>/lines/new")
@requires(FundPermission.ADD_LINE, load=_fund)
def line_new(fund: Fund) -> ResponseReturnValue:
    """Show the form for a budget line."""
    return _new_line_page(LineForm(currency=fund.currency), fund)


@bp.post("/<uuid:fund_id>/lines/new", endpoint="line_create")
@requires(FundPermission.ADD_LINE, load=_fund)
@transactional
def line_create(fund: Fund) -> ResponseReturnValue:
    """Add a budget line."""
    form = LineForm()

    def create() -> str:
        funds.add_line(
            session(),
            fund,
            code=form.code.data or "",
            name=form.name.data or "",
            currency=form.currency.data,
            **acting(),
        )
        return url_for(".fund_page", fund_id=fund.id)

    return submit(
        form,
        create,
        again=lambda: _new_line_page(form, fund),
        said=_("The line is added. An approver gives it money."),
        to=lambda url: url,
    )


@bp.get("/<uuid:fund_id>/grant")
@requires(FundPermission.RECORD_GRANT, load=_fund)
def grant_new(fund: Fund) -> ResponseReturnValue:
    """Show the form for money that arrived."""
    return _grant_page(_grant_form(fund), fund)


@bp.post("/<uuid:fund_id>/grant", endpoint="grant_record")
@requires(FundPermission.RECORD_GRANT, load=_fund)
@transactional
def grant_record(fund: Fund) -> ResponseReturnValue:
    """Record money that arrived."""
    form = _grant_form(fund)

    def record() -> str:
        funds.record_grant(
            session(),
            fund,
            account=session().get_one(BankAccount, UUID(form.account.data)),
            amount=form.money,
            key=form_id(),
            **acting(),
        )
        return url_for(".fund_page", fund_id=fund.id)

    return submit(
        form,
        record,
        again=lambda: _grant_page(form, fund),
        said=_("The money is recorded."),
        to=lambda url: url,
    )


def form_page(form: Form, **words: Any) -> str:
    """Return a page with one form: `title`, `action`, `submit`, `back`, `crumbs`, `facts`."""
    return render_template("vouchers/books/funds/form.html", form=form, **words)


def account_options(currency: str | None = None) -> list[Any]:
    """Return our bank accounts as options."""
    return [account_option(one) for one in bank_accounts.in_use(session(), currency)]


def crumbs(fund: Fund | None = None) -> list[dict[str, str]]:
    """Return the way down to a page of a fund."""
    way = [{"label": _("Funds"), "url": url_for("funds.fund_list")}]
    if fund is not None:
        way.append({"label": fund.code, "url": url_for("funds.fund_page", fund_id=fund.id)})
    return way


def _new_fund_page(form: FundForm) -> str:
    return form_page(
        form,
        title=_("Open a fund"),
        submit=_("Open the fund"),
        crumbs=crumbs(),
        action=url_for(".fund_create"),
        back=url_for(".fund_list"),
    )


def _new_line_page(form: LineForm, fund: Fund) -> str:
    return form_page(
        form,
        title=_("Add a budget line"),
        submit=_("Add the line"),
        crumbs=crumbs(fund),
        action=url_for(".line_create", fund_id=fund.id),
        back=url_for(".fund_page", fund_id=fund.id),
    )


def _grant_form(fund: Fund) -> GrantForm:
    form = GrantForm(fund.currency)
    form.account.choices = account_options(fund.currency)
    return form


def _grant_page(form: GrantForm, fund: Fund) -> str:
    return form_page(
        form,
        title=_("Record money that arrived"),
        submit=_("Record the money"),
        crumbs=crumbs(fund),
        action=url_for(".grant_record", fund_id=fund.id),
        back=url_for(".fund_page", fund_id=fund.id),
        currency=fund.currency,
    )
