"""Finance: messages from Stripe, why some were refused, and what to do."""

from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reintegration.kernel.db import session
from reintegration.web import parameters
from reintegration.web.current import acting, current_actor
from reintegration.web.once import Next
from reintegration.web.pages import Pages
from vouchers.stripe_rail.models import StripeEvent
from vouchers.stripe_rail.permissions import StripePermission as P
from vouchers.stripe_rail.queries import events as reading
from vouchers.stripe_rail.services import events
from vouchers.stripe_rail.states import EventProblem, EventState

bp = Pages("stripe_messages", __name__, url_prefix="/stripe/messages")


def _event(event_id: UUID) -> StripeEvent:
    return reading.event_or_404(session(), current_actor(), event_id)


def why(problem: str) -> str:
    """Return why a message was refused and what to do, in words."""
    if problem in set(EventProblem):
        return str(_(EventProblem(problem).label))
    return str(
        _(
            "What Stripe says of it does not fit what stands here (%(code)s). Compare the payment"
            " in Stripe with ours; when both agree, have it tried again.",
            code=problem,
        )
    )


@bp.page("/", P.VIEW)
def index() -> ResponseReturnValue:
    """List the messages in one state: first those that were refused."""
    shown = EventState(parameters.choice("show", EventState, EventState.REFUSED))
    page = reading.events_page(session(), current_actor(), state=shown, cursor=parameters.cursor())
    return render_template(
        "vouchers/stripe_rail/messages.html",
        page=page,
        shown=shown,
        states=(EventState.REFUSED, EventState.WAITING, EventState.DONE),
        given=parameters.those("show"),
        why=why,
        REFUSED=EventState.REFUSED,
        P=P,
    )


@bp.act("/<uuid:event_id>/again", P.TRY_AGAIN, load=_event)
def again(event: StripeEvent) -> Next:
    """Have a refused message worked off once more."""
    tried = events.try_again(session(), event, **acting())
    if tried.state is EventState.REFUSED:
        said = _("It is refused again: the reason is the same.")
    else:
        said = _("It is tried again within a minute.")
    return Next(url_for(".index"), said)
