"""What of payments through Stripe waits for finance today."""

from datetime import date

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from reintegration.accounts.views.today import Figure, waiting
from reintegration.kernel import clock, permissions
from reintegration.kernel.actor import Actor
from vouchers.stripe_rail.permissions import StripePermission
from vouchers.stripe_rail.queries import reversals, under_way
from vouchers.stripe_rail.views.orders import FAILED, TAKEN_BACK, UNKNOWN


def items(*, session: Session, actor: Actor, today: date) -> list[Figure]:
    """Return the orders of which Stripe said nothing or no, and what is to be confirmed."""
    del today
    found: list[Figure] = []
    if permissions.permits(actor, StripePermission.REVERSE):
        found += _orders(session, actor)
    if permissions.could(actor, StripePermission.CONFIRM_REVERSAL):
        pile, url = (
            reversals.to_confirm(session, actor),
            url_for("stripe_orders.index", show=TAKEN_BACK),
        )
        found += waiting(Figure(_("Transfers to take back"), pile, _("Confirm"), url, 15))
    return found


def _orders(session: Session, actor: Actor) -> list[Figure]:
    unknown, failed = under_way.piles(session, actor, now=clock.now())
    return [
        *waiting(
            Figure(
                _("Orders that Stripe did not pay"),
                failed,
                _("Read why"),
                url_for("stripe_orders.index", show=FAILED),
                12,
            )
        ),
        *waiting(
            Figure(
                _("Orders without an answer of Stripe"),
                unknown,
                _("See them all"),
                url_for("stripe_orders.index", show=UNKNOWN),
                18,
            )
        ),
    ]
