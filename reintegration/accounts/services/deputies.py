"""Standing in for somebody: named, accepted, ended.

A deputy acts with the one role of the person they stand in for, and each of their acts counts as
the act of both (`reintegration.kernel.signing`): nobody decides on their own work at another desk.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from reintegration.accounts.models import Deputyship, SignInSession, User
from reintegration.accounts.permissions import AccountPermission
from reintegration.accounts.queries import access
from reintegration.accounts.queries.deputies import unfinished
from reintegration.accounts.queries.users import at_work
from reintegration.accounts.services import actors, inbox
from reintegration.kernel import audit, clock, permissions
from reintegration.kernel.actor import Actor, Role
from reintegration.kernel.dated_rules import Area, DatedRule, stood
from reintegration.kernel.errors import N_, Conflict, Invalid, NotFound
from reintegration.kernel.ids import new_id
from reintegration.kernel.locking import lock, lock_all
from reintegration.kernel.rule_kinds import Days

LONGEST = DatedRule(
    code="accounts.deputy_for",
    title=N_("Somebody stands in for at most"),
    says=N_("A deputy for longer holds the role instead."),
    area=Area.ACCESS,
    decided_by=Role.SUPERVISOR,
    kind=Days(1, 366),
    initially=timedelta(days=92),
)
_APART = frozenset({Role.AUDITOR, Role.ADMINISTRATOR})
"""Whoever reads the trail did not manage the accounts: no rule over an object could hold that."""
_LINK = "/account/deputies"
_AHEAD = timedelta(days=1)


def name(
    session: Session,
    *,
    actor: Actor,
    represented: User,
    deputy: User | None,
    role: Role,
    starts_on: date,
    ends_on: date,
    reason: str = "",
    now: datetime,
) -> Deputyship:
    """Ask somebody to stand in for `represented`; it holds once they accept.

    One names a deputy for oneself; an administrator, or whoever supervises the person, for somebody
    who cannot, and then both are told. Raises Invalid or Conflict where it could not hold.
    """
    if represented.id == actor.id:
        permissions.demand(actor, AccountPermission.NAME_DEPUTY)
    else:
        permissions.demand(actor, AccountPermission.NAME_DEPUTY_FOR, represented)
    lock(session, represented)
    _require_days(starts_on, ends_on, clock.local_day(now))
    if role not in represented.role_set or represented.disabled_at is not None:
        raise Invalid(N_("A deputy is named for a role that the person has."), field="role")
    chosen = _require_deputy(represented, deputy, role)
    if chosen.id == actor.id:
        raise Invalid(
            N_("Nobody makes themselves the deputy of somebody else."),
            code="person",
            field="deputy",
        )
    _refuse_twice(session, represented, chosen, role, starts_on, ends_on)
    made = Deputyship(
        id=new_id(),
        represented_id=represented.id,
        deputy_id=chosen.id,
        role=role,
        starts_on=starts_on,
        ends_on=ends_on,
        reason=reason.strip(),
        named_by=actor.id,
        named_at=now,
    )
    session.add(made)
    session.flush()
    session.refresh(made)
    _note(session, made, "name", actor=actor, now=now, **stood(clock.local_day(now), LONGEST))
    asked = N_("%(name)s asks you to stand in from %(begins)s to %(until)s. Accept or decline.")
    _tell(session, [made.deputy_id], made, "asked", asked, made.represented, now=now)
    if represented.id != actor.id:
        told = N_("%(name)s was asked to stand in for you from %(begins)s to %(until)s.")
        _tell(session, [made.represented_id], made, "named", told, made.deputy, now=now)
    return made


def accept(session: Session, named: Deputyship, *, actor: Actor, now: datetime) -> None:
    """Accept to stand in; from the first day on the deputy may act."""
    _hold(session, named)
    permissions.demand(actor, AccountPermission.ANSWER_DEPUTYSHIP, named)
    _require_waiting(named, clock.local_day(now))
    named.accepted_at = now
    session.flush()
    _note(session, named, "accept", actor=actor, now=now)
    told = N_("%(name)s stands in for you from %(begins)s to %(until)s.")
    _tell(session, _asking(named), named, "accepted", told, named.deputy, now=now)


def decline(session: Session, named: Deputyship, *, actor: Actor, now: datetime) -> None:
    """Decline to stand in."""
    _hold(session, named)
    permissions.demand(actor, AccountPermission.ANSWER_DEPUTYSHIP, named)
    _require_waiting(named, clock.local_day(now))
    _close(session, named, "decline", actor=actor, now=now)
    told = N_("%(name)s cannot stand in for you from %(begins)s to %(until)s. Ask somebody else.")
    _tell(session, _asking(named), named, "declined", told, named.deputy, now=now)


def end(session: Session, named: Deputyship, *, actor: Actor, now: datetime) -> None:
    """End it before its last day, or withdraw what was not accepted: either side may, at once."""
    _hold(session, named)
    permissions.demand(actor, AccountPermission.END_DEPUTYSHIP, named)
    if named.ended_at is not None or named.ends_on < clock.local_day(now):
        raise Conflict(N_("This has ended already."))
    _end(session, named, actor=actor, now=now)


def end_without(
    session: Session,
    user: User,
    *,
    actor: Actor,
    now: datetime,
    roles: Iterable[Role] | None = None,
) -> None:
    """End what cannot go on: of a closed account everything, else what stands on lost `roles`."""
    permissions.demand(actor, AccountPermission.MANAGE_USERS)
    today = clock.local_day(now)
    mine = Deputyship.represented_id == user.id
    if roles is None:
        mine |= Deputyship.deputy_id == user.id
    else:
        mine &= Deputyship.role.in_(list(roles))
    found = select(Deputyship).where(mine, unfinished(today))
    for named in lock_all(session, session.scalars(found).unique()):
        if named.ended_at is None:
            _end(session, named, actor=actor, now=now)


def warn_ahead(session: Session, *, now: datetime) -> int:
    """Tell both, a day ahead, that a deputyship begins or ends; return how many were told of."""
    tomorrow = clock.local_day(now) + _AHEAD
    found = select(Deputyship).where(
        Deputyship.ended_at.is_(None),
        Deputyship.accepted_at.is_not(None),
        (Deputyship.ends_on == tomorrow) | (Deputyship.starts_on == tomorrow),
    )
    count = 0
    for named in session.scalars(found.order_by(Deputyship.id)).unique():
        begins = named.starts_on == tomorrow
        key = "begins" if begins else "ends"
        deputy = (
            N_("Tomorrow you begin to stand in for %(name)s, until %(until)s.")
            if begins
            else N_("Tomorrow is the last day on which you stand in for %(name)s.")
        )
        person = (
            N_("Tomorrow %(name)s begins to stand in for you, until %(until)s.")
            if begins
            else N_("Tomorrow is the last day on which %(name)s stands in for you.")
        )
        _tell(session, [named.deputy_id], named, key, deputy, named.represented, now=now)
        _tell(session, [named.represented_id], named, key, person, named.deputy, now=now)
        count += 1
    return count


def warn_of_empty_roles(session: Session, *, now: datetime) -> int:
    """Tell administrators today which roles nobody can act in tomorrow; return how many."""
    tomorrow = clock.local_day(now) + _AHEAD
    empty = access.too_few_on(session, tomorrow)
    readers = [one.id for one in session.scalars(at_work(Role.ADMINISTRATOR)).unique()]
    for role, count in empty.items():
        message = (
            N_("Tomorrow only one person can act in this role, and two are needed: %(role)s.")
            if count
            else N_("Tomorrow nobody can act in this role: %(role)s. Name a deputy.")
        )
        key, link = f"empty_role|{role}|{tomorrow}", f"/account/users?role={role}"
        inbox.notify(session, readers, key, message, now=now, link=link, role=str(role))
    return len(empty)


def sit_down(
    session: Session, found: SignInSession, named: Deputyship, *, actor: Actor, now: datetime
) -> None:
    """Let a sign-in act for the person represented from now on; raise Conflict out of the days."""
    permissions.demand(actor, AccountPermission.STAND_IN, named)
    if not named.holds(clock.local_day(now)):
        raise Conflict(N_("You do not stand in for this person today."))
    found.deputyship_id = named.id
    session.flush()
    audit.record(
        session, "deputyship:begin_acting", named, actor=actors.at_desk_of(actor, named), now=now
    )


def stand_up(session: Session, found: SignInSession, *, actor: Actor, now: datetime) -> None:
    """Let a sign-in act as its own person again."""
    permissions.demand(actor, AccountPermission.OWN_ACCOUNT)
    if found.deputyship_id is None:
        return
    about = audit.Subject("deputyship", found.deputyship_id)
    found.deputyship_id = None
    session.flush()
    audit.record(session, "deputyship:stop_acting", about, actor=actor, now=now)


def _require_days(starts_on: date, ends_on: date, today: date) -> None:
    if starts_on < today:
        raise Invalid(N_("Choose a first day from today on."), code="days", field="starts_on")
    if ends_on < starts_on:
        raise Invalid(N_("The last day is before the first."), code="days", field="ends_on")
    longest = LONGEST.on(today)
    if ends_on - starts_on >= longest:
        raise Invalid(
            N_("Somebody stands in for %(days)s days at most. Give them the role for longer."),
            code="days",
            field="ends_on",
            days=longest.days,
        )


def _require_deputy(represented: User, deputy: User | None, role: Role) -> User:
    if (
        deputy is None
        or deputy.id == represented.id
        or deputy.disabled_at is not None
        or deputy.organisation_id != represented.organisation_id
    ):
        raise Invalid(
            N_("Choose somebody else of the same organisation, with an open account."),
            code="person",
            field="deputy",
        )
    if role in _APART and deputy.role_set & (_APART - {role}):
        raise Invalid(
            N_("Whoever administers does not read the trail, and the other way round."),
            code="roles",
            field="deputy",
        )
    return deputy


def _refuse_twice(
    session: Session, represented: User, deputy: User, role: Role, starts_on: date, ends_on: date
) -> None:
    same = select(Deputyship.id).where(
        Deputyship.represented_id == represented.id,
        Deputyship.deputy_id == deputy.id,
        Deputyship.role == role,
        Deputyship.ended_at.is_(None),
        Deputyship.starts_on <= ends_on,
        Deputyship.ends_on >= starts_on,
    )
    if session.scalar(same.limit(1)) is not None:
        raise Conflict(N_("This person was asked for some of these days already."), field="deputy")


def _hold(session: Session, named: Deputyship) -> None:
    """Hold the represented person, then the row: whoever closes the account does so first."""
    lock(session, named.represented)
    lock(session, named)


def _require_waiting(named: Deputyship, today: date) -> None:
    if named.accepted_at is not None or named.ended_at is not None or named.ends_on < today:
        raise Conflict(N_("This was answered already, or its days are over."))
    if named.represented.disabled_at is not None or named.role not in named.represented.role_set:
        raise NotFound(N_("The person does not have this role any more."))


def _end(session: Session, named: Deputyship, *, actor: Actor, now: datetime) -> None:
    _close(session, named, "end", actor=actor, now=now)
    told = N_("%(name)s does not stand in for you any more.")
    _tell(session, [named.represented_id], named, "ended", told, named.deputy, now=now)
    told = N_("You do not stand in for %(name)s any more.")
    _tell(session, [named.deputy_id], named, "ended", told, named.represented, now=now)


def _close(session: Session, named: Deputyship, act: str, *, actor: Actor, now: datetime) -> None:
    named.ended_at, named.ended_by = now, actor.id
    session.flush()
    _note(session, named, act, actor=actor, now=now)


def _asking(named: Deputyship) -> list[UUID]:
    """Return who waits for an answer: the person, and whoever asked in their place."""
    asked = {named.represented_id, named.named_by} - {None, named.deputy_id}
    return sorted(one for one in asked if one is not None)


def _note(
    session: Session, named: Deputyship, act: str, *, actor: Actor, now: datetime, **more: Any
) -> None:
    audit.record(
        session,
        f"deputyship:{act}",
        named,
        actor=actor,
        now=now,
        data={
            "represented": str(named.represented_id),
            "deputy": str(named.deputy_id),
            "role": str(named.role),
            "from": named.starts_on.isoformat(),
            "until": named.ends_on.isoformat(),
            **more,
        },
    )


def _tell(
    session: Session,
    readers: Iterable[UUID],
    named: Deputyship,
    key: str,
    message: str,
    other: User,
    *,
    now: datetime,
) -> None:
    inbox.notify(
        session,
        readers,
        f"deputyship|{named.id}|{key}",
        message,
        now=now,
        link=_LINK,
        name=other.name,
        begins=f"{named.starts_on:%d.%m.%Y}",
        until=f"{named.ends_on:%d.%m.%Y}",
    )
