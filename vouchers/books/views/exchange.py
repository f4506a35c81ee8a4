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
from reintegration.web.once import form_id
from reintegration.web.requires import requires
from reintegration.web.submit import submit
from reintegration.web.transactional import transactional
from vouchers.books.forms import ExchangeForm, RateForm
from vouchers.books.models import BankAccount
from vouchers.books.permissions import FundPermission
from vouchers.books.queries import bank_accounts
from vouchers.books.queries import funds as queries
from vouchers.books.services import exchange
from vouchers.books.views.budget_lines import chosen_rate, rate_options, rate_text
from vouchers.books.views.funds import bp, crumbs, form_page

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
            on=form.on.data or date.max,
            base=form.base.data,
            quote=form.quote.data,
            rate=form.rate.data or Decimal(0),
            source=form.source.data or "",
            **acting(),
        )
        return url_for(".rate_list")

    return submit(
        form,
        store,
        again=lambda: _rates_page(form),
        said=_("The rate is stored."),
        to=lambda url: url,
    )


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
    return submit(
        form,
        lambda: exchange.exchange(
            session(),
            bank_from=session().get_one(BankAccount, UUID(form.bank_from.data)),
            bank_to=session().get_one(BankAccount, UUID(form.bank_to.data)),
            amount_out=form.amount_out.money,
            amount_in=form.amount_in.money,
            rate=chosen_rate(form.rate.data),
            key=form_id(),
            **acting(),
        ),
        again=lambda: _exchange_page(form),
        said=lambda difference: _(
            "Recorded. Difference to the rate: %(money)s.", money=money(difference)
        ),
        to=url_for("ledger.balances"),
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


def _exchange_page(form: ExchangeForm) -> str:
    return form_page(
        form,
        title=_("Record an exchange at the bank"),
        submit=_("Record the exchange"),
        crumbs=crumbs(),
        action=url_for(".exchange_record"),
        back=url_for(".fund_list"),
    )
