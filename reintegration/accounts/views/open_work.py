"""What a colleague who leaves would leave behind: each floor says its kind, as one list."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from reintegration.accounts.models import User
from reintegration.accounts.permissions import AccountPermission as P
from reintegration.accounts.queries import deputies, users
from reintegration.accounts.services import desk_devices
from reintegration.accounts.views import bp
from reintegration.accounts.views.deputies import represented
from reintegration.kernel import clock, permissions
from reintegration.kernel.bounded import Count
from reintegration.kernel.db import session
from reintegration.web import slots
from reintegration.web.current import current_actor


@dataclass(frozen=True, slots=True)
class OpenWork:
    """How many of one kind wait for a person, what becomes of them, and where one sees to it."""

    label: str
    count: Count | int
    then: str
    url: str = ""
    action: str = ""


def open_work(user: User) -> list[OpenWork]:
    """Return what waits for somebody, of every kind of which there is any.

    A feature adds `person.open_work`: a callable (session, user, today) that returns `OpenWork`s,
    with numbers and no case: whoever administers is on no team.
    """
    today = clock.local_day(clock.now())
    asked = {"session": session(), "user": user, "today": today}
    found: list[OpenWork] = slots.collect("person.open_work", **asked)
    return [one for one in found if one.count]


def _user(user_id: UUID) -> User:
    return users.user_or_404(session(), user_id)


@bp.page("/users/<uuid:user_id>/open-work", P.NAME_DEPUTY_FOR, load=represented)
def user_open_work(user: User) -> ResponseReturnValue:
    """Show what waits for a person, before they leave."""
    return render_template(
        "reintegration/accounts/open_work.html", user=user, found=open_work(user), P=P
    )


@bp.page("/users/<uuid:user_id>/close", P.MANAGE_USERS, load=_user)
def user_close(user: User) -> ResponseReturnValue:
    """Ask before an account is closed, and say what would stay."""
    return render_template(
        "reintegration/accounts/user_close.html",
        user=user,
        found=open_work(user),
        devices=desk_devices.ending_with(session(), user),
    )


def of_accounts(*, session: Session, user: User, today: date) -> list[OpenWork]:
    """Return deputyships that would end, and people who would have no supervisor."""
    lent = deputies.open_of(session, user.id, today)
    below = users.supervised_by(session, user.id)
    url = ""
    if permissions.could(current_actor(), P.MANAGE_USERS):
        url = url_for("accounts.user_list", q=user.name)
    return [
        OpenWork(_("Deputyships"), len(lent), _("They end with the account.")),
        OpenWork(
            _("People whom this person supervises"),
            len(below),
            _("Nobody decides on their plans until they have another supervisor."),
            url,
            _("See the people") if url else "",
        ),
    ]
