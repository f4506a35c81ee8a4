"""Vouchers as Ana issues them, and deliveries as Rita records them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from providers.directory.models import Offering
from providers.referrals.models import Referral
from providers.referrals.states import ReferralState
from reintegration.accounts.models import ApiToken, User
from reintegration.codelists.sayable_names import new_pseudonym
from reintegration.codelists.service_categories import ServiceCategory
from reintegration.kernel import clock, crypto
from reintegration.kernel.ids import new_id
from reintegration.kernel.money import Money
from tests.factories.casework import Casework, make_casework
from tests.factories.cast import NOW, TODAY, Cast, actor
from vouchers.voucher.models import Voucher
from vouchers.voucher.services.codes import Secrets
from vouchers.voucher.services.issuing import Promise, issue
from vouchers.voucher.services.redemption import Delivery, Outcome, redeem

PIN = "402917"


@dataclass
class Issued:
    """A voucher with what is printed on it and what its person knows."""

    voucher: Voucher
    secrets: Secrets
    work: Casework


def make_referral(
    session: Session, cast: Cast, work: Casework, offering: Offering | None = None, **changes: Any
) -> Referral:
    """Add a referral that the provider accepted."""
    offering = offering or cast.offerings[ServiceCategory(work.line.category)]
    values = {
        "id": new_id(),
        "case_id": work.case.id,
        "plan_line_id": work.line.id,
        "provider_id": offering.provider_id,
        "offering_id": offering.id,
        "consent_id": work.consent.id,
        "pseudonym": new_pseudonym(),
        "category": work.line.category,
        "unit": work.line.unit,
        "units": work.line.units,
        "unit_price_minor": work.line.unit_price_minor,
        "currency": work.line.currency,
        "starts_on": TODAY,
        "state": ReferralState.ACCEPTED.value,
        "requested_by": cast.ana.id,
        "requested_at": NOW,
        "answered_at": NOW,
        "created_at": NOW,
    } | changes
    referral = Referral(**{k: v for k, v in values.items() if hasattr(Referral, k)})
    session.add(referral)
    session.flush()
    return referral


def make_voucher(
    session: Session,
    cast: Cast,
    work: Casework | None = None,
    *,
    units: int | None = 5,
    amount: Money | None = None,
    open_to_all: bool = False,
    category: ServiceCategory = ServiceCategory.MENTAL_HEALTH,
    valid_from: date = TODAY,
    valid_until: date = TODAY + timedelta(days=60),
    pin: str = PIN,
    now: datetime = NOW,
) -> Issued:
    """Issue a voucher on a plan line, bound to the cast's provider unless `open_to_all`."""
    price = cast.offerings[category].price if category in cast.offerings else None
    work = work or make_casework(session, cast, category=category, unit_price=price)
    starts = min(valid_from, TODAY)
    referral = None if open_to_all else make_referral(session, cast, work, starts_on=starts)
    promise = Promise(
        work.line,
        referral=referral,
        units=None if amount else units,
        amount=amount,
        valid_from=valid_from,
        valid_until=valid_until,
    )
    voucher, secrets = issue(session, promise, actor=actor(session, cast.ana), pin=pin, now=now)
    assert secrets is not None
    return Issued(voucher, secrets, work)


def living_voucher(session: Session, cast: Cast, **wanted: Any) -> Issued:
    """Issue a voucher that is valid today by the real clock, which pages and the API ask."""
    now = clock.now()
    day = clock.local_day(now)
    begins, ends = day - timedelta(days=1), day + timedelta(days=30)
    return make_voucher(session, cast, valid_from=begins, valid_until=ends, now=now, **wanted)


def make_token(
    session: Session, organisation_id: Any, *, velocity_exempt: bool = False
) -> tuple[ApiToken, str]:
    """Add an API token of a provider; return its row and the text that a program sends."""
    text = crypto.random_token()
    token = ApiToken(
        id=new_id(),
        hash=crypto.token_hash(text),
        label="Recepție",
        created_at=NOW,
        expires_on=TODAY + timedelta(days=300),
        organisation_id=organisation_id,
        velocity_exempt=velocity_exempt,
    )
    session.add(token)
    session.flush()
    return token, text


def deliver(
    session: Session, person: User, issued: Issued, *, now: datetime = NOW, **wanted: Any
) -> Outcome:
    """Record a delivery as a person at the desk does; one unit with the right PIN by default."""
    values: dict[str, Any] = {"key": str(new_id()), "code": issued.secrets.code, "pin": PIN}
    if "amount" not in wanted:
        values["units"] = 1
    return redeem(
        session, actor=actor(session, person), delivery=Delivery(**(values | wanted)), now=now
    )
