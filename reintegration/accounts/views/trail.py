"""The audit trail, for the auditor: who did and who saw what."""

from datetime import date, datetime, time
from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue

from reintegration.accounts.permissions import AccountPermission
from reintegration.accounts.queries import trail, users
from reintegration.accounts.queries.trail import TrailFilter
from reintegration.accounts.views import bp
from reintegration.kernel import audit_chain
from reintegration.kernel.clock import LOCAL
from reintegration.kernel.db import session
from reintegration.web.requires import requires


@bp.get("/audit")
@requires(AccountPermission.READ_AUDIT)
def audit() -> ResponseReturnValue:
    """List events, newest first; every filter stands in the address."""
    given = request.args
    wanted = TrailFilter(
        action=given.get("action", "").strip(),
        actor_id=_uuid(given.get("actor")),
        subject_id=_uuid(given.get("subject")),
        since=_day(given.get("since")),
    )
    page = trail.trail(session(), wanted, cursor=given.get("page"))
    waiting, _oldest = audit_chain.unsealed(session())
    return render_template(
        "reintegration/accounts/audit.html",
        page=page,
        names=users.names_of(session(), {event.actor_id for event in page.rows}),
        people=users.users(session()),
        given=given,
        waiting=waiting,
        sealed=trail.sealed_count(session()),
    )


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None


def _day(text: str | None) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(text or ""), time(), LOCAL)
    except ValueError:
        return None
