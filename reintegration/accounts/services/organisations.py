"""Making and closing organisations."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from reintegration.accounts.models import Organisation, User
from reintegration.accounts.services import sign_in
from reintegration.accounts.states import OrganisationKind
from reintegration.kernel import audit
from reintegration.kernel.actor import Actor
from reintegration.kernel.ids import new_id


def create_office(session: Session, *, actor: Actor, name: str, now: datetime) -> Organisation:
    """Add an office of the programme; a provider comes with its entry in the directory."""
    organisation = Organisation(
        id=new_id(), name=name.strip(), kind=OrganisationKind.PROGRAMME.value, created_at=now
    )
    session.add(organisation)
    session.flush()
    _note(session, actor, "organisation:create", organisation, now)
    return organisation


def set_active(
    session: Session, organisation: Organisation, *, actor: Actor, active: bool, now: datetime
) -> None:
    """Open or close an organisation; closing ends the sessions of its people at once."""
    organisation.active = active
    if not active:
        for user in session.scalars(
            select(User).where(User.organisation_id == organisation.id)
        ).unique():
            sign_in.end_all_sessions(session, user, now=now)
    session.flush()
    _note(
        session, actor, "organisation:open" if active else "organisation:close", organisation, now
    )


def _note(
    session: Session, actor: Actor, action: str, organisation: Organisation, now: datetime
) -> None:
    subject = audit.Subject("organisation", organisation.id)
    audit.record(session, actor=actor, action=action, subject=subject, now=now)
