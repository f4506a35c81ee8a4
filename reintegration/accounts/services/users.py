"""Making and changing people's accounts."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from reintegration.accounts.models import Organisation, User, UserRole
from reintegration.accounts.permissions import AccountPermission
from reintegration.accounts.queries.users import can_supervise
from reintegration.accounts.services import deputies, desk_devices, passwords, sign_in
from reintegration.accounts.states import OrganisationKind
from reintegration.codelists.languages import Locale
from reintegration.kernel import audit, hooks, permissions
from reintegration.kernel.actor import PROVIDER_ROLES, Actor, Role
from reintegration.kernel.errors import N_, Conflict, Invalid, NotPermitted
from reintegration.kernel.ids import new_id
from reintegration.kernel.locking import lock


@dataclass(frozen=True, slots=True)
class SupervisorNamed:
    """A person has another supervisor from now on; floors above may have work that waited.

    Without `supervisor_id` nobody is chosen yet: for a preview.
    """

    user_id: UUID
    supervisor_id: UUID | None
    at: datetime
    actor: Actor


@dataclass(frozen=True, slots=True)
class Details:
    """What an administrator may change of an account, beside its roles."""

    name: str
    email: str
    supervisor_id: UUID | None

    @classmethod
    def of(cls, user: User) -> "Details":
        """Return what stands there now."""
        return cls(user.name, user.email, user.supervisor_id)

    @property
    def mark(self) -> str:
        """Return a short print of all of it, for a form to bring back."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:16]

    def differing_from(self, other: "Details") -> frozenset[str]:
        """Return the names of the fields that are not the same."""
        pairs = {
            "name": (self.name, other.name),
            "email": (self.email, other.email),
            "supervisor": (self.supervisor_id, other.supervisor_id),
        }
        return frozenset(name for name, (mine, theirs) in pairs.items() if mine != theirs)


KEPT: dict[Role, tuple[int, str, str]] = {
    Role.ADMINISTRATOR: (
        0x50554E5403,
        "last_administrator",
        N_("Nobody would administer any more. Give somebody else this role first."),
    ),
    Role.FINANCE_APPROVER: (
        0x50554E5404,
        "last_approver",
        N_("Nobody would approve payments any more. Give somebody else this role first."),
    ),
}
"""Roles that somebody always holds: the lock under which one looks whether one is left, the name
of the law, which a trigger of the database knows too, and what is said. They go in this order.
"""

# One person may not hold both sides of a check.
INCOMPATIBLE = (
    frozenset({Role.FINANCE_PREPARER, Role.FINANCE_APPROVER}),
    frozenset({Role.FINANCE_PREPARER, Role.FINANCE_RELEASER}),
    frozenset({Role.FINANCE_APPROVER, Role.FINANCE_RELEASER}),
    frozenset({Role.AUDITOR, Role.ADMINISTRATOR}),
)


def create_user(
    session: Session,
    *,
    actor: Actor,
    email: str,
    name: str,
    password: str | None = None,
    organisation: Organisation,
    roles: Iterable[Role],
    locale: Locale = Locale.RO,
    supervisor_id: UUID | None = None,
    must_change_password: bool = True,
    names: Sequence[str] = (),
    now: datetime,
) -> User:
    """Make an account; raise Invalid or Conflict when the e-mail is taken or roles clash.

    Without a password nobody comes in before a link by mail has set one. `names` are what the
    outside calls us: no password is made of them.
    """
    permissions.demand(actor, AccountPermission.MANAGE_USERS)
    chosen = frozenset(roles)
    check_roles(organisation, chosen)
    _require_free(session, email)
    if supervisor_id is not None:
        _require_supervisor(session, supervisor_id, organisation.id)
    user = User(
        id=new_id(),
        email=email.strip(),
        name=name.strip(),
        password_hash="",
        must_change_password=must_change_password,
        locale=locale,
        organisation_id=organisation.id,
        supervisor_id=supervisor_id,
        created_at=now,
        roles=[UserRole(role=role) for role in sorted(chosen)],
    )
    about = passwords.words_about(user, organisation, *names)
    user.password_hash = _hash_of(password, about)
    with _taking_email(session):
        session.add(user)
    session.flush()
    audit.record(
        session, "user:create", user, actor=actor, now=now, fields=("email", "name", "roles")
    )
    return user


def change_details(
    session: Session, user: User, *, actor: Actor, details: Details, seen: str, now: datetime
) -> frozenset[str]:
    """Change name, e-mail or supervisor and return what changed; a new e-mail ends all sessions.

    `seen` is the mark of what stood there when the actor began: raise Conflict when something
    else does by now. The trail keeps which fields, not what was in them.
    """
    permissions.demand(actor, AccountPermission.MANAGE_USERS)
    lock(session, user)
    before = Details.of(user)
    if before.mark != seen:
        raise Conflict(
            N_("Somebody changed this account meanwhile. Compare, then save again if yours holds."),
            code="stale",
        )
    changed = details.differing_from(before)
    if "email" in changed:
        _require_free(session, details.email, besides=user)
    if "supervisor" in changed and details.supervisor_id is not None:
        _require_supervisor(session, details.supervisor_id, user.organisation_id, of=user)
    if not changed:
        return changed
    with _taking_email(session):
        user.name, user.email = details.name, details.email
        user.supervisor_id = details.supervisor_id
    if "email" in changed:
        sign_in.end_all_sessions(session, user, now=now)
    session.flush()
    audit.record(session, "user:change", user, actor=actor, now=now, fields=sorted(changed))
    if "supervisor" in changed and details.supervisor_id is not None:
        hooks.announce(session, SupervisorNamed(user.id, details.supervisor_id, now, actor))
    return changed


def set_roles(
    session: Session, user: User, *, actor: Actor, roles: Iterable[Role], now: datetime
) -> None:
    """Replace the roles and end the person's sessions: new rights begin with a new sign-in."""
    permissions.demand(actor, AccountPermission.MANAGE_USERS)
    chosen = frozenset(roles)
    lock(session, user)
    session.refresh(user, ["roles"])
    check_roles(user.organisation, chosen)
    if chosen == user.role_set:
        return
    lost = user.role_set - chosen
    keep_holders(session, lost, User.id != user.id)
    deputies.end_without(session, user, actor=actor, now=now, roles=lost)
    kept = [held for held in user.roles if Role(held.role) in chosen]
    new = chosen - user.role_set
    user.roles = kept + [UserRole(role=role) for role in sorted(new)]
    sign_in.end_all_sessions(session, user, now=now)
    session.flush()
    audit.record(session, "user:set_roles", user, actor=actor, now=now, fields=("roles",))


def change_password(
    session: Session,
    user: User,
    *,
    actor: Actor,
    current: str,
    new: str,
    names: Sequence[str] = (),
    now: datetime,
) -> None:
    """Change one's own password; every session ends, the caller begins a new one."""
    permissions.demand(actor, AccountPermission.OWN_ACCOUNT)
    if user.id != actor.id:
        raise NotPermitted(permissions.REFUSAL)
    if not passwords.matches(user.password_hash, current):
        raise Invalid(
            N_("The present password is not right."), code="wrong_password", field="current"
        )
    passwords.check_rule(new, about=passwords.words_about(user, user.organisation, *names))
    take_password(session, user, new, now=now)
    audit.record(session, "user:change_password", user, actor=actor, now=now, fields=("password",))


def take_password(session: Session, user: User, new: str, *, now: datetime) -> None:
    """Set a password that the person chose and that was checked; every session of theirs ends."""
    user.password_hash = passwords.hash_password(new)
    user.must_change_password = False
    sign_in.end_all_sessions(session, user, now=now)
    session.flush()


def close(session: Session, user: User, *, actor: Actor, now: datetime) -> None:
    """Close an account, which ends its sessions at once; a closed one stays closed."""
    permissions.demand(actor, AccountPermission.MANAGE_USERS)
    if user.id == actor.id:
        raise Invalid(N_("You cannot close your own account."))
    if lock(session, user).disabled_at is not None:
        return
    keep_holders(session, user.role_set, User.id != user.id)
    deputies.end_without(session, user, actor=actor, now=now)
    desk_devices.end_of_person(session, user, actor=actor, now=now)
    user.disabled_at = now
    sign_in.end_all_sessions(session, user, now=now)
    session.flush()
    audit.record(session, "user:disable", user, actor=actor, now=now, fields=("disabled_at",))


def reopen(session: Session, user: User, *, actor: Actor, now: datetime) -> None:
    """Let the person sign in again; an open account stays open."""
    permissions.demand(actor, AccountPermission.MANAGE_USERS)
    if lock(session, user).disabled_at is None:
        return
    user.disabled_at = None
    session.flush()
    audit.record(session, "user:enable", user, actor=actor, now=now, fields=("disabled_at",))


def check_roles(organisation: Organisation, roles: frozenset[Role]) -> None:
    """Raise Invalid when roles clash with each other or with the organisation."""
    if not roles:
        raise Invalid(N_("Choose at least one role."), field="roles")
    if any(pair <= roles for pair in INCOMPATIBLE):
        raise Invalid(N_("These roles check each other: two people must hold them."), field="roles")
    outsiders = roles - PROVIDER_ROLES
    if organisation.kind == OrganisationKind.PROVIDER and outsiders:
        raise Invalid(N_("People of a provider can only hold a provider's roles."), field="roles")
    if organisation.kind == OrganisationKind.PROGRAMME and roles & PROVIDER_ROLES:
        raise Invalid(N_("A provider's roles are for people of a provider."), field="roles")


def keep_holders(session: Session, roles: Iterable[Role], others: ColumnElement[bool]) -> None:
    """Raise Conflict when none of the `others` would hold one of `roles` that is never empty.

    Only an open account in an open organisation counts, and no deputy: theirs ends with it. One at
    a time looks: two who close each other do not both see the other.
    """
    for role, (key, code, said) in KEPT.items():
        if role in roles:
            session.execute(select(func.pg_advisory_xact_lock(key)))
            if session.scalar(_holders(role).where(others).limit(1)) is None:
                raise Conflict(said, code=code)


def _holders(role: Role) -> Select[UUID]:
    return (
        select(UserRole.user_id)
        .join(User, User.id == UserRole.user_id)
        .join(Organisation, Organisation.id == User.organisation_id)
        .where(UserRole.role == role, User.disabled_at.is_(None), Organisation.active.is_(True))
    )


def _require_free(session: Session, email: str, besides: User | None = None) -> None:
    taken = select(User.id).where(func.lower(User.email) == email.strip().lower())
    if besides is not None:
        taken = taken.where(User.id != besides.id)
    if session.scalar(taken):
        raise _email_taken()


@contextmanager
def _taking_email(session: Session) -> Iterator[None]:
    """Write in a savepoint: the database alone sees two people take one e-mail at once."""
    try:
        with session.begin_nested():
            yield
    except IntegrityError as error:
        if "uq_user_account_email" not in str(error.orig):
            raise
        raise _email_taken() from None


def _email_taken() -> Conflict:
    return Conflict(
        N_("There is already an account with this e-mail."), code="email_taken", field="email"
    )


def _require_supervisor(
    session: Session, supervisor_id: UUID, organisation_id: UUID, of: User | None = None
) -> None:
    found = session.get(User, supervisor_id)
    if (
        found is None
        or found is of
        or found.organisation_id != organisation_id
        or not can_supervise(found)
    ):
        raise Invalid(
            N_("Choose somebody else who supervises in this organisation, with an open account."),
            code="supervisor",
            field="supervisor_id",
        )


def _hash_of(password: str | None, about: Sequence[str]) -> str:
    if password is None:
        return passwords.nobodys()
    passwords.check_rule(password, about=about)
    return passwords.hash_password(password)
