"""The inbox: reminders and decisions."""

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from reintegration.accounts.permissions import AccountPermission
from reintegration.accounts.queries import inbox as reading
from reintegration.accounts.services import inbox as messages
from reintegration.accounts.views import bp, identity
from reintegration.kernel import clock
from reintegration.kernel.db import session
from reintegration.web.current import current_actor
from reintegration.web.once import Next


@bp.page("/inbox", AccountPermission.OWN_ACCOUNT)
def inbox() -> ResponseReturnValue:
    """Show the newest messages."""
    user = identity.signed_in_user()
    layout = "layout/provider.html" if current_actor().is_provider else "layout/staff.html"
    return render_template(
        "reintegration/accounts/inbox.html",
        messages=reading.inbox(session(), user.id),
        layout=layout,
    )


@bp.act("/inbox", AccountPermission.OWN_ACCOUNT)
def inbox_read() -> Next:
    """Mark everything as read."""
    messages.mark_read(session(), identity.signed_in_user().id, now=clock.now())
    return Next(url_for(".inbox"))


def unread() -> int:
    """Return what the navigation counts."""
    return reading.unread_count(session(), identity.signed_in_user().id)
