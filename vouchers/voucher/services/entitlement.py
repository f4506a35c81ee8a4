"""What a voucher may stand on: an approved line, a live consent, a vetted offering."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, literal, select
from sqlalchemy.orm import Session

from providers.directory.models import Offering
from providers.directory.states import OfferingState
from providers.referrals.models import Referral
from providers.referrals.services import pseudonyms
from providers.referrals.states import HOLDS_A_PLACE
from providers.vetting.services.expiry import last_day
from reintegration.cases.models import Consent
from reintegration.cases.services import agreed
from reintegration.codelists.sayable_names import new_pseudonym
from reintegration.codelists.units import Unit
from reintegration.kernel.db import acting_as_system
from reintegration.kernel.errors import N_, Conflict, Invalid
from reintegration.kernel.locking import hold, lock
from reintegration.kernel.money import Money
from reintegration.kernel.money_columns import InMoney
from reintegration.plans.models import EmergencyStart, PlanLine, PlanLineDelivery
from reintegration.plans.states import EmergencyState, LineOrigin
from vouchers.books.models import BudgetLine
from vouchers.voucher.models import Voucher
from vouchers.voucher.states import VoucherKind


@dataclass(frozen=True, slots=True)
class Basis:
    """By what right a voucher is made: a referral, a chosen offering, or the category alone."""

    line: PlanLine
    referral: Referral | None = None
    offering: Offering | None = None

    @property
    def provider_id(self) -> UUID | None:
        """Return the provider that it is bound to; None when the person chooses."""
        bound = self.referral or self.offering
        return bound.provider_id if bound else None

    @property
    def bound_offering(self) -> Offering | None:
        """Return the offering whose vetting counts."""
        return self.referral.offering if self.referral else self.offering

    @property
    def kind(self) -> VoucherKind:
        """Return whether it counts units or money."""
        return VoucherKind.VALUE if self.line.unit == Unit.AMOUNT else VoucherKind.SERVICE_UNITS

    @property
    def unit_price(self) -> Money:
        """Return the agreed price, or the ceiling per unit of an open voucher."""
        if self.referral is not None:
            return self.referral.unit_price
        if self.offering is not None and self.kind is VoucherKind.SERVICE_UNITS:
            return self.offering.price
        return self.line.approved_unit_price or self.line.unit_price


@dataclass(frozen=True, slots=True)
class Room:
    """What a plan line still allows."""

    units: int
    money: Money


def lock_line(session: Session, line: PlanLine) -> None:
    """Lock the line until the end of the transaction: vouchers of one line are made in turn."""
    lock(session, line)


def ceiling_of(line: PlanLine) -> tuple[int, Money]:
    """Return the units and the money that may be spent on a line."""
    if line.approved_ceiling:
        return line.approved_units, line.approved_ceiling
    if line.origin == LineOrigin.EMERGENCY:
        return line.units, line.ceiling
    return 0, Money.zero(line.currency)


def paid_from(session: Session, line: PlanLine) -> BudgetLine:
    """Return the budget line that pays for a service: the approved one, before that the planned."""
    return session.get_one(BudgetLine, line.approved_budget_line_id or line.budget_line_id)


def room_on(session: Session, line: PlanLine) -> Room:
    """Return what is neither delivered nor promised: what a new voucher may still take.

    What an expired or cancelled voucher released counts as free again.
    """
    units, ceiling = ceiling_of(line)
    promised = session.execute(
        select(
            func.coalesce(func.sum(Voucher.units_left), 0).label("units"),
            InMoney("money", func.sum(Voucher.amount_left_minor), literal(line.currency)),
        ).where(Voucher.plan_line_id == line.id)
    ).one()
    delivered = session.execute(
        select(
            PlanLineDelivery.units,
            InMoney("money", PlanLineDelivery.amount_minor, literal(line.currency)),
        ).where(PlanLineDelivery.plan_line_id == line.id)
    ).one_or_none()
    used, spent = delivered or (0, Money.zero(line.currency))
    return Room(units=units - int(promised.units) - used, money=ceiling - promised.money - spent)


def refuse_unready_line(session: Session, line: PlanLine, *, now: datetime) -> None:
    """Raise Conflict unless the line may be spent: approved, or an emergency that holds."""
    if line.removed_at is not None:
        raise Conflict(N_("This service was taken out of the plan."), code="line_removed")
    if line.origin == LineOrigin.EMERGENCY:
        started = session.scalar(
            select(EmergencyStart).where(EmergencyStart.case_id == line.case_id)
        )
        if started is None or started.holds(now):
            return
        if started.state is EmergencyState.REFUSED:
            raise Conflict(N_("The emergency start was refused."), code="emergency_refused")
        raise Conflict(
            N_("Nobody decided on the emergency help in time: a supervisor must decide first."),
            code="emergency_overdue",
        )
    if not line.is_approved:
        raise Conflict(
            N_("This service is not approved yet. Submit the plan first."), code="line_unapproved"
        )


def refuse_unvetted(session: Session, basis: Basis, *, today: date, until: date) -> None:
    """Raise Conflict unless the referral stands and its offering is approved all the way.

    Both are held: neither ends while a voucher is made on them.
    """
    offering = basis.bound_offering
    if offering is not None:
        hold(session, offering)
    if basis.referral is not None and hold(session, basis.referral).state not in HOLDS_A_PLACE:
        raise Conflict(N_("The provider has not accepted yet."), code="referral_open")
    if offering is None:
        return
    if offering.category != basis.line.category or offering.currency != basis.line.currency:
        raise Conflict(N_("This offering does not fit the planned service."), code="offering")
    if offering.state != OfferingState.APPROVED:
        raise Conflict(N_("The provider's offering is not approved now."), code="offering")
    last = approved_through(session, offering)
    if last is not None and last < max(today, until):
        raise Invalid(
            N_("The offering is approved until %(day)s only. Choose an earlier last day."),
            code="valid_until",
            field="valid_until",
            day=last,
        )


def approved_through(session: Session, offering: Offering) -> date | None:
    """Return the last day on which an approval and the documents beneath it hold; None: no end.

    Case people do not read the documents of a provider; when they end decides all the same.
    """
    with acting_as_system(session):
        return last_day(offering)


def refuse_after_fund(line: BudgetLine, until: date) -> None:
    """Raise Invalid for a last day after the end of the fund that pays."""
    if until > line.fund.ends_on:
        raise Invalid(
            N_(
                "The money of “%(fund)s” is for what is given until %(day)s. Choose an earlier day."
            ),
            code="valid_until",
            field="valid_until",
            fund=line.fund.name,
            day=line.fund.ends_on,
        )


def consent_for(
    session: Session, line: PlanLine, provider_id: UUID | None, *, today: date, until: date
) -> Consent:
    """Return the consent that a voucher stands on; it never outlives it."""
    found = agreed.require_shared(session, line.case_id, provider_id, today=today)
    if until > found.until:
        raise Invalid(
            N_("The consent ends on %(day)s. Choose an earlier last day, or renew the consent."),
            code="valid_until",
            field="valid_until",
            day=found.until,
        )
    return found.sharing


def pseudonym_for(session: Session, basis: Basis) -> str:
    """Return what the provider calls this person; an open voucher has words of its own."""
    if basis.referral is not None:
        return basis.referral.pseudonym
    if basis.provider_id is None:
        return new_pseudonym()
    return pseudonyms.pseudonym_for(
        session, case_id=basis.line.case_id, provider_id=basis.provider_id
    )
