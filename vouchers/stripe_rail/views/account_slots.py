"""What pages of providers and of their accounts say of the account at Stripe."""

from flask_babel import gettext as _

from providers.directory.models import Provider
from reintegration.kernel import permissions
from reintegration.kernel.db import session
from reintegration.web import slots
from reintegration.web.current import current_actor
from vouchers.payments.models import PayeeAccount
from vouchers.stripe_rail import gateway
from vouchers.stripe_rail.models import StripeAccount
from vouchers.stripe_rail.permissions import StripePermission
from vouchers.stripe_rail.queries import accounts as reading
from vouchers.stripe_rail.queries import payable
from vouchers.stripe_rail.states import AccountState
from vouchers.stripe_rail.views.accounts import stopped

_ANEW = (AccountState.FAILED, AccountState.CLOSED)


def card(*, provider: Provider, own: bool) -> str:
    """Return the card of a provider's account at Stripe, where the rail is on."""
    actor = current_actor()
    if gateway.in_use() is None or not permissions.could(actor, StripePermission.VIEW_ACCOUNT):
        return ""
    account = reading.of_provider(session(), actor, provider.id)
    may_open = permissions.permits(actor, StripePermission.OPEN_ACCOUNT, provider) and (
        account is None or account.state in _ANEW
    )
    if account is None and not may_open:
        return ""
    return slots.part(
        "vouchers/stripe_rail/_account_card.html",
        provider=provider,
        account=account,
        stopped=_stopped(account, provider, own=own) if account else "",
        may_open=may_open,
        own=own,
    )


def _stopped(account: StripeAccount, provider: Provider, *, own: bool) -> str:
    said = stopped(account, provider.name)
    if said and own and payable.asks_now(account):
        return str(_("Stripe waits for something from you: see the account at Stripe."))
    return said


def of_payee(*, account: PayeeAccount) -> str:
    """Return how the account at Stripe stands on which finance decides."""
    if not account.service_account:
        return ""
    found = reading.with_reference(session(), current_actor(), account.service_account)
    if found is None:
        return ""
    why = stopped(found, account.holder)
    return slots.part("vouchers/stripe_rail/_payee.html", account=found, stopped=why)


def own_payouts() -> str:
    """Return the way to what Stripe paid out, for whoever keeps a provider's books."""
    actor = current_actor()
    if gateway.in_use() is None or actor.organisation_id is None:
        return ""
    account = reading.of_provider(session(), actor, actor.organisation_id)
    if account is None:
        return ""
    label = _("Payouts to your bank")
    return slots.part("vouchers/stripe_rail/_own_payouts.html", account=account, label=label)
