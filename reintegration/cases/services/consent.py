"""Consent as a runtime capability: given per scope, expiring, and taken back at any time."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from reintegration.cases.models import CaseFile, Consent
from reintegration.cases.permissions import CasePermission
from reintegration.cases.services import vault
from reintegration.cases.services.open_cases import require_open
from reintegration.cases.states import (
    CONSENT_FOR,
    CONSENT_TEXT_BEFORE,
    CONSENT_TEXT_VERSION,
    OF_AGE,
    ConsentMode,
    ConsentScope,
    Signatory,
)
from reintegration.kernel import audit, clock, hooks, permissions
from reintegration.kernel.actor import SYSTEM, Actor
from reintegration.kernel.dated_rules import stood
from reintegration.kernel.errors import N_, Conflict, Invalid
from reintegration.kernel.ids import new_id
from reintegration.kernel.locking import lock, lock_all


@dataclass(frozen=True, slots=True)
class Ended:
    """What holds no more of a case: the records, and to which provider the person said no."""

    case_id: UUID
    consent_ids: Collection[UUID]
    scope: str
    provider_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class ConsentWithdrawn:
    """A person took consent back: what stands on it must stop, what was paid stays proven.

    `consent_ids` are all records of the same meaning.
    """

    case_id: UUID
    consent_ids: Collection[UUID]
    scope: str
    provider_id: UUID | None
    at: datetime
    actor: Actor = SYSTEM

    why: ClassVar[str] = N_("The person withdrew their consent.")
    cause: ClassVar[str] = "consent_withdrawn"

    @property
    def ended(self) -> tuple[Ended, ...]:
        """Return what holds no more."""
        return (Ended(self.case_id, self.consent_ids, self.scope, self.provider_id),)


@dataclass(frozen=True, slots=True)
class ConsentsLapsed:
    """The last day of these consents has passed: the same follows as if they were withdrawn.

    All that passed at once come together, so that what stands on them is taken in one order.
    """

    ended: Collection[Ended]
    at: datetime
    actor: Actor = SYSTEM

    why: ClassVar[str] = N_("The consent has ended.")
    cause: ClassVar[str] = "consent_lapsed"


ConsentEnds = ConsentWithdrawn | ConsentsLapsed


def record(
    session: Session,
    *,
    actor: Actor,
    case: CaseFile,
    scopes: Iterable[ConsentScope],
    mode: ConsentMode,
    locale: str,
    valid_until: date,
    now: datetime,
    signatory: Signatory = Signatory.PERSON,
    provider_id: UUID | None = None,
    paper_of: date | None = None,
) -> list[Consent]:
    """Record what a person agreed to after hearing or reading the present text in `locale`.

    With `paper_of` they did so on a paper of that day, before the case came in here: as long as a
    consent holds (`CONSENT_FOR`) is counted from then, so one that is over already is refused, and
    the text is that of the paper. `provider_id` narrows sharing to one provider; other scopes have
    none. For somebody under age `signatory` is a guardian or the guardianship authority.
    """
    permissions.demand(actor, CasePermission.RECORD_CONSENT, case)
    require_open(session, case.id)
    assert actor.id is not None
    today = clock.local_day(now)
    given_on = paper_of or today
    if given_on > today:
        raise Invalid(N_("This day has not come yet."), code="paper_of", field="paper_of")
    if valid_until < today:
        raise Invalid(N_("The last day lies in the past."), code="valid_until", field="valid_until")
    if valid_until > given_on + CONSENT_FOR.on(today):
        raise Invalid(
            N_("Consent holds for %(days)s days at most. Ask again then."),
            code="valid_until",
            field="valid_until",
            days=CONSENT_FOR.on(today).days,
        )
    if signatory is Signatory.PERSON and vault.is_under_age(session, case, today):
        raise Invalid(
            N_(
                "Nobody under %(age)s agrees alone. Say that a guardian agreed, or the"
                " guardianship authority."
            ),
            code="under_age",
            field="signatory",
            age=OF_AGE,
        )
    given = [
        Consent(
            id=new_id(),
            case_id=case.id,
            scope=scope,
            mode=mode,
            signatory=signatory,
            locale=locale,
            text_version=CONSENT_TEXT_BEFORE if paper_of else CONSENT_TEXT_VERSION,
            given_at=clock.start_of(paper_of) if paper_of else now,
            valid_until=valid_until,
            recorded_by=actor.id,
            provider_id=provider_id if scope is ConsentScope.SHARE_WITH_PROVIDER else None,
        )
        for scope in dict.fromkeys(scopes)
    ]
    if not given:
        raise Invalid(N_("Tick what the person agreed to."), code="scopes", field="scopes")
    session.add_all(given)
    case.updated_at = now
    session.flush()
    for consent in given:
        _note(session, actor, "consent:record", consent, now, **stood(today, CONSENT_FOR))
    return given


def preview(
    session: Session, consent: Consent, *, actor: Actor, now: datetime
) -> list[hooks.Change]:
    """Return what withdrawing would change, changing nothing."""
    return hooks.preview(session, _event(_same_meaning(session, consent), consent, actor, now))


def withdraw(
    session: Session, consent: Consent, *, actor: Actor, case: CaseFile, now: datetime
) -> None:
    """Take a consent back, with every later record of the same meaning, and stop what needs it."""
    permissions.demand(actor, CasePermission.WITHDRAW_CONSENT, case)
    lock(session, case)
    withdrawn = lock_all(session, _same_meaning(session, consent))
    if consent.withdrawn_at is not None:
        raise Conflict(N_("This consent was withdrawn already."))
    for other in withdrawn:
        other.withdrawn_at, other.withdrawn_by = now, actor.id
        _note(session, actor, "consent:withdraw", other, now)
    case.updated_at = now
    session.flush()
    hooks.announce(session, _event(withdrawn, consent, actor, now))


def _same_meaning(session: Session, consent: Consent) -> Sequence[Consent]:
    statement = (
        select(Consent)
        .where(
            Consent.case_id == consent.case_id,
            Consent.scope == consent.scope,
            Consent.provider_id.is_not_distinct_from(consent.provider_id),
            Consent.withdrawn_at.is_(None),
        )
        .order_by(Consent.given_at, Consent.id)
    )
    return session.scalars(statement).all()


def _event(
    withdrawn: Iterable[Consent], consent: Consent, actor: Actor, now: datetime
) -> ConsentWithdrawn:
    ids = tuple(other.id for other in withdrawn)
    return ConsentWithdrawn(consent.case_id, ids, consent.scope, consent.provider_id, now, actor)


def _note(
    session: Session, actor: Actor, action: str, consent: Consent, now: datetime, **more: Any
) -> None:
    audit.record(
        session,
        action,
        consent,
        actor=actor,
        now=now,
        fields=(consent.scope,),
        data={"version": consent.text_version, "locale": consent.locale, **more},
    )
