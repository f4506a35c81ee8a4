"""Consents that end by their date: said ahead, and stopped as if they were withdrawn."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from reintegration.accounts.services import inbox
from reintegration.cases.models import CaseFile, Consent
from reintegration.cases.queries.consents import covering
from reintegration.cases.services.consent import ConsentsLapsed, Ended
from reintegration.cases.services.telling import told
from reintegration.cases.states import CaseState
from reintegration.kernel import audit, clock, hooks
from reintegration.kernel.actor import SYSTEM, Role
from reintegration.kernel.dated_rules import Area, DatedRule
from reintegration.kernel.errors import N_
from reintegration.kernel.locking import by_key, lock_all
from reintegration.kernel.rule_kinds import Stages

ENDS_BEFORE = DatedRule(
    code="cases.consent_told_before",
    title=N_("The end of a consent is told"),
    says=N_("So many days before its end the case manager hears of a consent, each of them once."),
    area=Area.CASES,
    decided_by=Role.SUPERVISOR,
    kind=Stages(180),
    initially=(30, 7),
)
_BATCH = 500


@dataclass(frozen=True, slots=True)
class _Managed:
    """A case as far as a message needs it."""

    id: UUID
    code: str
    manager_id: UUID
    is_open: bool


def end_lapsed(session: Session, *, now: datetime) -> int:
    """Stop what stood on the consents whose last day is over; return how many ended.

    What another consent covers goes on: a new one of the same meaning, or a general one.
    """
    today = clock.local_day(now)
    over = _due(session, Consent.valid_until < today)
    if not over:
        return 0
    case_ids = {consent.case_id for consent in over}
    session.execute(by_key(CaseFile, CaseFile.id.in_(case_ids)))
    over = [one for one in lock_all(session, over) if one.withdrawn_at is None]
    for consent in over:
        consent.lapsed_at = now
    ended = _uncovered(session, over, today)
    lost = {consent_id for one in ended for consent_id in one.consent_ids}
    gone = [consent for consent in over if consent.id in lost]
    for consent in gone:
        audit.record(
            session, "consent:lapse", consent, actor=SYSTEM, now=now, fields=(consent.scope,)
        )
    session.flush()
    if ended:
        hooks.announce(session, ConsentsLapsed(ended, now))
        message = N_(
            "A consent in case %(code)s ended on %(day)s, and what stood on it has stopped. Ask"
            " whether it goes on."
        )
        _tell(session, gone, "ended", message, now=now)
    return len(gone)


def warn_ahead(session: Session, *, now: datetime) -> int:
    """Tell case managers which consents end soon, once for each number of days; return how many."""
    today = clock.local_day(now)
    stages = ENDS_BEFORE.on(today)
    told_of = [Consent.told_before.is_(None) | (Consent.told_before > days) for days in stages]
    untold = or_(
        *(
            (Consent.valid_until <= today + timedelta(days=days)) & unsaid
            for days, unsaid in zip(stages, told_of, strict=True)
        )
    )
    soon = _due(session, Consent.valid_until >= today, untold)
    for consent in soon:
        left = (consent.valid_until - today).days
        consent.told_before = min(days for days in stages if left <= days)
    session.flush()
    ending = _not_renewed(session, soon)
    for days in stages:
        message = N_(
            "A consent in case %(code)s ends on %(day)s. Ask whether it goes on, and write it"
            " down before then."
        )
        told_now = [consent for consent in ending if consent.told_before == days]
        _tell(session, told_now, str(days), message, now=now)
    return len(ending)


def _due(session: Session, *conditions: ColumnElement[bool]) -> Sequence[Consent]:
    """Return consents that were neither withdrawn nor swept, those that end first before others."""
    return session.scalars(
        select(Consent)
        .where(Consent.withdrawn_at.is_(None), Consent.lapsed_at.is_(None), *conditions)
        .order_by(Consent.valid_until, Consent.id)
        .limit(_BATCH)
    ).all()


def _uncovered(session: Session, over: Iterable[Consent], today: date) -> tuple[Ended, ...]:
    """Return what holds no more, by case and scope, with all that ended there before."""
    of_case = _by_case(session, over)
    return tuple(
        Ended(case_id, ids, scope)
        for case_id, scope in sorted({(one.case_id, one.scope) for one in over})
        if (
            ids := [
                one.id
                for one in of_case[case_id]
                if one.scope == scope
                and one.withdrawn_at is None
                and covering(of_case[case_id], scope, one.provider_id, today) is None
            ]
        )
    )


def _not_renewed(session: Session, soon: Iterable[Consent]) -> list[Consent]:
    """Leave out what another consent covers on the day after."""
    of_case = _by_case(session, soon)
    return [
        one
        for one in soon
        if covering(
            of_case[one.case_id], one.scope, one.provider_id, one.valid_until + timedelta(days=1)
        )
        is None
    ]


def _by_case(session: Session, consents: Iterable[Consent]) -> dict[UUID, list[Consent]]:
    ids = {consent.case_id for consent in consents}
    found: dict[UUID, list[Consent]] = defaultdict(list)
    for consent in session.scalars(select(Consent).where(Consent.case_id.in_(ids))):
        found[consent.case_id].append(consent)
    return found


def _tell(
    session: Session, consents: Iterable[Consent], stage: str, message: str, *, now: datetime
) -> None:
    """Tell the managers of open cases, once for each case and day."""
    days = sorted({(consent.case_id, consent.valid_until) for consent in consents})
    cases = _managed(session, {case_id for case_id, _day in days})
    inbox.put(
        session,
        [
            sent
            for case_id, day in days
            if cases[case_id].is_open
            for sent in told(
                cases[case_id],
                [cases[case_id].manager_id],
                f"consent:{case_id}:{day}:{stage}",
                message,
                link=f"/cases/{case_id}/consent",
                day=f"{day:%d.%m.%Y}",
            )
        ],
        now=now,
    )


def _managed(session: Session, case_ids: Iterable[UUID]) -> dict[UUID, _Managed]:
    rows = session.execute(
        select(CaseFile.id, CaseFile.code, CaseFile.manager_id, CaseFile.state).where(
            CaseFile.id.in_(case_ids)
        )
    )
    return {
        case_id: _Managed(case_id, code, manager, state != CaseState.CLOSED)
        for case_id, code, manager, state in rows
    }
