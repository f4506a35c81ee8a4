"""Where providers are paid: proposed by one person, approved by another."""

from datetime import date
from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from providers.directory.models import Provider
from providers.directory.views.directory import load_provider
from providers.directory.views.profile import home_url, layout, load_editable
from reintegration.accounts.queries.users import names_behind, organisation_names
from reintegration.kernel import clock
from reintegration.kernel.db import session
from reintegration.papers.forms import PagesForm
from reintegration.papers.views.panel import panel, taken
from reintegration.web import parameters, slots
from reintegration.web.current import acting, current_actor
from reintegration.web.filters import day
from reintegration.web.once import Next
from reintegration.web.pages import Pages
from reintegration.web.submit import Ask, Asking
from vouchers.payments.forms.payees import AccountForm
from vouchers.payments.models.payees import PayeeAccount
from vouchers.payments.permissions import PayeePermission
from vouchers.payments.queries import payees as reading
from vouchers.payments.services import payee_papers, payees

bp = Pages("payees", __name__, url_prefix="/payees")


def load_account(account_id: UUID) -> PayeeAccount:
    """Return an account within reach."""
    return reading.account_or_404(session(), current_actor(), account_id)


def card(*, provider: Provider, own: bool) -> str:
    """Return the card of a provider's accounts, for its page."""
    return slots.part(
        "vouchers/payments/payees/_card.html",
        provider=provider,
        own=own,
        accounts=reading.accounts_of(session(), current_actor(), provider.id),
        masked=reading.masked,
        today=_today(),
    )


@bp.page("/", PayeePermission.LIST)
def index() -> ResponseReturnValue:
    """List accounts; those that wait for approval first to be seen."""
    waiting = not parameters.is_on("all")
    page = reading.accounts_page(
        session(), current_actor(), waiting=waiting, cursor=parameters.cursor()
    )
    return render_template(
        "vouchers/payments/payees/index.html",
        page=page,
        waiting=waiting,
        names=organisation_names(session(), [one.provider_id for one in page.rows]),
        masked=reading.masked,
        today=_today(),
        given=parameters.those("all"),
    )


@bp.page("/<uuid:account_id>", PayeePermission.VIEW, load=load_account)
def show(account: PayeeAccount) -> ResponseReturnValue:
    """Show one account, whole to those who decide on it and to its owner."""
    return _page(account)


@bp.act("/<uuid:account_id>/papers", PayeePermission.VIEW, load=load_account)
def papers(account: PayeeAccount) -> Asking:
    """Take the letter of the bank as a paper."""
    held = payee_papers.held_by(account)
    return (yield from taken(held, lambda form: _page(account, form)))


def _page(account: PayeeAccount, pages: PagesForm | None = None) -> str:
    takes = payee_papers.takes_papers(account)
    return render_template(
        "vouchers/payments/payees/show.html",
        account=account,
        is_held=account.is_held(_today()),
        provider=load_provider(account.provider_id),
        people=names_behind(session(), (account, "proposed_by"), (account, "approved_by")),
        before=[
            one
            for one in reading.accounts_of(session(), current_actor(), account.provider_id)
            if one.currency == account.currency and one.approved_at and one.id != account.id
        ],
        back_url=home_url(account.provider_id),
        layout=layout(),
        papers=panel(
            payee_papers.held_by(account),
            action=url_for(".papers", account_id=account.id) if takes else None,
            form=pages,
        ),
        P=PayeePermission,
    )


@bp.form("/new/<uuid:provider_id>", PayeePermission.PROPOSE, load=load_editable, fresh=True)
def new(provider: Provider) -> Asking:
    """Propose an account."""
    form = AccountForm(holder=provider.legal_name)
    yield Ask(lambda: _form(form, provider), form)
    account = payees.propose(
        session(),
        provider=provider,
        currency=form.currency.data or "",
        iban=form.iban.data or "",
        holder=form.holder.data or "",
        bic=form.bic.data or "",
        final_account=form.final_account.data or "",
        final_code=form.final_code.data or "",
        final_name=form.final_name.data or "",
        **acting(),
    )
    return _back(
        account, _("It is proposed. Nothing is paid there before finance has approved it.")
    )


@bp.act("/<uuid:account_id>/approve", PayeePermission.APPROVE, load=load_account, fresh=True)
def approve(account: PayeeAccount) -> Next:
    """Put an account to use; the one before it is retired."""
    payees.approve(session(), account, **acting())
    if account.pays_from is None:
        return _back(account, _("The account is in use from now on."))
    said = _("It is approved, and paid from %(day)s on.", day=day(account.pays_from))
    return _back(account, said)


@bp.act("/<uuid:account_id>/decline", PayeePermission.APPROVE, load=load_account)
def decline(account: PayeeAccount) -> Next:
    """Drop a proposal."""
    payees.decline(session(), account, **acting())
    return _back(account, _("The proposal is dropped. The account before it stays in use."))


def _today() -> date:
    return clock.local_day(clock.now())


def _back(account: PayeeAccount, said: str) -> Next:
    return Next(url_for(".show", account_id=account.id), said)


def _form(form: AccountForm, provider: Provider) -> str:
    return render_template(
        "providers/directory/form.html",
        form=form,
        layout=layout(),
        title=_("Propose an account for %(name)s", name=provider.name),
        back_url=home_url(provider.id),
    )
