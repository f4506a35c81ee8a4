"""Settings: how money can travel, what is on, and why. It never shows a key."""

from dataclasses import dataclass
from typing import Any

from flask import current_app, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from reintegration.kernel import clock
from reintegration.kernel.db import session
from reintegration.settings import Settings
from reintegration.web import slots
from reintegration.web.filters import instant
from reintegration.web.pages import Pages
from vouchers.payments.services import rails
from vouchers.payments.services.rails import Way
from vouchers.stripe_rail.permissions import StripePermission as P
from vouchers.stripe_rail.queries import events
from vouchers.stripe_rail.states import REACHED
from vouchers.stripe_rail.views.account_words import territory

bp = Pages("stripe_ways", __name__, url_prefix="/stripe")


@dataclass(frozen=True, slots=True)
class Shown:
    """One way of the money: whether it is on, and why."""

    label: str
    currency: str
    is_on: bool
    why: str


@bp.page("/", P.VIEW_WAYS)
def index() -> ResponseReturnValue:
    """Show each way, and what is known of Stripe."""
    return render_template(
        "vouchers/stripe_rail/ways.html",
        ways=[_shown(way) for way in rails.WAYS.values()],
        facts=slots.collect("stripe.facts", session=session()),
        countries=_countries(),
        refused=events.refused_count(session()),
        P=P,
    )


def _shown(way: Way) -> Shown:
    is_on = rails.is_on(way.rail)
    return Shown(way.rail.label, way.currency, is_on, _why(way, is_on=is_on))


def _why(way: Way, *, is_on: bool) -> str:
    if way.service is None:
        return str(_("A file for the bank; it needs nothing but an account of ours in use."))
    if is_on:
        return str(_("The key and the secrets of the messages are set."))
    return str(
        _(
            "No key is set, so nobody is paid by it. The operating guide says how to begin:"
            " %(page)s",
            page="docs/operations.md, Stripe",
        )
    )


def facts(*, session: Session) -> list[dict[str, Any]]:
    """Return what is known of Stripe, for the page; others add theirs."""
    settings: Settings = current_app.extensions["settings"]
    heard = events.heard_at(session)
    wrong = events.wrong_signatures(session, now=clock.now())
    count = len(settings.stripe_webhook_secrets)
    secrets = ngettext("%(num)d is set", "%(num)d are set", count)
    found = [
        {"key": _("Money"), "value": _mode(settings)},
        {"key": _("Secrets of the messages"), "value": secrets if count else _("None is set")},
        {"key": _("Last message"), "value": instant(heard) if heard else _("None has come yet")},
    ]
    if wrong:
        said = ngettext("%(num)d within the hour", "%(num)d within the hour", wrong)
        found.append({"key": _("Messages with a wrong signature"), "value": said})
    return found


def _mode(settings: Settings) -> str:
    if not settings.stripe_api_key:
        return str(_("Off"))
    if settings.moves_real_money:
        return str(_("Live: real money moves"))
    return str(_("Test: no money moves"))


def _countries() -> list[str]:
    return sorted(territory(code) for code in REACHED)
