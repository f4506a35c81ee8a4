"""Exchange rates, and cash exchanged at the bank."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reintegration.kernel.db import session
from reintegration.web.current import acting
from reintegration.web.filters import money
from reintegration.web.once import Next, form_id
from reintegration.web.submit import Ask, Asking
from vouchers.books.forms import ExchangeForm, RateForm
from vouchers.books.models import BankAccount
from vouchers.books.permissions import FundPermission
from vouchers.books.queries import bank_accounts
from vouchers.books.queries import funds as queries
from vouchers.books.services import exchange
from vouchers.books.views.budget_lines import chosen_rate, rate_options, rate_text
from vouchers.books.views.funds import ask, bp, crumbs

__all__ = ["bp"]


@bp.page("/rates", FundPermission.VIEW)
def rate_list() -> ResponseReturnValue:
    """List exchange rates and offer to add one."""
    return _rates_page(RateForm())


@bp.act("/rates", FundPermission.ADD_RATE)
def rate_create() -> Asking:
    """Store a rate."""
    form = RateForm()
    yield Ask(lambda: _rates_page(form), form)
    exchange.add_rate(
        session(),
        on=form.on.data or date.max,
        base=form.base.data,
        quote=form.quote.data,
        rate=form.rate.data or Decimal(0),
        source=form.source.data or "",
        **acting(),
    )
    return Next(url_for(".rate_list"), _("The rate is stored."))


@bp.form("/exchange", FundPermission.EXCHANGE)
def exchange_new() -> Asking:
    """Record cash that the bank exchanged."""
    form = _exchange_form()
    yield ask(form, crumbs(), _("Record an exchange at the bank"), _("Record the exchange"))
    difference = exchange.exchange(
        session(),
        bank_from=session().get_one(BankAccount, UUID(form.bank_from.data)),
        bank_to=session().get_one(BankAccount, UUID(form.bank_to.data)),
        amount_out=form.amount_out.money,
        amount_in=form.amount_in.money,
        rate=chosen_rate(form.rate.data),
        key=form_id(),
        **acting(),
    )
    return Next(
        url_for("ledger.balances"),
        _("Recorded. Difference to the rate: %(money)s.", money=money(difference)),
    )


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
    form.offer(bank_accounts.in_use(session()))
    form.rate.choices = rate_options()
    return form
