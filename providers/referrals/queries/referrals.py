"""Reading referrals: case people see those of their cases, providers those sent to them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from providers.directory.models import Offering
from providers.directory.states import OfferingState
from providers.referrals.models import Referral
from providers.referrals.permissions import ReferralPermission
from providers.referrals.states import HOLDS_A_PLACE, OPEN_REFERRALS, ReferralState
from reintegration.accounts.models import User
from reintegration.accounts.queries.users import organisation_names
from reintegration.cases.models import CaseFile
from reintegration.cases.services.consent import Ended
from reintegration.kernel import bounded, permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.bounded import Count, Pile
from reintegration.kernel.db import acting_as_system
from reintegration.kernel.errors import or_404
from reintegration.plans.models import PlanLineDelivery
from reintegration.web.paging import Page, page_of

_COUNTS_AGAINST_THE_LINE = (
    ReferralState.REQUESTED,
    ReferralState.ACCEPTED,
    ReferralState.IN_PROGRESS,
    ReferralState.COMPLETED,
)


@dataclass(frozen=True, slots=True)
class CaseManager:
    """Whom a provider reaches the person through: a worker of ours, never the person."""

    name: str
    email: str


def asked_through(session: Session, referral: Referral) -> CaseManager | None:
    """Return who manages the case now, while the request is open; read as the system."""
    if referral.state not in OPEN_REFERRALS:
        return None
    with acting_as_system(session):
        row = session.execute(
            select(User.name, User.email)
            .join(CaseFile, CaseFile.manager_id == User.id)
            .where(CaseFile.id == referral.case_id, User.disabled_at.is_(None))
        ).first()
    return CaseManager(row.name, row.email) if row else None


def referral_or_404(session: Session, actor: Actor, referral_id: UUID) -> Referral:
    """Return a referral of the actor's cases; foreign and missing ones raise NotFound."""
    return _one(session, _of_cases(actor), referral_id)


def request_or_404(session: Session, actor: Actor, referral_id: UUID) -> Referral:
    """Return what the actor's provider was asked; foreign and missing ones raise NotFound."""
    return _one(session, _asked(actor), referral_id)


def _one(session: Session, statement: Select[Referral], referral_id: UUID) -> Referral:
    return or_404(session.scalar(statement.where(Referral.id == referral_id)))


def _of_cases(actor: Actor) -> Select[Referral]:
    return permissions.visible(actor, Referral, ReferralPermission.VIEW)


def _asked(actor: Actor) -> Select[Referral]:
    return permissions.visible(actor, Referral, ReferralPermission.READ_REQUEST)


def for_lines(session: Session, plan_line_ids: Sequence[UUID]) -> Sequence[Referral]:
    """Return every referral of these plan lines, newest first."""
    return session.scalars(
        select(Referral)
        .where(Referral.plan_line_id.in_(plan_line_ids))
        .order_by(Referral.requested_at.desc().nulls_first(), Referral.id)
    ).all()


def units_spoken_for(session: Session, plan_line_id: UUID) -> int:
    """Return how many units of a line are asked for, accepted or delivered already.

    What was asked of an offering that is approved no more does not count: another may be asked.
    """
    asked = session.scalar(
        select(func.coalesce(func.sum(Referral.units), 0))
        .join(Offering, Offering.id == Referral.offering_id)
        .where(
            Referral.plan_line_id == plan_line_id,
            Referral.state.in_(_COUNTS_AGAINST_THE_LINE),
            or_(
                Referral.state == ReferralState.COMPLETED, Offering.state == OfferingState.APPROVED
            ),
        )
    )
    delivered = session.scalar(
        select(PlanLineDelivery.units).where(PlanLineDelivery.plan_line_id == plan_line_id)
    )
    return max(int(asked or 0), int(delivered or 0))


@dataclass(frozen=True, slots=True)
class ReferralRow:
    """One line of a case manager's list."""

    referral: Referral
    case_code: str
    provider_name: str


def referrals_page(
    session: Session, actor: Actor, *, state: str = "", mine: bool = False, cursor: str | None
) -> tuple[Page[Referral], dict[UUID, ReferralRow]]:
    """Return a page of referrals, newest first, with case codes and provider names by id."""
    statement = _of_cases(actor)
    if state in set(ReferralState):
        statement = statement.where(Referral.state == state)
    elif state == "open":
        statement = statement.where(Referral.state.in_(OPEN_REFERRALS))
    if mine:
        statement = statement.where(Referral.requested_by.in_(actor.eyes))
    page = page_of(session, statement, keys=(Referral.created_at, Referral.id), cursor=cursor)
    codes = case_codes(session, [referral.case_id for referral in page.rows])
    names = organisation_names(session, [referral.provider_id for referral in page.rows])
    return page, {
        referral.id: ReferralRow(
            referral, codes.get(referral.case_id, ""), names.get(referral.provider_id, "")
        )
        for referral in page.rows
    }


def requests_page(
    session: Session, actor: Actor, *, state: str = "", cursor: str | None
) -> Page[Referral]:
    """Return a page of what a provider was asked, newest first."""
    statement = _asked(actor)
    if state in set(ReferralState):
        statement = statement.where(Referral.state == state)
    return page_of(session, statement, keys=(Referral.created_at, Referral.id), cursor=cursor)


def waiting_count(session: Session, actor: Actor) -> Count:
    """Return how many requests wait for an answer of the actor's provider."""
    waiting = _asked(actor).where(Referral.state == ReferralState.REQUESTED)
    return bounded.count(session, waiting)


def waiting_pile(session: Session, actor: Actor) -> Pile:
    """Return how many requests wait for an answer of the actor's provider, and since when."""
    waiting = _asked(actor).where(Referral.state == ReferralState.REQUESTED)
    return bounded.pile(session, waiting, since=Referral.created_at)


def beginning_by_day(session: Session, actor: Actor, first: date, last: date) -> dict[date, int]:
    """Return how many of those whom the actor's provider accepted begin on each of these days."""
    rows = session.execute(
        _asked(actor)
        .with_only_columns(Referral.starts_on, func.count(), maintain_column_froms=True)
        .where(Referral.state == ReferralState.ACCEPTED, Referral.starts_on.between(first, last))
        .group_by(Referral.starts_on)
        .order_by(None)
    )
    return dict(rows.all())


def due_for_expiry(session: Session, now: datetime) -> Sequence[Referral]:
    """Return the requests whose time to answer has passed."""
    return session.scalars(
        select(Referral)
        .where(
            Referral.state == ReferralState.REQUESTED,
            Referral.answer_by.is_not(None),
            Referral.answer_by < now,
        )
        .order_by(Referral.id)
        .with_for_update(of=Referral, skip_locked=True, key_share=True)
    ).all()


def open_without(session: Session, shared: Collection[Ended]) -> Sequence[Referral]:
    """Return the referrals that are not ended and lose their ground with consents to tell.

    A "no" to one provider also ends what was asked of it under a general "yes".
    """
    lost: list[ColumnElement[bool]] = []
    for ended in shared:
        of_case = Referral.case_id == ended.case_id
        lost.append(of_case & Referral.consent_id.in_(ended.consent_ids))
        if ended.provider_id is not None:
            lost.append(of_case & (Referral.provider_id == ended.provider_id))
    if not lost:
        return ()
    return session.scalars(
        select(Referral).where(or_(*lost), Referral.state.in_(OPEN_REFERRALS)).order_by(Referral.id)
    ).all()


def of_cases(session: Session, case_ids: Collection[UUID]) -> Sequence[Referral]:
    """Return every referral of these cases, those that have ended too."""
    return session.scalars(select(Referral).where(Referral.case_id.in_(case_ids))).all()


def open_in_cases(session: Session, case_ids: Collection[UUID]) -> Sequence[Referral]:
    """Return the referrals of some cases that are not ended."""
    if not case_ids:
        return ()
    return session.scalars(
        select(Referral)
        .where(Referral.case_id.in_(case_ids), Referral.state.in_(OPEN_REFERRALS))
        .order_by(Referral.id)
    ).all()


def open_at_offerings(session: Session, offering_ids: Collection[UUID]) -> Sequence[Referral]:
    """Return the referrals at some offerings that are not ended."""
    return session.scalars(
        select(Referral)
        .where(Referral.offering_id.in_(offering_ids), Referral.state.in_(OPEN_REFERRALS))
        .order_by(Referral.id)
    ).all()


def revealed_sites(session: Session, actor: Actor) -> frozenset[UUID]:
    """Return the sites that accepted somebody of the actor's caseload: their place may be read."""
    if not permissions.could(actor, ReferralPermission.VIEW):
        return frozenset()
    return frozenset(session.scalars(receiving_sites(actor)))


def receiving_sites(actor: Actor) -> Select[UUID]:
    """Return the select of the sites that hold a place for somebody of the actor's caseload."""
    return (
        select(Offering.site_id)
        .join(Referral, Referral.offering_id == Offering.id)
        .where(
            permissions.where(actor, Referral, ReferralPermission.VIEW),
            Referral.state.in_(HOLDS_A_PLACE),
        )
    )


def case_codes(session: Session, case_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Return the codes of the cases that the session may see, by id."""
    return dict(
        session.execute(select(CaseFile.id, CaseFile.code).where(CaseFile.id.in_(case_ids))).all()
    )


def open_count(session: Session, case_id: UUID) -> int:
    """Return how many sent referrals of a case are not ended."""
    states = [state for state in OPEN_REFERRALS if state is not ReferralState.DRAFT]
    return (
        session.scalar(
            select(func.count()).where(Referral.case_id == case_id, Referral.state.in_(states))
        )
        or 0
    )
