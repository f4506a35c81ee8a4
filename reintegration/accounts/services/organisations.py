"""Making and closing organisations."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from reintegration.accounts.models import Organisation, User, UserRole
from reintegration.accounts.permissions import AccountPermission
from reintegration.accounts.services import desk_devices, sign_in, users
from reintegration.accounts.states import OrganisationKind
from reintegration.kernel import audit, hooks, permissions
from reintegration.kernel.actor import Actor, Role
from reintegration.kernel.ids import new_id
from reintegration.kernel.locking import lock


@dataclass(frozen=True, slots=True)
class OrganisationClosed:
    """Nobody of it signs in any more; floors above end what stands on it."""

    organisation_id: UUID
    at: datetime
    actor: Actor


def create_office(session: Session, *, actor: Actor, name: str, now: datetime) -> Organisation:
    """Add an office of the programme; a provider comes with its entry in the directory."""
    permissions.demand(actor, AccountPermission.MANAGE_ORGANISATIONS)
    organisation = Organisation(
        id=new_id(), name=name.strip(), kind=OrganisationKind.PROGRAMME, created_at=now
    )
    session.add(organisation)
    session.flush()
    audit.record(session, "organisation:create", organisation, actor=actor, now=now)
    return organisation


def close(session: Session, organisation: Organisation, *, actor: Actor, now: datetime) -> None:
    """Close an organisation, which ends the sessions of its people; a closed one stays closed."""
    permissions.demand(actor, AccountPermission.MANAGE_ORGANISATIONS)
    if not lock(session, organisation).active:
        return
    if organisation.kind == OrganisationKind.PROGRAMME and _administers(session, organisation):
        users.keep_holders(session, users.KEPT, User.organisation_id != organisation.id)
    organisation.active = False
    desk_devices.end_of_organisation(session, organisation.id, actor=actor, now=now)
    people = select(User).where(User.organisation_id == organisation.id)
    sign_in.end_all_sessions(session, *session.scalars(people).unique(), now=now)
    session.flush()
    audit.record(session, "organisation:close", organisation, actor=actor, now=now)
    hooks.announce(session, OrganisationClosed(organisation.id, now, actor))


def preview_closing(
    session: Session, organisation: Organisation, *, actor: Actor, now: datetime
) -> list[hooks.Change]:
    """Return what closing an organisation would end."""
    return hooks.preview(session, OrganisationClosed(organisation.id, now, actor))


def reopen(session: Session, organisation: Organisation, *, actor: Actor, now: datetime) -> None:
    """Let its people sign in again; an open one stays open."""
    permissions.demand(actor, AccountPermission.MANAGE_ORGANISATIONS)
    if lock(session, organisation).active:
        return
    organisation.active = True
    session.flush()
    audit.record(session, "organisation:open", organisation, actor=actor, now=now)


def _administers(session: Session, organisation: Organisation) -> bool:
    """Whether one of its people administers: without them somebody else must."""
    one = (
        select(UserRole.user_id)
        .join(User, User.id == UserRole.user_id)
        .where(UserRole.role == Role.ADMINISTRATOR, User.organisation_id == organisation.id)
    )
    return session.scalar(one.limit(1)) is not None
