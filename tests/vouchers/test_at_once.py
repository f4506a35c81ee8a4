"""Two people, or a person and the scheduler, at the same moment: nobody reads of a deadlock."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from providers.directory.models import Offering
from providers.referrals.models import Referral
from providers.referrals.services import referrals
from providers.vetting.services import vetting
from reintegration.accounts.models import User
from reintegration.accounts.services import users
from reintegration.cases.models import CaseFile, Consent
from reintegration.cases.services import consent as consents
from reintegration.codelists.service_categories import ServiceCategory
from reintegration.kernel.actor import Role
from reintegration.kernel.errors import Conflict, DomainError
from reintegration.kernel.ids import new_id
from reintegration.plans.models import EmergencyStart, PlanLine
from reintegration.plans.services import emergency_decision, plan_lines
from reintegration.plans.states import LineOrigin
from tests.at_once import at_once
from tests.factories.casework import make_casework
from tests.factories.cast import NOW, TODAY, actor, make_person
from tests.factories.payments import LATER, bank_line, make_batch, statement
from tests.factories.vouchers import PIN, make_voucher
from vouchers.bank.services.statement_import import import_file
from vouchers.payments.models import PaymentBatch, PaymentOrder
from vouchers.payments.services import settlement
from vouchers.voucher.models import Voucher
from vouchers.voucher.services import cancelling, issuing
from vouchers.voucher.services.expiry import expire_due
from vouchers.voucher.services.redemption import Delivery, redeem

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
    later = NOW + timedelta(days=75)
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
    batch.total = batch.total + other.amount
    session.add(other)
    session.flush()
    return other


def test_a_suspension_succeeds_while_the_last_unit_of_a_voucher_there_is_used(session, cast):
    issued = make_voucher(session, cast, units=1)
    offering_id, code = issued.voucher.offering_id, issued.secrets.code
    victor, rita = actor(session, cast.victor), actor(session, cast.rita)

    def suspend(own):
        offering = own.get_one(Offering, offering_id)
        vetting.suspend(own, offering, actor=victor, reason="plângere", now=NOW)

    def use(own):
        redeem(own, actor=rita, delivery=Delivery(key="k", code=code, units=1, pin=PIN), now=NOW)

    outcomes = at_once(session, suspend, use)
    assert nothing_broke(outcomes), outcomes
    assert outcomes[0] is None
    assert session.get(Offering, offering_id).state == "suspended"


def test_a_withdrawal_succeeds_while_the_last_unit_of_a_voucher_on_it_is_used(session, cast):
    issued = make_voucher(session, cast, units=1)
    rita, code = actor(session, cast.rita), issued.secrets.code

    def use(own):
        redeem(own, actor=rita, delivery=Delivery(key="k", code=code, units=1, pin=PIN), now=NOW)

    outcomes = at_once(session, withdraw(session, cast, issued.work.consent), use)
    assert nothing_broke(outcomes), outcomes
    assert outcomes[0] is None
    assert session.get(Consent, issued.work.consent.id).withdrawn_at is not None
    assert session.get(Voucher, issued.voucher.id).state in {"redeemed", "cancelled"}


def test_an_emergency_is_refused_while_its_voucher_is_issued(session, cast):
    work = make_casework(session, cast)
    work.line.origin = LineOrigin.EMERGENCY
    started = EmergencyStart(
        id=new_id(),
        case_id=work.case.id,
        started_by=cast.ana.id,
        started_at=NOW,
        ratify_by=NOW,
        ceiling_minor=work.line.ceiling_minor,
        currency="MDL",
    )
    session.add(started)
    session.flush()
    ana, sergiu = actor(session, cast.ana), actor(session, cast.sergiu)
    started_id, line_id = started.id, work.line.id

    def refuse(own):
        found = own.get_one(EmergencyStart, started_id)
        emergency_decision.refuse(own, found, actor=sergiu, comment="nu", now=NOW)

    def issue(own):
        line = own.get_one(PlanLine, line_id)
        last = TODAY + timedelta(days=9)
        promise = issuing.Promise(line, units=1, valid_from=TODAY, valid_until=last)
        issuing.issue(own, promise, actor=ana, pin=PIN, now=NOW)

    outcomes = at_once(session, refuse, issue)
    assert nothing_broke(outcomes), outcomes
    assert outcomes[0] is None
    assert set(session.scalars(select(Voucher.state))) <= {"cancelled"}


def in_a_page(app, act):
    def do(own):
        with app.test_request_context():
            return act(own)

    return do


def test_a_service_is_taken_out_while_a_voucher_is_issued_on_it(session, cast, app):
    work = make_casework(session, cast)
    ana, line_id, revision = actor(session, cast.ana), work.line.id, work.plan.revision

    def take_out(own):
        line = own.get_one(PlanLine, line_id)
        plan_lines.remove_line(own, line, actor=ana, revision=revision, now=NOW)

    def issue(own):
        last = TODAY + timedelta(days=9)
        line = own.get_one(PlanLine, line_id)
        promise = issuing.Promise(line, units=1, valid_from=TODAY, valid_until=last)
        issuing.issue(own, promise, actor=ana, pin=PIN, now=NOW)

    outcomes = at_once(session, in_a_page(app, take_out), issue)
    assert nothing_broke(outcomes), outcomes
    removed = session.get(PlanLine, line_id).removed_at is not None
    assert removed != bool(session.scalars(select(Voucher)).all())


def test_two_administrators_at_once_give_no_account_both_sides_of_a_check(session, cast):
    dan, ana_id = actor(session, cast.dan), cast.ana.id

    def give(role):
        def act(own):
            user = own.get_one(User, ana_id)
            users.set_roles(own, user, actor=dan, roles=[*user.role_set, role], now=NOW)

        return act

    outcomes = at_once(session, give(Role.FINANCE_PREPARER), give(Role.FINANCE_APPROVER))
    assert nothing_broke(outcomes), outcomes
    held = session.get(User, ana_id).role_set
    assert not {Role.FINANCE_PREPARER, Role.FINANCE_APPROVER} <= held


def test_two_administrators_who_close_each_other_leave_one(session, cast):
    other = make_person("doina", cast.programme, "Doina Lupan", Role.ADMINISTRATOR)
    session.add(other)
    session.flush()
    pairs = ((cast.dan, other), (other, cast.dan))

    def close(who, whom):
        doing, whom_id = actor(session, who), whom.id
        return lambda own: users.close(own, own.get_one(User, whom_id), actor=doing, now=NOW)

    outcomes = at_once(session, *[close(*pair) for pair in pairs])
    assert nothing_broke(outcomes), outcomes
    assert [type(one) for one in outcomes if one is not None] == [Conflict]


def test_the_last_administrator_keeps_the_role(session, cast):
    dan = actor(session, cast.dan)
    with pytest.raises(Conflict) as refused:
        users.set_roles(session, cast.dan, actor=dan, roles=[Role.SUPERVISOR], now=NOW)
    assert refused.value.code == "last_administrator"
