"""Reading vouchers: case people see those of their caseload, finance and the auditor all."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, literal, select, true
from sqlalchemy.orm import Session, defer, selectinload

from providers.directory.models import Offering, Site
from providers.directory.states import OfferingState
from providers.referrals.models import Referral
from providers.referrals.states import HOLDS_A_PLACE
from reintegration.cases.models import CaseFile
from reintegration.kernel import bounded, codes, permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.bounded import Pile
from reintegration.kernel.errors import or_404
from reintegration.kernel.money import Money
from reintegration.kernel.money_columns import InMoney
from reintegration.plans.models import PlanLine
from reintegration.plans.states import LineOrigin
from reintegration.web.paging import Page, page_of
from vouchers.voucher.models import Redemption, Voucher
from vouchers.voucher.permissions import VoucherPermission
from vouchers.voucher.states import HELD, OPEN_STATES, RedemptionState, VoucherState

_BYTES = (
    Voucher.code_hash,
    Voucher.secret_hash,
    Voucher.print_sealed,
    Voucher.pin_salt,
    Voucher.pin_verifier,
)


@dataclass(frozen=True, slots=True)
class VoucherFilter:
    """What a list is narrowed to; empty means all."""

    state: str = ""
    category: str = ""
    provider_id: UUID | None = None
    reference: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is narrowed."""
        return self == VoucherFilter()


def voucher_or_404(session: Session, actor: Actor, voucher_id: UUID) -> Voucher:
    """Return a voucher within the actor's reach; foreign and missing ones raise NotFound."""
    visible = permissions.visible(actor, Voucher, VoucherPermission.VIEW)
    return or_404(session.scalar(visible.where(Voucher.id == voucher_id)))


def line_or_404(session: Session, actor: Actor, line_id: UUID) -> PlanLine:
    """Return a plan line of the caseload, or raise NotFound."""
    return or_404(
        session.scalar(
            permissions.visible(actor, PlanLine, VoucherPermission.DRAFT).where(
                PlanLine.id == line_id
            )
        )
    )


def vouchers_page(
    session: Session, actor: Actor, sought: VoucherFilter, *, cursor: str | None
) -> Page[Voucher]:
    """Return a page of vouchers, newest first."""
    waits = _waiting(actor).get(sought.state)
    statement = permissions.visible(actor, Voucher, VoucherPermission.VIEW)
    statement = (statement if waits is None else waits).options(*map(defer, _BYTES))
    if sought.state and waits is None:
        statement = statement.where(*_standing(sought.state))
    if sought.category:
        statement = statement.where(Voucher.category == sought.category)
    if sought.provider_id:
        statement = statement.where(Voucher.provider_id == sought.provider_id)
    if sought.reference:
        statement = statement.where(Voucher.reference == sought.reference)
    return page_of(session, statement, keys=(Voucher.created_at, Voucher.id), cursor=cursor)


def _standing(shown: str) -> tuple[ColumnElement[bool], ...]:
    """Return what a voucher is that is shown as `shown`; a held one is not shown as its state."""
    if shown in {"open", HELD}:
        is_open = Voucher.state.in_(OPEN_STATES)
        return (is_open, Voucher.live_holds > 0) if shown == HELD else (is_open,)
    if shown in OPEN_STATES:
        return (Voucher.state == shown, Voucher.live_holds == 0)
    return (Voucher.state == shown,)


def case_codes(session: Session, actor: Actor, ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the codes of the cases among `ids` that the actor works on."""
    wanted = actor.caseload & set(ids)
    if not wanted:
        return {}
    rows = session.execute(select(CaseFile.id, CaseFile.code).where(CaseFile.id.in_(wanted)))
    return {row.id: row.code for row in rows}


def successor(session: Session, voucher: Voucher) -> Voucher | None:
    """Return the voucher that replaces this one."""
    return session.scalar(select(Voucher).where(Voucher.replaces_id == voucher.id))


def of_lines(session: Session, line_ids: Sequence[UUID]) -> Sequence[Voucher]:
    """Return every voucher of these plan lines, newest first."""
    return session.scalars(
        select(Voucher)
        .options(*(defer(column) for column in _BYTES))
        .where(Voucher.plan_line_id.in_(line_ids))
        .order_by(Voucher.created_at.desc(), Voucher.id)
    ).all()


def approved_by_rule(
    session: Session, line: PlanLine, *, since: datetime, but: UUID | None
) -> Money:
    """Return the sum of what was made since then for a service of a case, approved by rule.

    What an emergency promised has a limit and a second person of its own. A voucher that replaces
    another promises nothing new, and one that was cancelled unused promised nothing.
    """
    used = select(Redemption.id).where(
        Redemption.voucher_id == Voucher.id,
        Redemption.state.in_((RedemptionState.ACCEPTED, RedemptionState.UNCONFIRMED)),
    )
    found = session.scalar(
        select(InMoney("sum", func.sum(Voucher.amount_minor), literal(line.currency)))
        .join(PlanLine, PlanLine.id == Voucher.plan_line_id)
        .where(
            Voucher.case_id == line.case_id,
            Voucher.created_at > since,
            Voucher.category == line.category,
            Voucher.currency == line.currency,
            Voucher.approved_automatically,
            Voucher.replaces_id.is_(None),
            PlanLine.origin == LineOrigin.PLAN,
            (Voucher.state != VoucherState.CANCELLED) | used.exists(),
            Voucher.id != but if but else true(),
        )
    )
    return found or Money.zero(line.currency)


def of_referral(session: Session, referral: Referral) -> Sequence[Voucher]:
    """Return the vouchers that stand on a referral, newest first."""
    return [
        voucher
        for voucher in of_lines(session, [referral.plan_line_id])
        if voucher.referral_id == referral.id
    ]


TO_APPROVE, TO_ISSUE = "to_approve", "to_issue"


def _waiting(actor: Actor) -> dict[str, Select[Voucher]]:
    """Return what waits for the actor: drafts to approve, and what they drafted and may issue."""
    approves = permissions.visible(actor, Voucher, VoucherPermission.APPROVE)
    issues = permissions.visible(actor, Voucher, VoucherPermission.ISSUE)
    return {
        TO_APPROVE: approves.where(Voucher.state == VoucherState.DRAFT),
        TO_ISSUE: issues.where(
            Voucher.state == VoucherState.APPROVED, Voucher.drafted_by.in_(actor.eyes)
        ),
    }


def to_approve(actor: Actor) -> Select[Voucher]:
    """Return the select of the drafts that the actor may approve."""
    return _waiting(actor)[TO_APPROVE]


def oldest_to_approve(session: Session, actor: Actor) -> Sequence[Voucher]:
    """Return the drafts that the actor may approve, the longest wait first."""
    return session.scalars(
        to_approve(actor)
        .options(*map(defer, _BYTES))
        .order_by(Voucher.created_at, Voucher.id)
        .limit(bounded.AT_ONCE)
    ).all()


def waiting_pile(session: Session, actor: Actor, waits: str) -> Pile:
    """Return what waits for the actor, to be approved or to be issued."""
    worth = Voucher.amount_minor, Voucher.currency
    return bounded.pile(session, _waiting(actor)[waits], since=Voucher.created_at, worth=worth)


def accepted_referrals(session: Session, line: PlanLine) -> Sequence[Referral]:
    """Return the referrals of a line that a provider accepted, newest first."""
    return session.scalars(
        select(Referral)
        .where(Referral.plan_line_id == line.id, Referral.state.in_(HOLDS_A_PLACE))
        .order_by(Referral.answered_at.desc(), Referral.id)
    ).all()


def lines_with_acceptance(session: Session, line_ids: Sequence[UUID]) -> frozenset[UUID]:
    """Return which of these lines have a provider that accepted and is approved for it."""
    return frozenset(
        session.scalars(
            select(Referral.plan_line_id)
            .join(Offering, Offering.id == Referral.offering_id)
            .where(
                Referral.plan_line_id.in_(line_ids),
                Referral.state.in_(HOLDS_A_PLACE),
                Offering.state == OfferingState.APPROVED,
            )
        )
    )


def emergency_offerings(session: Session, line: PlanLine, *, limit: int = 12) -> Sequence[Offering]:
    """Return the approved offerings that an emergency line can pay, the cheapest first."""
    statement = select(Offering).where(
        Offering.category == line.category,
        Offering.state == OfferingState.APPROVED,
        Offering.currency == line.currency,
    )
    if line.unit != "amount":
        statement = statement.where(
            Offering.unit == line.unit, Offering.price_minor <= line.unit_price_minor
        )
    cheapest = statement.order_by(Offering.price_minor, Offering.id).limit(limit)
    return (
        session.scalars(cheapest.options(selectinload(Offering.site).selectinload(Site.place)))
        .unique()
        .all()
    )


def redemptions_of(session: Session, voucher: Voucher) -> Sequence[Redemption]:
    """Return the deliveries on a voucher, newest first."""
    return session.scalars(
        select(Redemption)
        .where(Redemption.voucher_id == voucher.id)
        .order_by(Redemption.recorded_at.desc(), Redemption.id)
    ).all()


def references_of(session: Session, ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the references of vouchers by id."""
    rows = session.execute(select(Voucher.id, Voucher.reference).where(Voucher.id.in_(ids)))
    return {row.id: row.reference for row in rows}


def called(session: Session, reference: str) -> Select[UUID]:
    """Return the ids of the vouchers that are called so, however it is spelled, as a question."""
    del session  # it is asked within the statement that needs them
    return select(Voucher.id).where(Voucher.reference == codes.compact(reference))
