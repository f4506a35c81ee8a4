"""A provider's account at Stripe: opened, filled in at Stripe, proposed, and its payouts."""

from datetime import timedelta
from urllib.parse import urljoin
from uuid import UUID

from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from providers.directory.models import Provider
from providers.directory.views.directory import load_provider
from providers.directory.views.profile import home_url, layout, load_editable
from reintegration.accounts.queries.users import organisation_names
from reintegration.kernel import clock
from reintegration.kernel.db import session
from reintegration.kernel.errors import Conflict
from reintegration.kernel.outbox import OutcomeUnknown, Refused, TryLater
from reintegration.settings import Settings
from reintegration.web import parameters
from reintegration.web.current import acting, current_actor
from reintegration.web.once import Next
from reintegration.web.pages import Pages
from reintegration.web.saying import error_text
from reintegration.web.submit import Asking, asked
from vouchers.payments.permissions import PayeePermission
from vouchers.stripe_rail import gateway
from vouchers.stripe_rail.channels import door
from vouchers.stripe_rail.forms import OpenAccountForm
from vouchers.stripe_rail.models import StripeAccount
from vouchers.stripe_rail.permissions import StripePermission as P
from vouchers.stripe_rail.queries import accounts as reading
from vouchers.stripe_rail.queries import payable
from vouchers.stripe_rail.services import accounts
from vouchers.stripe_rail.states import AccountState
from vouchers.stripe_rail.views import account_words

bp = Pages("stripe_accounts", __name__, url_prefix="/stripe/accounts")
_WATCHED = timedelta(minutes=5)
"""How long a page looks again by itself for an answer of Stripe."""


def load_account(stripe_account_id: UUID) -> StripeAccount:
    """Return an account within reach."""
    return reading.account_or_404(session(), current_actor(), stripe_account_id)


@bp.form("/new/<uuid:provider_id>", P.OPEN_ACCOUNT, load=load_editable, fresh=True)
def new(provider: Provider) -> Asking:
    """Open an account for a provider."""
    form = OpenAccountForm()
    yield asked(
        "vouchers/stripe_rail/open.html",
        form,
        provider=provider,
        layout=layout(),
        back_url=home_url(provider.id),
    )
    account = accounts.open_(session(), provider, country=form.country.data or "", **acting())
    return Next(_page(account.id), _("Stripe is asked to open the account."))


@bp.page("/<uuid:stripe_account_id>", P.VIEW_ACCOUNT, load=load_account)
def show(account: StripeAccount) -> ResponseReturnValue:
    """Show how an account stands, what Stripe asks for, and what was paid out."""
    provider, cursor = load_provider(account.provider_id), parameters.cursor()
    payouts = reading.payouts_page(session(), account, cursor=cursor)
    return render_template(
        "vouchers/stripe_rail/account.html",
        account=account,
        provider=provider,
        asked_for=[(one, account_words.asked_for(one)) for one in payable.dues(account)],
        stopped=stopped(account, provider.name),
        asks=payable.asks_now(account),
        country=account_words.territory(account.country),
        not_opened=account_words.not_opened,
        not_paid_out=account_words.not_paid_out,
        ready=accounts.can_be_paid(account),
        payee=reading.payee_of(session(), account),
        today=clock.local_day(clock.now()),
        payouts=payouts,
        newest=None if cursor or not payouts.rows else payouts.rows[0].id,
        watched=_watched(account),
        came_back=parameters.is_on("back"),
        is_on=gateway.in_use() is not None,
        back_url=home_url(provider.id),
        layout=layout(),
        P=P,
        PP=PayeePermission,
    )


def stopped(account: StripeAccount, name: str) -> str:
    """Return why a provider cannot be paid at its account today; nothing: it can."""
    found = payable.stops(account, clock.local_day(clock.now()))
    if found is None or account.state in (AccountState.OPENING, AccountState.FAILED):
        return ""
    return error_text(Conflict(found.why, **{"name": name, **found.params}))


@bp.page("/<uuid:stripe_account_id>/continue", P.OPEN_ACCOUNT, load=load_account)
def go_on(account: StripeAccount) -> ResponseReturnValue:
    """Lead to Stripe, where the manager gives what is asked for; nothing changes here."""
    reference, here = account.reference, _page(account.id)
    back, again = _outside(f"{here}?back=1"), _outside(f"{here}/continue")
    stripe = gateway.in_use()
    if stripe is None or reference is None or account.state is not AccountState.OPEN:
        flash(_("There is nothing to give to Stripe now."), "info")
        return redirect(here)
    door.read(lambda _own: None)  # nothing is held while Stripe is called
    try:
        return redirect(stripe.onboarding_link(reference, back_to=back, again_at=again))
    except Refused as refusal:
        flash(_("Stripe lets nothing be given there (%(code)s).", code=refusal.code), "error")
    except (TryLater, OutcomeUnknown):
        flash(_("Stripe does not answer now. Try again in some minutes."), "error")
    return redirect(here)


@bp.act("/<uuid:stripe_account_id>/ask", P.ASK, load=load_account)
def ask(account: StripeAccount) -> Next:
    """Have Stripe asked how the account stands now."""
    accounts.ask(session(), account, **acting())
    moment = int(clock.now().timestamp())
    return Next(f"{_page(account.id)}?asked={moment}", _("Stripe is asked."))


@bp.act("/<uuid:stripe_account_id>/propose", PayeePermission.PROPOSE, load=load_account, fresh=True)
def propose(account: StripeAccount) -> Next:
    """Propose that the provider is paid there."""
    provider = load_provider(account.provider_id)
    proposed = accounts.propose(session(), account, provider, **acting())
    return Next(
        url_for("payees.show", account_id=proposed.id),
        _("It is proposed. Nothing is paid there before finance has approved it."),
    )


@bp.page("/payouts", P.FAILED_PAYOUTS)
def failed() -> ResponseReturnValue:
    """List the payouts that did not reach the bank of a provider."""
    page = reading.failed_page(session(), current_actor(), cursor=parameters.cursor())
    providers = reading.providers_of(session(), page.rows)
    return render_template(
        "vouchers/stripe_rail/failed_payouts.html",
        page=page,
        providers=providers,
        names=organisation_names(session(), list(providers.values())),
        not_paid_out=account_words.not_paid_out,
        layout=layout(),
    )


def _watched(account: StripeAccount) -> str:
    """Return where a page looks again by itself, while an answer of Stripe is to come soon."""
    now, here = clock.now(), _page(account.id)
    if account.state is AccountState.OPENING:
        return here if now - account.opened_at < _WATCHED else ""
    said = parameters.text("asked", limit=12)
    if account.state is not AccountState.OPEN or not said.isdecimal():
        return ""
    since, heard = int(said), account.asked_at.timestamp() if account.asked_at else 0.0
    waits = heard < since and 0 <= now.timestamp() - since < _WATCHED.total_seconds()
    return f"{here}?asked={since}" if waits else ""


def _page(account_id: UUID) -> str:
    return url_for(".show", stripe_account_id=account_id)


def _outside(path: str) -> str:
    """Return an address of ours as Stripe must know it: providers are at the service's."""
    settings: Settings = current_app.extensions["settings"]
    return urljoin(settings.service_url, path)
