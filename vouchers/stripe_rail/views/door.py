"""The address to which Stripe sends its messages."""

from flask import abort, current_app, g, request

from reintegration.kernel.db import session
from reintegration.kernel.errors import N_, Invalid
from reintegration.settings import Settings
from reintegration.web.credentials import MESSAGES_PREFIX
from reintegration.web.current import acting
from reintegration.web.once import Shown
from reintegration.web.pages import Pages
from vouchers.stripe_rail import gateway
from vouchers.stripe_rail.permissions import StripePermission
from vouchers.stripe_rail.services import events

bp = Pages("stripe_door", __name__)


class Garbled(Invalid):
    """A message that is signed and cannot be read."""

    status = 400
    code = "unreadable"


def only_where_it_is_set_up() -> None:
    """Answer as if nothing stood here, where no secret is set."""
    settings: Settings = current_app.extensions["settings"]
    if request.blueprint == bp.name and not settings.stripe_webhook_secrets:
        abort(404)


@bp.act(MESSAGES_PREFIX, StripePermission.TELL, remembered=False)
def tell() -> Shown:
    """Keep a message; what follows from it is done afterwards."""
    if g.notice is None:
        raise Garbled(N_("The message is signed, and cannot be read. Nothing was kept."))
    events.received(session(), g.notice, live=gateway.moves_real_money(), **acting())
    return Shown("")
