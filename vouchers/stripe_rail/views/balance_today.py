"""What of the Stripe rail waits for finance today."""

from datetime import date

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from reintegration.accounts.views.today import Figure, waiting
from reintegration.kernel import permissions
from reintegration.kernel.actor import Actor
from vouchers.stripe_rail.permissions import StripePermission
from vouchers.stripe_rail.queries import balance


def items(*, session: Session, actor: Actor, today: date) -> list[Figure]:
    """Return the lines of the Stripe balance to be cleared, and those to be posted as a charge."""
    del today
    url, found = url_for("stripe_balance.index"), list[Figure]()
    if permissions.could(actor, StripePermission.NOTE):
        pile = balance.open_pile(session, actor)
        found += waiting(
            Figure(_("Lines of the Stripe balance to clear"), pile, _("Clear"), url, 27)
        )
    if permissions.could(actor, StripePermission.POST_CHARGE):
        pile = balance.to_post_pile(session, actor)
        found += waiting(Figure(_("Charges at Stripe to post"), pile, _("Look"), url, 27))
    return found
