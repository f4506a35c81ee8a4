"""Making vouchers: drafted on a plan line, approved by rule or by a second person, issued.

No voucher without an approved line or an emergency allowance, a live consent, a vetted offering,
and money on a budget line. Vouchers of one line are made in turn, under the line's lock.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from providers.directory.models import Offering
from providers.referrals.models import Referral
from reintegration.cases.models import CaseFile
from reintegration.cases.services.open_cases import require_open
from reintegration.codelists.eligibility import Wanted, mismatch
from reintegration.kernel import permissions
from reintegration.kernel.actor import SYSTEM, Actor, Role
from reintegration.kernel.clock import local_day
from reintegration.kernel.dated_rules import Area, DatedRule, stood
from reintegration.kernel.errors import N_, Conflict, Invalid
from reintegration.kernel.ids import new_id, new_reference
from reintegration.kernel.locking import lock
from reintegration.kernel.money import Money
from reintegration.kernel.rule_kinds import Amounts, Days
from reintegration.kernel.signing import sign, signed
from reintegration.plans.models import PlanLine
from reintegration.plans.queries import provision
from reintegration.plans.services.deliveries import expect_deliveries
from reintegration.plans.states import LineOrigin
from vouchers.books.services import budget
from vouchers.books.services.journal import Dimensions, Posting, Source, post
from vouchers.books.services.postings import PostingEvent
from vouchers.books.states import SourceType
from vouchers.voucher.models import Voucher
from vouchers.voucher.permissions import VoucherPermission
from vouchers.voucher.queries import vouchers as reading
from vouchers.voucher.services import elapsed, entitlement, spans
from vouchers.voucher.services.codes import Secrets, give_secrets
from vouchers.voucher.services.entitlement import Basis
from vouchers.voucher.services.validity import is_over
from vouchers.voucher.services.voucher_moves import VOUCHER
from vouchers.voucher.states import VoucherKind, VoucherState

AUTO_APPROVE_BELOW = DatedRule(
    code="vouchers.approved_by_rule_below",
    title=N_("A voucher needs a second person from"),
    says=N_("Vouchers for less are approved by rule, and the approval is recorded as such."),
    area=Area.VOUCHERS,
    decided_by=Role.FINANCE_APPROVER,
    kind=Amounts(("MDL", "EUR")),
    initially={"MDL": Money(1_000_000, "MDL"), "EUR": Money(50_000, "EUR")},
)
COUNTED_TOGETHER = DatedRule(
    code="vouchers.counted_together",
    title=N_("Vouchers of a service count together for"),
    says=N_(
        "What was approved by rule for one service of a case within this time counts together."
    ),
    area=Area.VOUCHERS,
    decided_by=Role.FINANCE_APPROVER,
    kind=Days(1, 366),
    initially=timedelta(days=30),
)
"""A month, because services are arranged from month to month: who cuts a sum into parts would have
to wait longer than the service lasts, and a longer time would stop what simply goes on.
"""


@dataclass(frozen=True, slots=True)
class Promise:
    """What a voucher shall promise on a plan line: `units`, or up to `amount`.

    `referral` binds it to the provider that accepted; `offering` to one that was chosen for an
    emergency; with neither the person chooses.
    """

    plan_line: PlanLine
    valid_from: date
    valid_until: date
    referral: Referral | None = None
    offering: Offering | None = None
    units: int | None = None
    amount: Money | None = None


def draft(session: Session, promise: Promise, *, actor: Actor, now: datetime) -> Voucher:
    """Draft a voucher on a plan line; below the threshold it is approved at once.

    Raises Conflict or Invalid when something that it must stand on is missing.
    """
    plan_line, referral = promise.plan_line, promise.referral
    valid_from, valid_until = promise.valid_from, promise.valid_until
    permissions.demand(actor, VoucherPermission.DRAFT, plan_line)
    basis = _basis(plan_line, referral, promise.offering)
    require_open(session, plan_line.case_id)
    entitlement.lock_line(session, plan_line)
    today = local_day(now)
    _refuse_days(valid_from, valid_until, today=today)
    entitlement.refuse_unready_line(session, plan_line, now=now)
    consent = entitlement.consent_for(
        session, plan_line, basis.provider_id, today=today, until=valid_until
    )
    entitlement.refuse_unvetted(session, basis, today=today, until=valid_until)
    count, price, money = _measure(session, basis, promise.units, promise.amount)
    _refuse_no_time(basis, count, valid_from, valid_until)
    spans.refuse_taken(session, plan_line, valid_from, valid_until)
    budget_line = entitlement.paid_from(session, plan_line)
    helped = provision.helped(session.get_one(CaseFile, plan_line.case_id))
    wanted = Wanted([plan_line.category], helped, valid_from, valid_until)
    why = mismatch(budget_line.terms, wanted)
    if why is not None:
        raise Conflict(
            N_("“%(line)s” may not pay for this: %(why)s. Change the plan, or ask finance."),
            code="not_eligible",
            line=budget_line.name,
            why=why,
        )
    entitlement.refuse_after_fund(budget_line, valid_until)
    if budget_line.currency != plan_line.currency:
        raise Conflict(N_("The budget line has another currency than the service."))
    voucher = Voucher(
        id=new_id(),
        reference=new_reference("V", 8),
        case_id=plan_line.case_id,
        plan_line_id=plan_line.id,
        referral_id=referral.id if referral else None,
        consent_id=consent.id,
        provider_id=basis.provider_id,
        offering_id=basis.bound_offering.id if basis.bound_offering else None,
        budget_line_id=budget_line.id,
        fund_id=budget_line.fund_id,
        pseudonym=entitlement.pseudonym_for(session, basis),
        kind=basis.kind,
        category=plan_line.category,
        unit=plan_line.unit,
        proof=plan_line.category.proof,
        units=count,
        units_left=count,
        unit_price=price,
        amount=money,
        amount_left=money,
        valid_from=valid_from,
        valid_until=valid_until,
        state=VoucherState.DRAFT,
        **signed("drafted_by", actor),
        created_at=now,
    )
    session.add(voucher)
    session.flush()
    _approve_by_rule(session, voucher, plan_line, now=now)
    return voucher


def approve(session: Session, voucher: Voucher, *, actor: Actor, now: datetime) -> None:
    """Approve a draft; the one who drafted it may not."""
    require_open(session, voucher.case_id)
    lock(session, voucher)
    VOUCHER.fire(session, voucher, "approve", actor=actor, now=now)
    sign(voucher, "approved_by", actor)
    session.flush()


def issue_draft(
    session: Session, voucher: Voucher, *, actor: Actor, pin: str | None = None, now: datetime
) -> Secrets:
    """Issue an approved voucher: commit its money, give it codes and a PIN.

    The PIN in the answer is shown once: it is stored nowhere. What the voucher stands on is
    checked again; raises Conflict when the budget line has too little.
    """
    permissions.demand(actor, VoucherPermission.ISSUE, voucher)
    require_open(session, voucher.case_id)
    line = session.get_one(PlanLine, voucher.plan_line_id)
    entitlement.lock_line(session, line)
    today = local_day(now)
    entitlement.refuse_unready_line(session, line, now=now)
    consent = entitlement.consent_for(
        session, line, voucher.provider_id, today=today, until=voucher.valid_until
    )
    entitlement.refuse_unvetted(
        session, _basis_of(session, voucher, line), today=today, until=voucher.valid_until
    )
    lock(session, voucher)
    voucher.consent_id = consent.id
    VOUCHER.fire(session, voucher, "issue", actor=actor, now=now)
    budget.take(session, voucher.budget_line_id, voucher.amount)
    source = Source(SourceType.VOUCHER, voucher.id)
    about = dimensions(voucher)
    posting = Posting(PostingEvent.ISSUED, voucher.amount, f"issue|{voucher.id}", source, about)
    post(session, posting, actor=actor, now=now)
    made = give_secrets(session, voucher, pin)
    voucher.issued_by, voucher.issued_at = actor.id, now
    expect_deliveries(session, voucher.plan_line_id)
    session.flush()
    return made


def issue(
    session: Session, promise: Promise, *, actor: Actor, pin: str | None = None, now: datetime
) -> tuple[Voucher, Secrets | None]:
    """Draft and issue in one go; the secrets are None when a second person must approve first."""
    voucher = draft(session, promise, actor=actor, now=now)
    if voucher.state != VoucherState.APPROVED:
        return voucher, None
    return voucher, issue_draft(session, voucher, actor=actor, pin=pin, now=now)


def dimensions(voucher: Voucher) -> Dimensions:
    """Return what a posting about this voucher is about."""
    return Dimensions(voucher.fund_id, voucher.budget_line_id, voucher.id, voucher.provider_id)


def is_approved_by_rule(amount: Money, already: Money, *, on: date) -> bool:
    """Whether a voucher for `amount` needs no second person, after `already` needed none."""
    below = AUTO_APPROVE_BELOW.on(on).get(amount.currency)
    return below is not None and amount + already < below


def approved_by_rule(
    session: Session, line: PlanLine, *, before: Voucher | None = None, now: datetime
) -> Money:
    """Return what was approved by rule lately for this service of the case, and not called off."""
    since = now - COUNTED_TOGETHER.on(local_day(now))
    return reading.approved_by_rule(session, line, since=since, but=before.id if before else None)


def _approve_by_rule(session: Session, voucher: Voucher, line: PlanLine, *, now: datetime) -> None:
    """Approve small vouchers, and those on a standing emergency allowance, and say so."""
    already = approved_by_rule(session, line, before=voucher, now=now)
    today = local_day(now)
    rule = "threshold" if is_approved_by_rule(voucher.amount, already, on=today) else ""
    rule = "emergency" if line.origin == LineOrigin.EMERGENCY else rule
    if rule:
        voucher.approved_automatically = True
        told = {"rule": rule, **stood(today, AUTO_APPROVE_BELOW, COUNTED_TOGETHER)}
        VOUCHER.fire(session, voucher, "approve", actor=SYSTEM, now=now, data=told)


def _basis(line: PlanLine, referral: Referral | None, offering: Offering | None) -> Basis:
    if referral is not None and referral.plan_line_id != line.id:
        raise Conflict(N_("This referral is for another service."), code="referral")
    if offering is not None and referral is None and line.origin != LineOrigin.EMERGENCY:
        raise Conflict(N_("Ask the provider first: send a referral."), code="referral")
    return Basis(line, referral, None if referral else offering)


def _basis_of(session: Session, voucher: Voucher, line: PlanLine) -> Basis:
    referral = session.get(Referral, voucher.referral_id) if voucher.referral_id else None
    offering = session.get(Offering, voucher.offering_id) if voucher.offering_id else None
    return Basis(line, referral, None if referral else offering)


def _refuse_days(valid_from: date, valid_until: date, *, today: date) -> None:
    if is_over(valid_until, valid_from):
        raise Invalid(
            N_("The last day lies before the first."), code="valid_until", field="valid_until"
        )
    if is_over(valid_until, today):
        raise Invalid(N_("The last day lies in the past."), code="valid_until", field="valid_until")


def _refuse_no_time(basis: Basis, units: int, valid_from: date, valid_until: date) -> None:
    """Raise Invalid for a start before the agreed day, or more than fits between the days."""
    if basis.referral is not None and valid_from < basis.referral.starts_on:
        raise Invalid(
            N_("The provider expects the person from %(day)s on. Begin on that day."),
            code="valid_from",
            field="valid_from",
            day=basis.referral.starts_on,
        )
    fits = elapsed.passed(basis.line.unit, valid_from, valid_until)
    if units > fits:
        raise Invalid(
            N_("Between these days only %(fits)s can be over. Choose a later last day."),
            code="valid_until",
            field="valid_until",
            fits=fits,
        )


def _measure(
    session: Session, basis: Basis, units: int | None, amount: Money | None
) -> tuple[int, Money, Money]:
    """Return units, price and money of the voucher, within what the line still allows."""
    room = entitlement.room_on(session, basis.line)
    if basis.kind is VoucherKind.VALUE:
        if amount is None:
            raise Invalid(N_("Enter an amount."), code="amount", field="amount")
        count, price, money = 0, amount, amount
    else:
        if units is None:
            raise Invalid(N_("Enter a number of units."), code="units", field="units")
        count, price, money = units, basis.unit_price, basis.unit_price * units
    if money.minor <= 0:
        raise Invalid(
            N_("Enter more than zero."),
            code="units" if count else "amount",
            field="units" if count else "amount",
        )
    if count > room.units and basis.kind is VoucherKind.SERVICE_UNITS:
        raise Invalid(
            N_("The plan allows %(left)s more."),
            code="units",
            field="units",
            left=max(room.units, 0),
        )
    if basis.referral is not None and count > basis.referral.units:
        raise Invalid(
            N_("The provider accepted %(units)s."),
            code="units",
            field="units",
            units=basis.referral.units,
        )
    if money > room.money:
        raise Invalid(
            N_("The plan allows %(left)s more for this service."),
            code="units" if count else "amount",
            field="units" if count else "amount",
            left=max(room.money, Money.zero(money.currency)),
        )
    return count, price, money
