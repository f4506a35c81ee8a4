"""Administration: messages to the outside that wait for a decision."""

from datetime import date
from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from reintegration.accounts.views.today import Figure, waiting
from reintegration.kernel import permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.db import session as current_session
from reintegration.kernel.outbox import OutboxMessage
from reintegration.operations import outgoing, outgoing_words
from reintegration.operations.outgoing import Decision
from reintegration.operations.permissions import OutgoingPermission
from reintegration.web import parameters
from reintegration.web.current import acting, current_actor
from reintegration.web.once import Next
from reintegration.web.pages import Pages

bp = Pages("outgoing", __name__, url_prefix="/outgoing")


def _message(message_id: UUID) -> OutboxMessage:
    return outgoing.undecided_or_404(current_session(), current_actor(), message_id)


@bp.page("/", OutgoingPermission.DECIDE)
def index() -> ResponseReturnValue:
    """List what failed and what may or may not have left, without what it says."""
    page = outgoing.undecided_page(current_session(), current_actor(), cursor=parameters.cursor())
    return render_template(
        "reintegration/operations/outgoing.html", page=page, words=outgoing_words
    )


@bp.act("/<uuid:message_id>/again", OutgoingPermission.DECIDE, load=_message)
def again(message: OutboxMessage) -> Next:
    """Send a message again, under its key."""
    outgoing.decide(current_session(), message.id, Decision.AGAIN, **acting())
    return Next(url_for(".index"), _("The message is sent again within a minute."))


@bp.act("/<uuid:message_id>/sent", OutgoingPermission.DECIDE, load=_message)
def sent(message: OutboxMessage) -> Next:
    """Take a message as sent: it has arrived."""
    outgoing.decide(current_session(), message.id, Decision.SENT, **acting())
    return Next(url_for(".index"), _("The message counts as sent."))


def items(*, session: Session, actor: Actor, today: date) -> list[Figure]:
    """Return what waits for an administrator."""
    del today
    if not permissions.permits(actor, OutgoingPermission.DECIDE):
        return []
    pile, url = outgoing.waiting_pile(session, actor), url_for("outgoing.index")
    return waiting(Figure(_("Messages that may not have arrived"), pile, _("Decide"), url, 20))


def count() -> int:
    """Return the figure beside “Outgoing messages” in the navigation."""
    return outgoing.waiting(current_session(), current_actor())
