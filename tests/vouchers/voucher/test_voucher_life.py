"""What happens to a voucher besides being used: expiry, stops, withdrawals, reversals."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from providers.vetting.services.offering_events import OfferingReinstated, OfferingSuspended
from reintegration.accounts.models import InboxMessage
from reintegration.cases.services.consent import ConsentWithdrawn
from reintegration.codelists.service_categories import ServiceCategory
from reintegration.kernel import hooks
from reintegration.kernel.errors import Conflict, DomainError, Invalid, NotPermitted
from reintegration.kernel.ids import new_id
from reintegration.kernel.money import Money
from reintegration.plans.models import EmergencyStart, PlanLineDelivery
from reintegration.plans.services.emergency_decision import EmergencyRefused
from reintegration.plans.states import EMERGENCY_ALLOWANCE
from tests.factories.casework import make_casework
from tests.factories.cast import NOW, TODAY, actor
from tests.factories.vouchers import PIN, deliver, make_referral, make_voucher
from vouchers.books.models import BudgetLine, LedgerLine
from vouchers.payments.models import Claim, ClaimLine, PaymentBatch, PaymentOrder
from vouchers.payments.services import reversal
from vouchers.voucher.models import Redemption, Voucher
from vouchers.voucher.services import cancelling, confirmation, expiry, holds, issuing
from vouchers.voucher.services.replacing import replace

LATER = NOW + timedelta(days=75)


def refused(error: type[DomainError], code: str):
    return pytest.raises(error, check=lambda raised: raised.code == code)


def balance(session, account: str) -> int:
    return session.scalar(
        select(func.coalesce(func.sum(LedgerLine.debit_minor - LedgerLine.credit_minor), 0)).where(
            LedgerLine.account == account, LedgerLine.currency == "MDL"
        )
    )


def books_agree(session, cast) -> None:
    """9100 is what budget lines have free; 9200 is what vouchers hold; 2100 is what is owed."""
    session.flush()
    session.expire_all()
    free = session.get_one(BudgetLine, cast.budget_line.id).available_minor
    held = session.scalar(
        select(func.coalesce(func.sum(Voucher.amount_left_minor), 0)).where(
            Voucher.state.not_in(["draft", "approved"])
        )
    )
    assert balance(session, "9100") == -free
    assert balance(session, "9200") == -held
    assert balance(session, "4100") == balance(session, "9300") == -balance(session, "5100")


def only_redemption(session) -> Redemption:
    return session.scalars(select(Redemption)).one()


def test_the_sweep_releases_what_was_not_used(session, cast):
    issued = make_voucher(session, cast)
    deliver(session, cast.rita, issued, units=2)
    assert expiry.expire_due(session, LATER) == "1 expired"
    books_agree(session, cast)
    assert (issued.voucher.state, issued.voucher.units_left) == ("expired", 0)
    assert issued.voucher.print_sealed is None
    assert expiry.expire_due(session, LATER) is None


def test_the_last_day_is_not_swept(session, cast):
    make_voucher(session, cast, valid_until=TODAY)
    assert expiry.expire_due(session, NOW) is None


def test_a_voucher_that_is_over_keeps_its_money_while_deliveries_can_be_recorded(session, cast):
    issued = make_voucher(session, cast, valid_until=TODAY)
    assert expiry.expire_due(session, NOW + timedelta(days=14)) is None
    assert issued.voucher.standing(TODAY + timedelta(days=1)) == "over"
    assert expiry.expire_due(session, NOW + timedelta(days=15)) == "1 expired"
    books_agree(session, cast)


def test_what_waits_for_confirmation_outlives_expiry_and_is_payable(session, cast):
    issued = make_voucher(session, cast)
    deliver(session, cast.rita, issued, units=2, pin=None, without_pin="Telefon pierdut")
    expiry.expire_due(session, LATER)
    books_agree(session, cast)
    assert issued.voucher.amount_left == Money(100_000, "MDL")
    confirmation.confirm(
        session, only_redemption(session), actor=actor(session, cast.ana), now=LATER
    )
    books_agree(session, cast)
    assert (issued.voucher.state, issued.voucher.units_left) == ("expired", 0)


def test_a_refused_delivery_on_a_closed_voucher_is_released(session, cast):
    issued = make_voucher(session, cast)
    deliver(session, cast.rita, issued, pin=None, without_pin="Telefon pierdut")
    expiry.expire_due(session, LATER)
    confirmation.refuse(
        session, only_redemption(session), actor=actor(session, cast.ana), reason="Nu", now=LATER
    )
    books_agree(session, cast)
    assert balance(session, "9200") == 0


def test_units_that_wait_cannot_be_given_twice(session, cast):
    issued = make_voucher(session, cast)
    deliver(session, cast.rita, issued, units=4, pin=None, without_pin="Telefon pierdut")
    books_agree(session, cast)
    with refused(Invalid, "more_than_left"):
        deliver(session, cast.rita, issued, units=2)
    deliver(session, cast.rita, issued, units=1)
    books_agree(session, cast)
    assert issued.voucher.state == "partly_redeemed"


def test_cancelling_releases_the_remainder(session, cast):
    issued = make_voucher(session, cast)
    deliver(session, cast.rita, issued)
    cancelling.cancel(session, issued.voucher, actor=actor(session, cast.ana), reason="x", now=NOW)
    books_agree(session, cast)
    assert balance(session, "9200") == 0


def test_replacing_moves_the_remainder_and_keeps_the_pin(session, cast):
    issued = make_voucher(session, cast)
    deliver(session, cast.rita, issued, units=2)
    new, made = replace(
        session, issued.voucher, actor=actor(session, cast.ana), reason="Pierdut", now=NOW
    )
    books_agree(session, cast)
    assert (new.units, new.units_left) == (3, 3)
    deliver(session, cast.rita, issued, code=made.qr, units=3, pin=PIN)
    books_agree(session, cast)


def test_a_suspended_offering_stops_its_vouchers_and_lifting_revives_them(session, cast):
    issued = make_voucher(session, cast)
    other = make_voucher(session, cast, open_to_all=True)
    offering = cast.offerings[ServiceCategory.MENTAL_HEALTH].id
    event = OfferingSuspended(offering, NOW)
    stopped = [one for one in hooks.preview(session, event) if "Vouchers" in one.message]
    assert [one.count for one in stopped] == [1]
    hooks.announce(session, event)
    session.refresh(issued.voucher)
    assert (issued.voucher.state, issued.voucher.standing(TODAY)) == ("issued", "suspended")
    assert other.voucher.standing(TODAY) == "issued"
    hooks.announce(session, OfferingReinstated(offering, NOW))
    session.refresh(issued.voucher)
    assert issued.voucher.standing(TODAY) == "issued"


def test_lifting_does_not_revive_what_a_person_stopped(session, cast):
    issued = make_voucher(session, cast)
    holds.place(session, issued.voucher, actor=actor(session, cast.ana), reason="x", now=NOW)
    offering = cast.offerings[ServiceCategory.MENTAL_HEALTH].id
    hooks.announce(session, OfferingReinstated(offering, NOW))
    session.refresh(issued.voucher)
    assert issued.voucher.is_held


def test_a_withdrawn_consent_cancels_and_releases(session, cast):
    issued = make_voucher(session, cast)
    deliver(session, cast.rita, issued)
    consent = issued.work.consent
    event = ConsentWithdrawn(consent.case_id, (consent.id,), consent.scope, None, NOW)
    assert 1 in [change.count for change in hooks.preview(session, event)]
    hooks.announce(session, event)
    books_agree(session, cast)
    assert issued.voucher.state == "cancelled"
    assert balance(session, "2100") == -50_000


def test_a_refused_emergency_cancels_what_lies_ahead(session, cast):
    issued = make_voucher(session, cast)
    issued.work.line.origin = "emergency"
    deliver(session, cast.rita, issued)
    hooks.announce(session, EmergencyRefused(issued.work.case.id, NOW))
    books_agree(session, cast)
    assert issued.voucher.state == "cancelled"
    assert balance(session, "2100") == -50_000


@pytest.mark.parametrize(
    ("state", "hours", "code"),
    [
        ("pending", 72, None),
        ("pending", 73, "emergency_overdue"),
        ("ratified", 73, None),
        ("refused", 1, "emergency_refused"),
    ],
)
def test_on_one_persons_word_vouchers_are_issued_for_72_hours(session, cast, state, hours, code):
    work = make_casework(session, cast)
    work.line.origin = "emergency"
    session.add(
        EmergencyStart(
            id=new_id(),
            case_id=work.case.id,
            state=state,
            started_by=cast.ana.id,
            started_at=NOW - timedelta(hours=hours),
            ratify_by=NOW - timedelta(hours=hours) + EMERGENCY_ALLOWANCE.initially.ratify_within,
            ceiling=EMERGENCY_ALLOWANCE.initially.ceiling,
        )
    )
    session.flush()
    if code is None:
        assert make_voucher(session, cast, work).voucher.state == "issued"
    else:
        with refused(Conflict, code):
            make_voucher(session, cast, work)


def test_a_provider_takes_back_its_own_mistake(session, cast):
    issued = make_voucher(session, cast)
    deliver(session, cast.rita, issued, units=5)
    reversal.reverse(
        session, only_redemption(session), actor=actor(session, cast.rita), reason="x", now=NOW
    )
    books_agree(session, cast)
    assert (issued.voucher.state, issued.voucher.units_left) == ("issued", 5)
    counted = session.get_one(PlanLineDelivery, issued.voucher.plan_line_id)
    assert (counted.units, counted.amount_minor) == (0, 0)


def test_a_provider_is_too_late_after_a_week_and_finance_is_not(session, cast):
    issued = make_voucher(session, cast)
    deliver(session, cast.rita, issued)
    redemption, late = only_redemption(session), NOW + timedelta(days=8)
    with refused(Conflict, "too_late"):
        reversal.reverse(session, redemption, actor=actor(session, cast.rita), reason="x", now=late)
    reversal.reverse(session, redemption, actor=actor(session, cast.petru), reason="x", now=late)
    books_agree(session, cast)


def test_after_expiry_a_reversal_frees_the_budget_line(session, cast):
    issued = make_voucher(session, cast)
    deliver(session, cast.rita, issued, units=2)
    expiry.expire_due(session, LATER)
    event = reversal.reverse(
        session, only_redemption(session), actor=actor(session, cast.petru), reason="x", now=LATER
    )
    books_agree(session, cast)
    assert event == "reversed_closed"


def test_nothing_is_taken_back_twice(session, cast):
    issued = make_voucher(session, cast)
    deliver(session, cast.rita, issued)
    ana = actor(session, cast.ana)
    reversal.reverse(session, only_redemption(session), actor=ana, reason="x", now=NOW)
    with pytest.raises(Conflict):
        reversal.reverse(session, only_redemption(session), actor=ana, reason="x", now=NOW)


def paid(session, cast, redemption, state):
    batch = PaymentBatch(
        id=new_id(),
        reference="B-1",
        message_id="M-1",
        bank_account_id=cast.bank_account.id,
        currency="MDL",
        rail="mdl_csv",
        execution_on=TODAY,
        prepared_at=NOW,
        total_minor=redemption.amount_minor,
    )
    order = PaymentOrder(
        id=new_id(),
        reference="PO-1",
        end_to_end_id="E-1",
        batch=batch,
        provider_id=cast.provider.id,
        payee_name="x",
        payee_iban="x",
        text="x",
        currency="MDL",
        amount_minor=redemption.amount_minor,
        paid_minor=redemption.amount_minor if state == "settled" else 0,
        state=state,
    )
    session.add_all([batch, order])
    session.flush()
    session.add(
        Claim(
            id=new_id(),
            reference="C-1",
            provider_id=cast.provider.id,
            currency="MDL",
            invoiced_minor=redemption.amount_minor,
            period_from=TODAY,
            period_until=TODAY,
            created_at=NOW,
            payment_order_id=order.id,
            state="in_payment",
            lines=[
                ClaimLine(
                    id=new_id(),
                    redemption_id=redemption.id,
                    case_id=redemption.case_id,
                    currency="MDL",
                    amount_minor=redemption.amount_minor,
                    state="accepted",
                )
            ],
        )
    )
    session.flush()


@pytest.mark.parametrize("state", ["prepared", "released"])
def test_while_it_is_being_paid_nothing_is_taken_back(session, cast, state):
    issued = make_voucher(session, cast)
    deliver(session, cast.rita, issued)
    redemption = only_redemption(session)
    paid(session, cast, redemption, state)
    with refused(Conflict, "in_payment"):
        reversal.reverse(session, redemption, actor=actor(session, cast.ana), reason="x", now=NOW)


def test_what_was_paid_is_clawed_back(session, cast):
    issued = make_voucher(session, cast)
    deliver(session, cast.rita, issued)
    redemption = only_redemption(session)
    paid(session, cast, redemption, "settled")
    with refused(Conflict, "paid"):
        reversal.reverse(session, redemption, actor=actor(session, cast.rita), reason="x", now=NOW)
    reversal.reverse(session, redemption, actor=actor(session, cast.petru), reason="x", now=NOW)
    books_agree(session, cast)
    assert balance(session, "1300") == 50_000


def test_issuing_is_refused_beyond_the_plan(session, cast):
    work = make_casework(session, cast, units=6)
    make_voucher(session, cast, work, units=4)
    with refused(Invalid, "units"):
        make_voucher(session, cast, work, units=3)
    make_voucher(session, cast, work, units=2)
    books_agree(session, cast)


def test_what_expired_may_be_issued_again(session, cast):
    work = make_casework(session, cast, units=6)
    first = make_voucher(session, cast, work, units=6)
    deliver(session, cast.rita, first, units=2)
    cancelling.cancel(session, first.voucher, actor=actor(session, cast.ana), reason="x", now=NOW)
    make_voucher(session, cast, work, units=4, open_to_all=True)
    books_agree(session, cast)


def test_issuing_needs_a_live_consent_that_outlives_the_voucher(session, cast):
    work = make_casework(session, cast)
    with refused(Invalid, "valid_until"):
        make_voucher(session, cast, work, valid_until=TODAY + timedelta(days=366))
    work.consent.withdrawn_at = NOW
    session.flush()
    with refused(Conflict, "no_consent"):
        make_voucher(session, cast, work)


def test_issuing_needs_an_approved_line_and_a_vetted_offering(session, cast):
    work = make_casework(session, cast)
    cast.offerings[ServiceCategory.MENTAL_HEALTH].state = "suspended"
    session.flush()
    with refused(Conflict, "offering"):
        make_voucher(session, cast, work)
    work.line.approved_ceiling_minor = 0
    session.flush()
    with refused(Conflict, "line_unapproved"):
        make_voucher(session, cast, work, open_to_all=True)


def test_issuing_needs_the_providers_word(session, cast):
    work = make_casework(session, cast)
    referral = make_referral(session, cast, work, state="requested")
    with refused(Conflict, "referral_open"):
        promise = issuing.Promise(
            work.line, referral=referral, units=1, valid_from=TODAY, valid_until=TODAY
        )
        issuing.draft(session, promise, actor=actor(session, cast.ana), now=NOW)


def test_issuing_needs_money_on_the_line(session, cast):
    session.get_one(BudgetLine, cast.budget_line.id).available_minor = 10_000
    session.flush()
    with refused(Conflict, "budget_exhausted"):
        make_voucher(session, cast)


def test_who_drafts_does_not_approve(session, cast):
    work = make_casework(session, cast, unit_price=Money(1_000_000, "MDL"))
    ana = actor(session, cast.ana)
    promise = issuing.Promise(work.line, units=1, valid_from=TODAY, valid_until=TODAY)
    voucher = issuing.draft(session, promise, actor=ana, now=NOW)
    assert voucher.state == "draft"
    with pytest.raises(NotPermitted):
        issuing.approve(session, voucher, actor=ana, now=NOW)
    issuing.approve(session, voucher, actor=actor(session, cast.sergiu), now=NOW)
    assert voucher.approved_by == cast.sergiu.id


def test_neither_codes_nor_pin_are_stored_readably(session, cast):
    issued = make_voucher(session, cast)
    stored = [v for v in vars(issued.voucher).values() if isinstance(v, bytes | str)]
    for secret in (issued.secrets.code, issued.secrets.qr, PIN):
        assert all(
            secret.encode() not in (v if isinstance(v, bytes) else v.encode()) for v in stored
        )


def told_of_ends(session, cast):
    rows = select(InboxMessage).where(InboxMessage.user_id == cast.ana.id)
    return [one.link for one in session.scalars(rows) if "left on it" in one.message]


def test_the_case_manager_hears_a_week_ahead_of_a_voucher_with_something_left(session, cast):
    issued = make_voucher(session, cast, valid_until=TODAY + timedelta(days=9))
    for days in range(10):
        expiry.warn_ahead(session, now=NOW + timedelta(days=days))
    assert told_of_ends(session, cast) == [f"/vouchers/{issued.voucher.id}"]
    assert expiry.expire_due(session, NOW + timedelta(days=24)) == "1 expired"
    assert told_of_ends(session, cast) == [f"/vouchers/{issued.voucher.id}"] * 2


def test_nobody_is_warned_of_a_voucher_that_is_used_up(session, cast):
    issued = make_voucher(session, cast, valid_until=TODAY + timedelta(days=7))
    deliver(session, cast.rita, issued, units=5)
    assert expiry.warn_ahead(session, now=NOW) == 0
