"""Is this person here already? Told only within one's own caseload.

Outside it a hit and a miss look the same to the one who asks. The manager of the other case
learns that somebody asked, and each look-up is counted, so that nobody can try out names.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from reintegration.cases.models import CaseFile, IdentityIndex
from reintegration.cases.permissions import CasePermission
from reintegration.cases.services.identity_index import index_values
from reintegration.cases.services.telling import tell
from reintegration.cases.services.vault import Identity
from reintegration.kernel import audit, clock, permissions, tries
from reintegration.kernel.actor import Actor
from reintegration.kernel.db import acting_as_system, keyring
from reintegration.kernel.errors import N_, Conflict
from reintegration.kernel.tries import Limit

LOOK_UPS = Limit(20, timedelta(hours=1))


class KnownAlready(Conflict):
    """The actor has `cases` of the same person, and did not say that this is another one."""

    code = "known_already"

    def __init__(self, cases: Sequence[CaseFile]) -> None:
        super().__init__(N_("You may know this person already"), field="another")
        self.cases = cases


def refuse_known(
    session: Session,
    *,
    actor: Actor,
    identity: Identity,
    another: bool,
    now: datetime,
    except_case: UUID | None = None,
) -> None:
    """Look the person up; raise KnownAlready for a hit, unless it is `another` one."""
    known = look_up(session, actor=actor, identity=identity, now=now, except_case=except_case)
    if known and not another:
        raise KnownAlready(known)


def look_up(
    session: Session,
    *,
    actor: Actor,
    identity: Identity,
    now: datetime,
    except_case: UUID | None = None,
) -> Sequence[CaseFile]:
    """Return the actor's own cases of the same person; raise TooManyTries when used up."""
    permissions.demand(actor, CasePermission.REGISTER)
    values = index_values(
        keyring(session),
        names=(identity.given_name, identity.family_name),
        birth_date=identity.birth_date,
        document_number=identity.document_number,
    )
    if not values:
        return []
    if actor.id is not None:
        tries.spend(session, f"identity-look-up|{actor.id}", LOOK_UPS, now=now)
    audit.record(session, "identity:look_up", actor=actor, now=now, fields=map(str, values))
    told = [(kind, value) for kind, several in values.items() for value in several]
    with acting_as_system(session):
        hits = session.scalars(
            select(CaseFile)
            .join(IdentityIndex, IdentityIndex.case_id == CaseFile.id)
            .where(
                tuple_(IdentityIndex.kind, IdentityIndex.value).in_(told),
                CaseFile.id != except_case if except_case else CaseFile.id.is_not(None),
            )
            .distinct()
        ).all()
        _tell_others(session, actor, (c for c in hits if c.id not in actor.caseload), now)
    return [case for case in hits if case.id in actor.caseload]


def _tell_others(session: Session, actor: Actor, cases: Iterable[CaseFile], now: datetime) -> None:
    for case in cases:
        key = f"duplicate|{case.id}|{actor.id}|{clock.local_day(now)}"
        message = N_("%(who)s wrote down a person who may be in your case %(code)s.")
        tell(session, case, [case.manager_id], key, message, now=now, who=actor.name)
