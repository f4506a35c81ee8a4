"""Payouts that failed, on the first page of whoever must act."""

from datetime import date

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from reintegration.accounts.views.today import Figure, waiting
from reintegration.kernel import permissions
from reintegration.kernel.actor import Actor
from vouchers.stripe_rail import gateway
from vouchers.stripe_rail.permissions import StripePermission
from vouchers.stripe_rail.queries import accounts as reading


def items(*, session: Session, actor: Actor, today: date) -> list[Figure]:
    """Return the payouts that did not reach a bank and that none followed."""
    del today
    if gateway.in_use() is None or not permissions.permits(actor, StripePermission.FAILED_PAYOUTS):
        return []
    pile = reading.failed_pile(session, actor)
    url = url_for("stripe_accounts.failed")
    return waiting(Figure(_("Payouts that did not arrive"), pile, _("Read what to do"), url, 12))
