"""Reading people and organisations."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, union_all
from sqlalchemy.orm import Session, aliased

from reintegration.accounts.models import Organisation, User, UserRole
from reintegration.accounts.queries.access import never_came
from reintegration.accounts.states import OrganisationKind
from reintegration.kernel.actor import STAFF_ROLES, Role
from reintegration.kernel.errors import or_404
from reintegration.kernel.ports import Poll
from reintegration.kernel.search import has_words
from reintegration.kernel.signing import signers
from reintegration.web.offers import Offer, offered
from reintegration.web.paging import Page, page_of

STATES: dict[str, Callable[[], ColumnElement[bool]]] = {
    "open": lambda: User.disabled_at.is_(None),
    "invited": never_came,
    "closed": lambda: User.disabled_at.is_not(None),
}
"""How an account can stand, as a list is asked for it."""
_TO_ASK = 3
"""How many names say whom to ask."""


def user_or_404(session: Session, user_id: UUID) -> User:
    """Return the person or raise NotFound."""
    return or_404(session.get(User, user_id))


def organisation_or_404(session: Session, organisation_id: UUID) -> Organisation:
    """Return the organisation or raise NotFound."""
    return or_404(session.get(Organisation, organisation_id))


def how_many(session: Session) -> int:
    """Return how many people have an account, open or closed."""
    return session.scalar(select(func.count()).select_from(User)) or 0


def users_page(
    session: Session,
    *,
    search: str = "",
    role: Role | None = None,
    state: str = "",
    cursor: str | None = None,
) -> Page[User]:
    """Return a page of people by name; `search` looks in names, e-mails and organisations."""
    statement = select(User)
    if search.strip():
        statement = statement.where(_is_called(search))
    if role is not None:
        statement = statement.where(_holds(role))
    if state in STATES:
        statement = statement.where(STATES[state]())
    return page_of(session, statement, keys=(User.name, User.id), cursor=cursor, ascending=True)


def at_work(*roles: Role, search: str = "") -> Select[User]:
    """Return the select of who has an open account and one of these roles, by name."""
    active = select(User).where(User.disabled_at.is_(None), _holds(*roles))
    if search.strip():
        active = active.where(_is_called(search))
    return active.order_by(User.name, User.id)


def whom_to_ask(session: Session, *roles: Role) -> str:
    """Return the first few who have one of these roles, with their addresses; "" for nobody."""
    return _with_addresses(session.scalars(at_work(*roles).limit(_TO_ASK)))


def who_supervises(session: Session, user_id: UUID | None) -> str:
    """Return who decides on what somebody does, with the address; "" for nobody."""
    above = select(User.supervisor_id).where(User.id == user_id).scalar_subquery()
    return _with_addresses(session.scalars(at_work(Role.SUPERVISOR).where(User.id == above)))


def _with_addresses(people: Iterable[User]) -> str:
    return ", ".join(f"{one.name} ({one.email})" for one in people)


def _holds(*roles: Role) -> ColumnElement[bool]:
    return User.id.in_(select(UserRole.user_id).where(UserRole.role.in_(roles)))


def _is_called(search: str) -> ColumnElement[bool]:
    """Return whether a person or their organisation has the words; each is asked of its index."""
    of_those = select(Organisation.id).where(has_words(search, Organisation.name))
    return User.id.in_(
        union_all(
            select(User.id).where(has_words(search, User.name, User.email)),
            select(User.id).where(User.organisation_id.in_(of_those)),
        )
    )


def supervisors(
    session: Session, organisation_id: UUID | None = None, *, search: str = "", chosen: object
) -> Offer[User]:
    """Offer who can supervise, by name; of one organisation, or of each."""
    able = at_work(Role.SUPERVISOR, search=search)
    if organisation_id is not None:
        able = able.where(User.organisation_id == organisation_id)
    return offered(session, able, User.id, chosen=chosen)


def supervised_by(session: Session, user_id: UUID) -> Sequence[User]:
    """Return whom somebody supervises, with an open account, by name."""
    found = select(User).where(User.supervisor_id == user_id, User.disabled_at.is_(None))
    return session.scalars(found.order_by(User.name, User.id)).unique().all()


def can_supervise(user: User) -> bool:
    """Whether this person can decide on what somebody of the same organisation did."""
    return user.disabled_at is None and Role.SUPERVISOR in user.role_set


waits_for = Poll[[Session, User, frozenset[Role]], str](
    "sentences about what waits for this person alone, who is the only one in some roles"
)


def only_holder_of(session: Session, user: User) -> frozenset[Role]:
    """Return the roles of an open account that nobody else holds: of a provider, nobody there."""
    if user.disabled_at is not None:
        return frozenset()
    held = (
        select(UserRole.role)
        .join(User, User.id == UserRole.user_id)
        .join(Organisation, Organisation.id == User.organisation_id)
        .where(
            User.id != user.id,
            User.disabled_at.is_(None),
            Organisation.active.is_(True),
            UserRole.role.in_(user.role_set),
            UserRole.role.in_(STAFF_ROLES) | (User.organisation_id == user.organisation_id),
        )
    )
    return user.role_set - frozenset(session.scalars(held.distinct()))


def without_supervisor(session: Session, users: Iterable[User]) -> frozenset[UUID]:
    """Return who of these opens cases on which nobody can decide: their plans wait for ever."""
    managers = [
        user for user in users if user.disabled_at is None and Role.CASE_MANAGER in user.role_set
    ]
    named = {user.supervisor_id for user in managers} - {None}
    found = session.scalars(select(User).where(User.id.in_(named))).unique() if named else ()
    deciding = {user.id for user in found if can_supervise(user)}
    return frozenset(user.id for user in managers if user.supervisor_id not in deciding)


def unsupervised(session: Session, *, limit: int) -> Sequence[User]:
    """Return the first by name of `without_supervisor`, of all."""
    above = aliased(User)
    decides = (
        select(above.id)
        .join(UserRole, UserRole.user_id == above.id)
        .where(above.id == User.supervisor_id, above.disabled_at.is_(None))
        .where(UserRole.role == Role.SUPERVISOR)
        .exists()
    )
    alone = select(User).where(User.disabled_at.is_(None), _holds(Role.CASE_MANAGER), ~decides)
    return session.scalars(alone.order_by(User.name, User.id).limit(limit)).unique().all()


def organisations_page(
    session: Session, *, search: str = "", cursor: str | None = None
) -> Page[Organisation]:
    """Return a page of organisations by name."""
    keys = (Organisation.name, Organisation.id)
    found = _organisations(search)
    return page_of(session, found, keys=keys, cursor=cursor, ascending=True)


def organisations(session: Session, *, search: str = "", chosen: object) -> Offer[Organisation]:
    """Offer organisations by name."""
    found = _organisations(search).order_by(Organisation.name, Organisation.id)
    return offered(session, found, Organisation.id, chosen=chosen)


def providers(
    session: Session, *among: ColumnElement[bool], search: str, chosen: object
) -> Offer[Organisation]:
    """Offer the organisations that are providers, by name."""
    kind = Organisation.kind == OrganisationKind.PROVIDER
    found = _organisations(search).where(kind, *among)
    by_name = found.order_by(Organisation.name, Organisation.id)
    return offered(session, by_name, Organisation.id, chosen=chosen)


def _organisations(search: str) -> Select[Organisation]:
    every = select(Organisation)
    return every.where(has_words(search, Organisation.name)) if search.strip() else every


def names_of(session: Session, user_ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """Return the names of people by id; asks nothing where nobody is named."""
    wanted = {user_id for user_id in user_ids if user_id}
    if not wanted:
        return {}
    rows = session.execute(select(User.id, User.name).where(User.id.in_(wanted)))
    return {row.id: row.name for row in rows}


def emails_of(session: Session, user_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the e-mails of people by id."""
    rows = session.execute(select(User.id, User.email).where(User.id.in_(set(user_ids))))
    return {row.id: row.email for row in rows}


def names_behind(session: Session, *acts: tuple[Any, str]) -> dict[UUID, str]:
    """Return the names of who did acts and of whom they stood in for: each a row and its field."""
    return names_of(session, {one for row, field in acts for one in signers(row, field)})


def movers(events: Iterable[Any]) -> set[UUID]:
    """Return who made moves, and for whom."""
    return {one for event in events for one in (event.actor_id, event.for_id) if one}


def organisation_names(session: Session, ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """Return the names of organisations, providers among them, by id."""
    wanted = {one for one in ids if one}
    rows = session.execute(
        select(Organisation.id, Organisation.name).where(Organisation.id.in_(wanted))
    )
    return {row.id: row.name for row in rows}
