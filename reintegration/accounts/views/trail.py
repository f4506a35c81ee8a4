"""The audit trail, for the auditor: who did and who saw what."""

from datetime import date, datetime, time

from flask import render_template
from flask.typing import ResponseReturnValue

from reintegration.accounts.permissions import AccountPermission
from reintegration.accounts.queries import trail, users
from reintegration.accounts.queries.trail import TrailFilter
from reintegration.accounts.views import bp
from reintegration.kernel import audit_chain
from reintegration.kernel.clock import LOCAL
from reintegration.kernel.db import session
from reintegration.web import parameters


@bp.page("/audit", AccountPermission.READ_AUDIT)
def audit() -> ResponseReturnValue:
    """List events, newest first; every filter stands in the address."""
    wanted = TrailFilter(
        action=parameters.text("action"),
        actor=parameters.text("actor"),
        subject_id=parameters.identifier("subject"),
        since=_begin(parameters.day("since")),
    )
    page = trail.trail(session(), wanted, cursor=parameters.cursor())
    waiting, _oldest = audit_chain.unsealed(session())
    return render_template(
        "reintegration/accounts/audit.html",
        page=page,
        names=users.names_of(session(), {event.actor_id for event in page.rows}),
        given=parameters.those("action", "actor", "subject", "since"),
        waiting=waiting,
        sealed=trail.sealed_count(session()),
    )


def _begin(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), LOCAL) if day else None
