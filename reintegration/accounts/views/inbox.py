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
from reintegration.web.requires import requires
from reintegration.web.submit import press
from reintegration.web.transactional import transactional


@bp.get("/inbox")
@requires(AccountPermission.OWN_ACCOUNT)
def inbox() -> ResponseReturnValue:
    """Show the newest messages."""
    user = identity.signed_in_user()
    layout = "layout/provider.html" if current_actor().is_provider else "layout/staff.html"
    return render_template(
        "reintegration/accounts/inbox.html",
        messages=reading.inbox(session(), user.id),
        layout=layout,
    )


@bp.post("/inbox", endpoint="inbox_read")
@requires(AccountPermission.OWN_ACCOUNT)
@transactional
def inbox_read() -> ResponseReturnValue:
    """Mark everything as read."""
    reader = identity.signed_in_user().id
    return press(
        lambda: messages.mark_read(session(), reader, now=clock.now()), to=url_for(".inbox")
    )


def unread() -> int:
    """Return what the navigation counts."""
    return reading.unread_count(session(), identity.signed_in_user().id)
