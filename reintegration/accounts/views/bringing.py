"""Bringing in what an institution had before: in which order, what is in, and people themselves."""

from datetime import datetime

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from reintegration.accounts.permissions import AccountPermission
from reintegration.accounts.queries import users as reading
from reintegration.accounts.services import bringing_people
from reintegration.accounts.views import bp, identity
from reintegration.kernel import permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.db import session
from reintegration.kernel.errors import N_
from reintegration.kernel.tasks import Progress
from reintegration.web import bringing
from reintegration.web.bringing import Done, Kind
from reintegration.web.bringing_pages import pages_of
from reintegration.web.current import current_actor
from reintegration.web.table_reading import Table


@bp.page("/bring-in", AccountPermission.BRING_IN)
def bring_in() -> ResponseReturnValue:
    """List what can come in, in order, with how much is in of what oneself may bring in."""
    actor = current_actor()
    listed = [
        (entry, entry.already(session()) if permissions.could(actor, entry.permission) else None)
        for entry in bringing.entries()
    ]
    return render_template("reintegration/accounts/bring_in.html", listed=listed)


def _carry_out(
    opened: Session, table: Table, actor: Actor, now: datetime, progress: Progress
) -> Done:
    return bringing_people.carry_out(opened, table, actor, now, progress, house=identity.house)


PEOPLE = Kind(
    name="users",
    title=N_("Import people and offices"),
    hint=N_("One row for each person. They get a link by mail and choose their own password."),
    order=10,
    permission=AccountPermission.MANAGE_USERS,
    columns=bringing_people.COLUMNS,
    examples=bringing_people.EXAMPLES,
    counted=bringing_people.COUNTED,
    carry_out=_carry_out,
    already=reading.how_many,
    allowed=bringing_people.allowed,
    after=("accounts.user_list", N_("Go to people")),
)
people_bp = pages_of(PEOPLE, "/account/users/import")
