"""Reading case files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, Select, func, or_, select
from sqlalchemy.orm import Session, aliased

from reintegration.accounts.models import User
from reintegration.accounts.queries.users import at_work
from reintegration.cases.models import CaseFile, CaseMember
from reintegration.cases.permissions import CasePermission
from reintegration.cases.states import HAPPENED, CaseState
from reintegration.kernel import bounded, clock, permissions
from reintegration.kernel.actor import Actor, Role
from reintegration.kernel.audit import AuditEvent
from reintegration.kernel.bounded import Count
from reintegration.kernel.errors import or_404
from reintegration.kernel.money import Money
from reintegration.kernel.ports import Poll
from reintegration.kernel.search import has_words
from reintegration.web.offers import Offer, offered
from reintegration.web.paging import Page, page_of


def case_or_404(session: Session, actor: Actor, case_id: UUID) -> CaseFile:
    """Return a case of the caseload; foreign and missing ones raise the same NotFound."""
    return or_404(session.scalar(_visible(actor).where(CaseFile.id == case_id)))


def caseload_of(session: Session, actor: Actor) -> frozenset[UUID]:
    """Return the ids of the cases that a person is assigned to now.

    A deputy has those on which the person represented works in that role, without the cases that
    they themselves were taken off: the database decides it, as for its own rows.
    """
    assigned = select(CaseMember.case_id).where(
        CaseMember.user_id == actor.desk_id,
        or_(CaseMember.until.is_(None), CaseMember.until > clock.now()),
    )
    if actor.deputyship_id is not None:
        covers = func.punte_deputy_covers(
            actor.deputyship_id, CaseMember.case_id, CaseMember.role, type_=Boolean
        )
        assigned = assigned.where(covers)
    return frozenset(session.scalars(assigned))


def team_of(session: Session, case: CaseFile) -> Sequence[tuple[CaseMember, User]]:
    """Return who works on a case, with their names."""
    return [
        (member, user)
        for member, user in session.execute(
            select(CaseMember, User)
            .join(User, User.id == CaseMember.user_id)
            .where(CaseMember.case_id == case.id)
            .order_by(CaseMember.since, CaseMember.role)
        ).unique()
    ]


def how_many(session: Session) -> int:
    """Return how many cases whoever the session acts for sees, closed ones too."""
    return session.scalar(select(func.count()).select_from(CaseFile)) or 0


def cases_page(
    session: Session, actor: Actor, *, search: str = "", state: str = "", cursor: str | None = None
) -> Page[CaseFile]:
    """Return a page of the caseload, last touched first; `search` is words of a code.

    Without a chosen state, closed cases are left out unless a code is searched.
    """
    statement = _visible(actor)
    if search.strip():
        statement = statement.where(has_words(search, CaseFile.code))
    if state in set(CaseState):
        statement = statement.where(CaseFile.state == state)
    elif not search.strip() and state != "all":
        statement = statement.where(CaseFile.state != CaseState.CLOSED)
    return page_of(session, statement, keys=(CaseFile.updated_at, CaseFile.id), cursor=cursor)


def state_counts(session: Session, actor: Actor) -> dict[CaseState, Count]:
    """Return how many cases of the caseload stand in each state."""
    listed = permissions.visible(actor, CaseFile, CasePermission.VIEW)
    return bounded.count_each(
        session, {state: listed.where(CaseFile.state == state) for state in CaseState}
    )


def could_join(session: Session, case: CaseFile, *, search: str, chosen: object) -> Offer[User]:
    """Offer case workers who are not on the team now, by name."""
    now = clock.now()
    on_team = [m.user_id for m in case.members if m.until is None or m.until > now]
    workers = at_work(Role.CASE_MANAGER, Role.SUPERVISOR, search=search)
    return offered(session, workers.where(User.id.not_in(on_team)), User.id, chosen=chosen)


def case_managers(session: Session, *, search: str, chosen: object) -> Offer[User]:
    """Offer everybody with an open account who manages cases, by name."""
    managers = at_work(Role.CASE_MANAGER, search=search)
    return offered(session, managers, User.id, chosen=chosen)


def _visible(actor: Actor) -> Select[CaseFile]:
    return permissions.visible(actor, CaseFile, CasePermission.VIEW)


_happened = dict(HAPPENED)


def happened() -> Mapping[str, str]:
    """Return what the history of a case shows, in words, by the action in the trail."""
    return _happened


def show_in_history(more: Mapping[str, str]) -> None:
    """Let the history of a case show what a floor above does with it."""
    _happened.update(more)


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of a case's history; `who` is empty for a job."""

    at: datetime
    action: str
    who: str
    reason: str | None
    fields: tuple[str, ...] = ()
    money: Money | None = None
    for_whom: str = ""
    """Whom the doer stood in for."""


happened_above = Poll[[Session, CaseFile, int], Happening](
    "what happened in a case that the trail does not tell by its case, so many of the newest"
)


def happenings(session: Session, case: CaseFile, *, limit: int = 20) -> list[Happening]:
    """Return what was done in a case, on every floor, and who looked at the vault, newest first."""
    other = aliased(User)
    rows = session.execute(
        select(AuditEvent, User.name, other.name)
        .outerjoin(User, User.id == AuditEvent.actor_id)
        .outerjoin(other, other.id == AuditEvent.for_id)
        .where(AuditEvent.case_id == case.id, AuditEvent.action.in_(_happened))
        .order_by(AuditEvent.id.desc())
        .limit(limit)
    )
    told = [
        Happening(
            event.at,
            event.action,
            who or "",
            event.reason,
            tuple(event.fields),
            for_whom=for_whom or "",
        )
        for event, who, for_whom in rows
    ]
    found = [*told, *happened_above(session, case, limit)]
    return sorted(found, key=lambda one: one.at, reverse=True)[:limit]
