"""Two people, or a person and the scheduler, at the same moment: nobody reads of a deadlock."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from providers.directory.models import Offering
from providers.referrals.models import Referral
from providers.referrals.services import referrals
from providers.vetting.services import vetting
from reintegration.cases.models import CaseFile, Consent
from reintegration.cases.services import consent as consents
from reintegration.codelists.service_categories import ServiceCategory
from reintegration.kernel.errors import DomainError
from tests.at_once import at_once
from tests.factories.cast import NOW, TODAY, actor
from tests.factories.payments import LATER, bank_line, make_batch, statement
from tests.factories.vouchers import PIN, make_voucher
from vouchers.bank.services.statement_import import import_file
from vouchers.payments.models import PaymentBatch, PaymentOrder
from vouchers.payments.services import settlement
from vouchers.voucher.models import Voucher
from vouchers.voucher.services import cancelling, issuing
from vouchers.voucher.services.expiry import expire_due

COUNSELLING = ServiceCategory.MENTAL_HEALTH


@pytest.fixture
def issued(session, cast):
    return make_voucher(session, cast)


@pytest.fixture
def order(session, cast):
    return make_batch(session, cast, until="released").orders[0]


def withdraw(session, cast, consent):
    ana, consent_id = actor(session, cast.ana), consent.id

    def act(own):
        found = own.get_one(Consent, consent_id)
        case = own.get_one(CaseFile, found.case_id)
        consents.withdraw(own, found, actor=ana, case=case, now=NOW)

    return act


def refuse_order(session, cast, order):
    petru, order_id = actor(session, cast.petru), order.id

    def act(own):
        found = own.get_one(PaymentOrder, order_id)
        settlement.fail_order(own, found, actor=petru, reason="AC04", now=LATER)

    return act


def import_payment(session, cast, order):
    petru, content = actor(session, cast.petru), statement(cast, bank_line(order))

    def act(own):
        return import_file(own, actor=petru, name="zi.xml", content=content, now=LATER)

    return act


def nothing_broke(outcomes):
    """Whether only rules refused something: the database never gave a transaction up."""
    return not any(
        isinstance(one, Exception) and not isinstance(one, DomainError) for one in outcomes
    )


def test_a_consent_is_withdrawn_while_a_voucher_is_issued_on_it(session, cast, issued):
    ana, work = actor(session, cast.ana), issued.work
    line_id, referral_id = work.line.id, issued.voucher.referral_id
    line = type(work.line)

    def issue(own):
        promise = issuing.Promise(
            own.get_one(line, line_id),
            referral=own.get_one(Referral, referral_id),
            units=1,
            valid_from=TODAY,
            valid_until=TODAY + timedelta(days=9),
        )
        issuing.issue(own, promise, actor=ana, pin=PIN, now=NOW)

    outcomes = at_once(session, withdraw(session, cast, work.consent), issue)
    assert nothing_broke(outcomes), outcomes
    assert {one.state for one in session.scalars(select(Voucher))} == {"cancelled"}


def test_a_consent_is_withdrawn_while_its_voucher_is_cancelled(session, cast, issued):
    ana, voucher_id = actor(session, cast.ana), issued.voucher.id

    def cancel(own):
        voucher = own.get_one(Voucher, voucher_id)
        cancelling.cancel(own, voucher, actor=ana, reason="greșit", now=NOW)

    outcomes = at_once(session, withdraw(session, cast, issued.work.consent), cancel)
    assert nothing_broke(outcomes), outcomes
    assert outcomes[0] is None
    assert session.get(Voucher, voucher_id).state == "cancelled"


def test_a_consent_is_withdrawn_while_the_sweep_closes_what_is_over(session, cast, issued):
    more = make_voucher(session, cast, issued.work, units=1)
    later = NOW + timedelta(days=61)
    act = withdraw(session, cast, issued.work.consent)
    outcomes = at_once(session, act, lambda own: expire_due(own, later))
    assert nothing_broke(outcomes), outcomes
    ended = {session.get(Voucher, one.id).state for one in (issued.voucher, more.voucher)}
    assert ended <= {"cancelled", "expired"}


def test_an_offering_is_suspended_while_the_provider_accepts(session, cast, issued):
    referral = session.get_one(Referral, issued.voucher.referral_id)
    referral.state, referral.answered_at = "requested", None
    referral_id, offering_id = referral.id, referral.offering_id
    victor, corina = actor(session, cast.victor), actor(session, cast.corina)

    def suspend(own):
        offering = own.get_one(Offering, offering_id)
        vetting.suspend(own, offering, actor=victor, reason="plângere", now=NOW)

    def accept(own):
        referrals.accept(own, own.get_one(Referral, referral_id), actor=corina, now=NOW)

    outcomes = at_once(session, suspend, accept)
    assert nothing_broke(outcomes), outcomes
    assert session.get(Offering, offering_id).state == "suspended"
    holds = session.get(Referral, referral_id).state == "accepted"
    assert session.get(Offering, offering_id).places_taken == int(holds)


def test_the_bank_refuses_an_order_while_its_payment_is_imported(session, cast, order):
    acts = import_payment(session, cast, order), refuse_order(session, cast, order)
    outcomes = at_once(session, *acts)
    assert nothing_broke(outcomes), outcomes
    assert session.get(PaymentOrder, order.id).state in {"settled", "failed"}


def test_a_batch_is_settled_by_the_last_of_two_orders_that_end_at_once(session, cast, order):
    batch = session.get_one(PaymentBatch, order.batch_id)
    other = make_second_order(session, batch)
    acts = refuse_order(session, cast, order), refuse_order(session, cast, other)
    outcomes = at_once(session, *acts)
    assert nothing_broke(outcomes), outcomes
    assert session.get(PaymentBatch, batch.id).state == "settled"


def make_second_order(session, batch):
    first = batch.orders[0]
    values = {
        column.key: getattr(first, column.key)
        for column in PaymentOrder.__table__.columns
        if column.key not in {"id", "reference", "end_to_end_id"}
    }
    other = PaymentOrder(**values, reference="PO-ANOTHER", end_to_end_id="EANOTHER")
    session.add(other)
    session.flush()
    return other
