"""Opening a case: a random code, a team, and a key for what stays sealed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from reintegration.accounts.models import User, UserRole
from reintegration.cases.models import CaseFile, CaseMember
from reintegration.cases.permissions import CasePermission
from reintegration.cases.services import vault
from reintegration.cases.services.agreed import require_kept
from reintegration.cases.services.open_cases import require_open
from reintegration.cases.services.vault import Identity
from reintegration.cases.states import ContactChannel, MemberRole
from reintegration.codelists.people import AccessNeed, Sex
from reintegration.codelists.sayable_names import new_case_code
from reintegration.codelists.spoken_languages import refuse_unused
from reintegration.codelists.territorial_units import TERRITORIAL_UNITS
from reintegration.kernel import audit, clock, permissions
from reintegration.kernel.actor import Actor, Role
from reintegration.kernel.db import acting_as_system
from reintegration.kernel.errors import N_, Invalid
from reintegration.kernel.ids import new_id


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What helps to find services. All of it may stay unsaid."""

    language: str = "ro"
    sex: Sex = Sex.UNSPECIFIED
    birth_year: int | None = None
    territorial_unit: str | None = None
    dependants: int = 0
    access_needs: tuple[AccessNeed, ...] = ()
    excluded_units: tuple[str, ...] = ()
    contact_channel: ContactChannel = ContactChannel.NONE
    contact_hours: str = ""


FACTS = tuple(CaseFacts.__dataclass_fields__)
SAFETY_FACTS = frozenset({"excluded_units", "contact_channel", "contact_hours"})
"""What may be changed though the person did not agree that a file is kept: it keeps them safe."""


def register(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    facts: CaseFacts | None = None,
    identity: Identity | None = None,
    cover: bool = False,
    since: date | None = None,
) -> CaseFile:
    """Open a case with its manager and the manager's supervisor; seal what the person told.

    `since` is the day on which the work began, where that was before the case came in here.

    With `cover`, a manager without a supervisor gets one of the same organisation, or
    else of another, so that somebody can decide. Look for duplicates first: this does not.
    """
    permissions.demand(actor, CasePermission.REGISTER)
    if actor.id is None or actor.desk_id is None:
        raise Invalid(N_("A case needs a person who manages it."))
    facts = facts or CaseFacts()
    check_facts(facts)
    refuse_unused([facts.language], day=clock.local_day(now), field="language")
    if since is not None and since > clock.local_day(now):
        raise Invalid(N_("This day has not come yet."), code="since", field="since")
    case = CaseFile(
        id=new_id(),
        code=_free_code(session),
        opened_at=clock.start_of(since) if since is not None else now,
        opened_by=actor.id,
        manager_id=actor.desk_id,
        updated_at=now,
        members=[CaseMember(user_id=actor.desk_id, role=MemberRole.MANAGER, since=now)],
    )
    take_facts(case, facts)
    for supervisor in _supervisors(session, actor, cover=cover):
        case.members.append(
            CaseMember(user_id=supervisor.id, role=MemberRole.SUPERVISOR, since=now)
        )
    session.add(case)
    session.flush()
    vault.make_person_key(session, case, now=now)
    audit.record(session, "case:register", case, actor=actor, now=now)
    if identity is not None and identity.told:
        vault.store_identity(
            session,
            actor=with_case(actor, case),
            case=case,
            identity=identity,
            now=now,
            agreeing=True,
        )
    return case


def with_case(actor: Actor, case: CaseFile) -> Actor:
    """Return the actor as the next request will know them: with the new case assigned."""
    return replace(actor, caseload=actor.caseload | {case.id})


def edit_facts(
    session: Session, case: CaseFile, *, actor: Actor, facts: CaseFacts, now: datetime
) -> None:
    """Change what helps to find services; the trail keeps which facts, not their values.

    Raises Conflict without the consent to keep a file, but for what keeps the person safe.
    """
    permissions.demand(actor, CasePermission.EDIT, case)
    require_open(session, case.id)
    check_facts(facts)
    today, kept = clock.local_day(now), [case.language]
    refuse_unused([facts.language], day=today, field="language", kept=kept)
    changed = [name for name in FACTS if _plain(case, name) != getattr(facts, name)]
    if not SAFETY_FACTS.issuperset(changed):
        require_kept(session, case.id, today=today)
    take_facts(case, facts)
    if not changed:
        return
    case.updated_at = now
    session.flush()
    audit.record(session, "case:edit", case, actor=actor, now=now, fields=changed)


def check_facts(facts: CaseFacts) -> None:
    """Raise Invalid when a place is both where the person is and where she must not be sent."""
    if facts.territorial_unit and facts.territorial_unit in facts.excluded_units:
        raise Invalid(
            N_("The person lives in %(unit)s: it cannot also be a place to avoid."),
            code="excluded_home",
            field="excluded_units",
            unit=TERRITORIAL_UNITS[facts.territorial_unit].name,
        )


def take_facts(case: CaseFile, facts: CaseFacts) -> None:
    """Copy the facts into the case."""
    for name in FACTS:
        value = getattr(facts, name)
        setattr(case, name, list(value) if isinstance(value, tuple) else value)


def _plain(case: CaseFile, name: str) -> object:
    value = getattr(case, name)
    return tuple(value) if isinstance(value, list) else value


def _free_code(session: Session) -> str:
    """Return a code that no case has, among those that the actor cannot see too.

    Nor does anybody take it at the same moment: until this transaction ends it is held here.
    """
    with acting_as_system(session):
        while True:
            code = new_case_code()
            held = func.pg_try_advisory_xact_lock(func.hashtextextended(f"case {code}", 0))
            taken = exists().where(CaseFile.code == code)
            if session.scalar(select(held & ~taken)):
                return code


def _supervisors(session: Session, actor: Actor, *, cover: bool) -> Sequence[User]:
    own = session.scalars(
        select(User).where(
            User.id.in_(select(User.supervisor_id).where(User.id == actor.desk_id)),
            User.disabled_at.is_(None),
        )
    ).all()
    if own or not cover:
        return own
    return session.scalars(
        select(User)
        .join(UserRole)
        .where(
            UserRole.role == Role.SUPERVISOR, User.disabled_at.is_(None), User.id.not_in(actor.eyes)
        )
        .order_by(User.organisation_id != actor.organisation_id, User.name, User.id)
        .limit(1)
    ).all()
