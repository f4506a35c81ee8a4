"""Taking a second factor away from somebody who lost it: told to them and to who else could."""

from datetime import datetime

from sqlalchemy.orm import Session

from reintegration.accounts.models import User
from reintegration.accounts.permissions import AccountPermission
from reintegration.accounts.queries import people
from reintegration.accounts.services import inbox, letters, second_factor, sign_in
from reintegration.kernel import audit, permissions
from reintegration.kernel.actor import Actor, Role
from reintegration.kernel.errors import N_, Conflict, NotPermitted
from reintegration.kernel.ids import new_id
from reintegration.kernel.locking import lock


def reset(session: Session, user: User, *, actor: Actor, now: datetime) -> None:
    """Remove a person's second factor; their sessions end, and they set it up anew.

    The password still stands before the account. The person hears of it by mail and every other
    administrator in the inbox, so nobody does it unseen; nobody does it to themselves.
    """
    permissions.demand(actor, AccountPermission.MANAGE_USERS)
    if actor.id == user.id:
        raise NotPermitted(N_("Ask another administrator to remove your own second factor."))
    lock(session, user)
    if not second_factor.is_enrolled(session, user):
        raise Conflict(N_("There is no second factor to remove."))
    second_factor.forget(session, user)
    sign_in.end_all_sessions(session, user, now=now)
    audit.record(
        session, "second_factor:reset", audit.Subject("user", user.id), actor=actor, now=now
    )
    _tell(session, user, actor, now)


def _tell(session: Session, user: User, actor: Actor, now: datetime) -> None:
    key = f"second_factor:{new_id()}:reset"
    letters.write(session, user, letters.FACTOR_GONE, key=key, now=now)
    others = set(people.with_role(session, Role.ADMINISTRATOR)) - {actor.id}
    message = N_("%(actor)s has removed the second factor of %(name)s.")
    link = f"/account/users/{user.id}"
    inbox.notify(
        session, others, key, message, now=now, link=link, actor=actor.name, name=user.name
    )
