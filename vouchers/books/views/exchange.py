"""Exchange rates, and cash exchanged at the bank."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reintegration.kernel import amounts, clock
from reintegration.kernel.db import session
from reintegration.kernel.errors import DomainError
from reintegration.web.current import current_actor
from reintegration.web.filters import money
from reintegration.web.requires import requires
from reintegration.web.transactional import transactional
from vouchers.books.forms import ExchangeForm, RateForm
from vouchers.books.models import BankAccount
from vouchers.books.permissions import FundPermission
from vouchers.books.queries import funds as queries
from vouchers.books.services import exchange
from vouchers.books.views.budget_lines import chosen_rate, rate_options, rate_text
from vouchers.books.views.funds import account_options, acted, bp, crumbs, form_page

__all__ = ["bp"]


@bp.get("/rates")
@requires(FundPermission.VIEW)
def rate_list() -> ResponseReturnValue:
    """List exchange rates and offer to add one."""
    return _rates_page(RateForm())


@bp.post("/rates", endpoint="rate_create")
@requires(FundPermission.ADD_RATE)
@transactional
def rate_create() -> ResponseReturnValue:
    """Store a rate."""
    form = RateForm()

    def store() -> str:
        exchange.add_rate(
            session(),
            actor=current_actor(),
            on=form.on.data or date.max,
            base=form.base.data,
            quote=form.quote.data,
            rate=form.rate.data or Decimal(0),
            source=form.source.data or "",
            now=clock.now(),
        )
        return url_for(".rate_list")

    return acted(form, store, _rates_page, done=_("The rate is stored."), field="rate")


@bp.get("/exchange")
@requires(FundPermission.EXCHANGE)
def exchange_new() -> ResponseReturnValue:
    """Show the form for cash that the bank exchanged."""
    return _exchange_page(_exchange_form())


@bp.post("/exchange", endpoint="exchange_record")
@requires(FundPermission.EXCHANGE)
@transactional
def exchange_record() -> ResponseReturnValue:
    """Record cash that the bank exchanged."""
    form = _exchange_form()
    if not form.validate():
        return _exchange_page(form), 422
    accounts = [
        session().get_one(BankAccount, UUID(field.data)) for field in (form.bank_from, form.bank_to)
    ]
    try:
        difference = exchange.exchange(
            session(),
            actor=current_actor(),
            bank_from=accounts[0],
            bank_to=accounts[1],
            amount_out=amounts.typed(form.amount_out.data or "", accounts[0].currency),
            amount_in=amounts.typed(form.amount_in.data or "", accounts[1].currency),
            rate=chosen_rate(form.rate.data),
            key=form.act,
            now=clock.now(),
        )
    except DomainError as error:
        form.refuse(error)
        return _exchange_page(form), 422
    flash(_("Recorded. Difference to the rate: %(money)s.", money=money(difference)), "done")
    return redirect(url_for("ledger.balances"))


def _rates_page(form: RateForm) -> str:
    return render_template(
        "vouchers/books/funds/rates.html",
        form=form,
        rates=[(rate, rate_text(rate)) for rate in queries.rates(session())],
        crumbs=crumbs(),
        P=FundPermission,
    )


def _exchange_form() -> ExchangeForm:
    form = ExchangeForm()
    form.bank_from.choices = form.bank_to.choices = account_options()
    form.rate.choices = rate_options()
    return form


def _exchange_page(form: ExchangeForm) -> str:
    return form_page(
        form,
        title=_("Record an exchange at the bank"),
        submit=_("Record the exchange"),
        crumbs=crumbs(),
        action=url_for(".exchange_record"),
        back=url_for(".fund_list"),
    )
