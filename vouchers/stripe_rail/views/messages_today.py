"""What Stripe asks of finance today."""

from datetime import date

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from reintegration.accounts.views.today import Figure, waiting
from reintegration.kernel import permissions
from reintegration.kernel.actor import Actor
from vouchers.stripe_rail.permissions import StripePermission
from vouchers.stripe_rail.queries import events


def items(*, session: Session, actor: Actor, today: date) -> list[Figure]:
    """Return how many messages from Stripe were refused, to a preparer."""
    del today
    if not permissions.could(actor, StripePermission.TRY_AGAIN):
        return []
    pile = events.refused_pile(session)
    url = url_for("stripe_messages.index")
    return waiting(Figure(_("Messages from Stripe that were refused"), pile, _("Look"), url, 26))
