"""Administration: messages to the outside that wait for a decision."""

from datetime import date
from uuid import UUID

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from reintegration.accounts.views.today import TodayItem
from reintegration.kernel import permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.db import session as current_session
from reintegration.kernel.outbox import OutboxMessage
from reintegration.operations import outgoing
from reintegration.operations.outgoing import Decision
from reintegration.operations.permissions import OutgoingPermission
from reintegration.web import parameters
from reintegration.web.current import acting, current_actor
from reintegration.web.requires import requires
from reintegration.web.submit import press
from reintegration.web.transactional import transactional

bp = Blueprint("outgoing", __name__, url_prefix="/outgoing")


def _message(message_id: UUID) -> OutboxMessage:
    return outgoing.undecided_or_404(current_session(), current_actor(), message_id)


@bp.get("/")
@requires(OutgoingPermission.DECIDE)
def index() -> ResponseReturnValue:
    """List what failed and what may or may not have left, without what it says."""
    page = outgoing.undecided_page(current_session(), current_actor(), cursor=parameters.cursor())
    return render_template("reintegration/operations/outgoing.html", page=page)


@bp.post("/<uuid:message_id>/again")
@requires(OutgoingPermission.DECIDE, load=_message)
@transactional
def again(message: OutboxMessage) -> ResponseReturnValue:
    """Send a message again, under its key."""
    return _decide(message, Decision.AGAIN, _("The message is sent again within a minute."))


@bp.post("/<uuid:message_id>/sent")
@requires(OutgoingPermission.DECIDE, load=_message)
@transactional
def sent(message: OutboxMessage) -> ResponseReturnValue:
    """Take a message as sent: it has arrived."""
    return _decide(message, Decision.SENT, _("The message counts as sent."))


def _decide(message: OutboxMessage, decision: Decision, said: str) -> ResponseReturnValue:
    return press(
        lambda: outgoing.decide(current_session(), message.id, decision, **acting()),
        said=said,
        to=url_for(".index"),
    )


def items(*, session: Session, actor: Actor, today: date) -> list[TodayItem]:
    """Return what waits for an administrator."""
    del today
    if not permissions.permits(actor, OutgoingPermission.DECIDE):
        return []
    count = outgoing.waiting(session, actor)
    if not count:
        return []
    sentence = ngettext(
        "%(num)s message may not have arrived", "%(num)s messages may not have arrived", count
    )
    return [TodayItem("gold", _("Outgoing messages"), sentence, url_for("outgoing.index"), 20)]


def count() -> int:
    """Return the figure beside “Outgoing messages” in the navigation."""
    return outgoing.waiting(current_session(), current_actor())
