"""Reading claims. Who reads for a provider's books never sees a pseudonym or a voucher."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select, union_all
from sqlalchemy.orm import Session, joinedload, lazyload, selectinload

from reintegration.accounts.models import Organisation
from reintegration.kernel import bounded, clock, permissions
from reintegration.kernel.actor import Actor, Role
from reintegration.kernel.bounded import Count, Pile
from reintegration.kernel.dated_rules import Area, DatedRule
from reintegration.kernel.errors import N_, or_404
from reintegration.kernel.money import Money
from reintegration.kernel.money_columns import InMoney
from reintegration.kernel.rule_kinds import Days
from reintegration.kernel.search import has_words, is_called
from reintegration.kernel.states import StateEvent
from reintegration.web.paging import Page, page_of
from vouchers.payments.models import Claim, ClaimLine, PaymentOrder
from vouchers.payments.permissions import ClaimPermission
from vouchers.payments.states import ClaimLineState, ClaimState
from vouchers.voucher.models import Redemption, Voucher
from vouchers.voucher.services.validity import covers
from vouchers.voucher.states import RedemptionState, VoucherState

_READING = (ClaimPermission.VIEW, ClaimPermission.VIEW_OWN)
LATE_AFTER = DatedRule(
    code="payments.late_claim_after",
    title=N_("A delivery is claimed late after"),
    says=N_("Lines of a claim for an older delivery are marked, for whoever checks it."),
    area=Area.MONEY,
    decided_by=Role.FINANCE_APPROVER,
    kind=Days(1, 366),
    initially=timedelta(days=60),
)
AT_ONCE = 100
"""How many deliveries a claim, and how many claims a batch is made of: the oldest come first."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """A delivery as a bookkeeper sees it: what is on the receipt and nothing about anybody."""

    id: UUID
    receipt: str
    category: str
    unit: str
    units: int
    amount: Money
    delivered_on: date


@dataclass(frozen=True, slots=True)
class Checked:
    """A line of a claim beside what it is checked against, with what speaks against it."""

    line: ClaimLine
    delivered: Delivered
    voucher: str
    proof: str
    authorised: Money
    delivery_state: str
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unclaimed:
    """What a provider delivered in one currency and has not claimed."""

    currency: str
    count: int
    amount: Money
    since: date


@dataclass(frozen=True, slots=True)
class Ready:
    """Checked claims that a batch could pay now, in one currency."""

    sum: Money
    claims: Count
    payees: int


def claim_or_404(session: Session, actor: Actor, claim_id: UUID) -> Claim:
    """Return a claim within reach, with its lines, or raise NotFound."""
    return or_404(
        session.scalar(
            permissions.visible(actor, Claim, *_READING)
            .where(Claim.id == claim_id)
            .options(selectinload(Claim.lines).options(lazyload(ClaimLine.redemption)))
        )
    )


def claim_line_or_404(session: Session, actor: Actor, claim_id: UUID, line_id: UUID) -> ClaimLine:
    """Return a line of a claim within reach or raise NotFound."""
    return or_404(
        session.scalar(
            select(ClaimLine)
            .join(Claim)
            .where(
                ClaimLine.id == line_id,
                Claim.id == claim_id,
                permissions.where(actor, Claim, *_READING),
            )
            .options(joinedload(ClaimLine.claim), joinedload(ClaimLine.redemption))
        )
    )


def unclaimed(
    session: Session,
    actor: Actor,
    *,
    currency: str,
    since: date | None = None,
    until: date | None = None,
) -> list[Delivered]:
    """Return what the actor's provider delivered and has not claimed: the oldest `AT_ONCE`."""
    statement = _deliveries().where(*_not_claimed(actor), Redemption.currency == currency)
    if since is not None:
        statement = statement.where(Redemption.delivered_on >= since)
    if until is not None:
        statement = statement.where(Redemption.delivered_on <= until)
    oldest = statement.order_by(Redemption.delivered_on, Redemption.receipt).limit(AT_ONCE)
    rows = session.execute(oldest)
    return [_delivered(row) for row in rows]


def unclaimed_sums(session: Session, actor: Actor) -> list[Unclaimed]:
    """Return the sums of what was not claimed, by currency."""
    rows = session.execute(
        select(
            Redemption.currency,
            func.count(),
            InMoney("sum", func.sum(Redemption.amount_minor), Redemption.currency),
            func.min(Redemption.delivered_on),
        )
        .where(*_not_claimed(actor))
        .group_by(Redemption.currency)
        .order_by(Redemption.currency)
    )
    return [Unclaimed(*row) for row in rows]


def _not_claimed(actor: Actor) -> list[ColumnElement[bool]]:
    return [
        Redemption.provider_id == actor.organisation_id,
        Redemption.state == RedemptionState.ACCEPTED,
        ~Redemption.claimed,
    ]


def _deliveries() -> Select[*tuple[Any, ...]]:
    return select(
        Redemption.id,
        Redemption.receipt,
        Voucher.category,
        Voucher.unit,
        Redemption.units,
        Redemption.amount,
        Redemption.delivered_on,
    ).join(Voucher, Voucher.id == Redemption.voucher_id)


def _delivered(row: Row[*tuple[Any, ...]]) -> Delivered:
    return Delivered(
        row.id, row.receipt, row.category, row.unit, row.units, row.amount, row.delivered_on
    )


def deliveries_of(session: Session, claim: Claim) -> dict[UUID, Delivered]:
    """Return the deliveries of a claim's lines by line id, for the provider's books."""
    rows = session.execute(
        _deliveries()
        .join(ClaimLine, ClaimLine.redemption_id == Redemption.id)
        .add_columns(ClaimLine.id.label("line_id"))
        .where(ClaimLine.claim_id == claim.id)
    )
    return {row.line_id: _delivered(row) for row in rows}


def checked_lines(session: Session, claim: Claim) -> list[Checked]:
    """Return each line beside its redemption and its voucher, flagged; three queries."""
    rows = session.execute(
        _deliveries()
        .join(ClaimLine, ClaimLine.redemption_id == Redemption.id)
        .add_columns(
            ClaimLine.id.label("line_id"),
            Voucher.id.label("voucher_id"),
            Voucher.reference,
            InMoney("authorised", Voucher.amount_minor, Voucher.currency),
            Voucher.state.label("voucher_state"),
            Voucher.valid_from,
            Voucher.valid_until,
            Redemption.proof,
            Redemption.state.label("delivery_state"),
        )
        .where(ClaimLine.claim_id == claim.id)
        .order_by(Redemption.delivered_on, Redemption.receipt)
    ).all()
    vouchers = {row.voucher_id for row in rows}
    twice = _same_day(session, vouchers)
    spent = _delivered_by_voucher(session, vouchers)
    lines = {line.id: line for line in claim.lines}
    found, claimed_on = [], clock.local_day(claim.created_at)
    for row in rows:
        delivered, voucher = _delivered(row), row.voucher_id
        flags = []
        if (voucher, delivered.delivered_on) in twice:
            flags.append("same_day")
        if claimed_on - delivered.delivered_on > LATE_AFTER.on(claimed_on):
            flags.append("late")
        if voucher in spent and spent[voucher] > row.authorised:
            flags.append("over_plan")
        if not covers(row.valid_from, row.valid_until, delivered.delivered_on):
            flags.append("outside_validity")
        if lines[row.line_id].amount != delivered.amount:
            flags.append("amount_differs")
        if row.delivery_state != RedemptionState.ACCEPTED:
            flags.append("taken_back")
        if row.voucher_state == VoucherState.DRAFT:
            flags.append("not_authorised")
        found.append(
            Checked(
                line=lines[row.line_id],
                delivered=delivered,
                voucher=row.reference,
                proof=row.proof,
                authorised=row.authorised,
                delivery_state=row.delivery_state,
                flags=tuple(flags),
            )
        )
    return found


def _same_day(session: Session, vouchers: set[UUID]) -> set[tuple[UUID, date]]:
    rows = session.execute(
        select(Redemption.voucher_id, Redemption.delivered_on)
        .where(Redemption.voucher_id.in_(vouchers), Redemption.state == RedemptionState.ACCEPTED)
        .group_by(Redemption.voucher_id, Redemption.delivered_on)
        .having(func.count() > 1)
    )
    return {(voucher_id, day) for voucher_id, day in rows}


def _delivered_by_voucher(session: Session, vouchers: set[UUID]) -> dict[UUID, Money]:
    delivered = InMoney("sum", func.sum(Redemption.amount_minor), Redemption.currency)
    rows = session.execute(
        select(Redemption.voucher_id, delivered)
        .where(Redemption.voucher_id.in_(vouchers), Redemption.state == RedemptionState.ACCEPTED)
        .group_by(Redemption.voucher_id, Redemption.currency)
    )
    return dict(rows.all())


def claims_page(
    session: Session,
    actor: Actor,
    *,
    states: Sequence[ClaimState] = (),
    search: str = "",
    cursor: str | None = None,
) -> Page[Claim]:
    """Return a page of claims, the newest first."""
    statement = permissions.visible(actor, Claim, *_READING).options(
        selectinload(Claim.lines).options(lazyload(ClaimLine.redemption))
    )
    if states:
        statement = statement.where(Claim.state.in_(states))
    if search.strip():
        statement = statement.where(_is_sought(session, search))
    return page_of(session, statement, keys=(Claim.created_at, Claim.id), cursor=cursor)


def _is_sought(session: Session, search: str) -> ColumnElement[bool]:
    """Return whether a claim, its invoice or its provider is called so."""
    named = session.scalars(
        select(Organisation.id).where(has_words(search, Organisation.name))
    ).all()
    called = is_called(Claim, search)
    # Asked together, PostgreSQL would look at every claim, though mostly no provider is called so.
    return or_(called, Claim.provider_id.in_(named)) if named else called


def counts(session: Session, actor: Actor) -> dict[str, Count]:
    """Return how many claims stand in each state; a draft is its provider's alone."""
    listed = permissions.visible(actor, Claim, *_READING)
    seen = set(ClaimState) if actor.is_provider else set(ClaimState) - {ClaimState.DRAFT}
    return bounded.count_each(
        session,
        {state: listed.where(Claim.state == state) for state in seen},
        along=(Claim.created_at, Claim.id),
    )


def waiting_pile(session: Session, actor: Actor, state: ClaimState) -> Pile:
    """Return the claims in a state: how many, since when, of how much."""
    found = permissions.visible(actor, Claim, *_READING).where(Claim.state == state)
    worth = Claim.invoiced_minor, Claim.currency
    return bounded.pile(session, found, since=Claim.created_at, worth=worth)


@dataclass(frozen=True, slots=True)
class Sent:
    """A claim that waits, with the name of its provider."""

    claim: Claim
    provider: str


def oldest_submitted(session: Session, actor: Actor, *, limit: int) -> list[Sent]:
    """Return the claims that wait longest for their check."""
    rows = session.execute(
        permissions.visible(actor, Claim, *_READING)
        .add_columns(Organisation.name)
        .join(Organisation, Organisation.id == Claim.provider_id)
        .where(Claim.state == ClaimState.SUBMITTED)
        .order_by(Claim.created_at, Claim.id)
        .limit(limit)
    )
    return [Sent(claim, provider) for claim, provider in rows]


def earned_by_day(session: Session, actor: Actor, currency: str, first: date) -> dict[date, int]:
    """Return what the actor's provider delivered on each day from `first` on, in minor units."""
    day = Redemption.delivered_on
    rows = session.execute(
        select(day, func.sum(Redemption.amount_minor))
        .where(
            Redemption.provider_id == actor.organisation_id,
            Redemption.recorded_at >= clock.start_of(first),
            Redemption.state == RedemptionState.ACCEPTED,
            Redemption.currency == currency,
            day >= first,
        )
        .group_by(day)
    )
    return {on: int(minor) for on, minor in rows}


def ready_sums(session: Session, currencies: Sequence[str]) -> list[Ready]:
    """Return what the claims that `ready_for_payment` brings are worth together, by currency.

    Only currencies in which there is something.
    """
    columns = Claim.id, Claim.provider_id, Claim.currency
    each = (_checked(currency).with_only_columns(*columns).subquery() for currency in currencies)
    oldest = union_all(*map(select, each)).subquery()
    kept = and_(ClaimLine.claim_id == oldest.c.id, ClaimLine.state != ClaimLineState.REFUSED)
    rows = session.execute(
        select(
            InMoney("sum", func.sum(ClaimLine.amount_minor), oldest.c.currency),
            func.count(oldest.c.id.distinct()).label("claims"),
            func.count(oldest.c.provider_id.distinct()).label("payees"),
        )
        .select_from(oldest)
        .outerjoin(ClaimLine, kept)
        .group_by(oldest.c.currency)
    ).all()
    found = [Ready(row.sum, Count(row.claims), row.payees) for row in rows]
    return sorted(found, key=lambda one: currencies.index(one.sum.currency))


def ready_for_payment(session: Session, currency: str) -> list[tuple[Claim, Money]]:
    """Return the checked claims in a currency, the oldest `AT_ONCE`, by provider and age.

    With each what it is worth: its lines are not read for that.
    """
    kept = select(func.sum(ClaimLine.amount_minor)).where(
        ClaimLine.claim_id == Claim.id, ClaimLine.state != ClaimLineState.REFUSED
    )
    worth = InMoney("worth", kept.scalar_subquery(), Claim.currency)
    oldest = session.execute(_checked(currency).add_columns(worth)).all()
    return sorted(
        ((row.Claim, row.worth) for row in oldest),
        key=lambda ready: (ready[0].provider_id, ready[0].created_at),
    )


def _checked(currency: str) -> Select[Claim]:
    return (
        select(Claim)
        .where(Claim.state == ClaimState.CHECKED, Claim.currency == currency)
        .order_by(Claim.created_at, Claim.id)
        .limit(AT_ONCE)
    )


def order_of(session: Session, claim: Claim) -> PaymentOrder | None:
    """Return the order that pays a claim; what a provider may see of it is its own row."""
    if claim.payment_order_id is None:
        return None
    return session.scalar(
        select(PaymentOrder)
        .where(PaymentOrder.id == claim.payment_order_id)
        .options(lazyload(PaymentOrder.batch))
    )


def history(session: Session, aggregate: str, aggregate_id: UUID) -> Sequence[StateEvent]:
    """Return what happened to a claim or a batch, the newest first."""
    return session.scalars(
        select(StateEvent)
        .where(StateEvent.aggregate == aggregate, StateEvent.aggregate_id == aggregate_id)
        .order_by(StateEvent.id.desc())
    ).all()
