"""Limits hold for what is cut into parts, for what is asked twice at once, and for what is late."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from providers.referrals.models import Referral
from providers.referrals.queries.matching import LineWithCase
from providers.referrals.services import referrals
from reintegration.codelists.service_categories import ServiceCategory
from reintegration.kernel.errors import Conflict, DomainError
from reintegration.kernel.money import Money
from reintegration.plans.services import approval
from tests.at_once import at_once
from tests.factories.casework import Casework, consent_of, make_casework
from tests.factories.cast import NOW, TODAY, actor
from tests.factories.payments import LATER, bank_line, make_batch, statement
from tests.factories.rules import set_rule
from tests.factories.vouchers import make_referral
from tests.plans.plan_makers import a_service, approve, edit, submit, write_plan
from tests.providers.makers import drafted, sent
from tests.vouchers.test_at_once import make_second_order
from tests.vouchers.test_laws import make_large_batch
from vouchers.bank.models import BankLine
from vouchers.bank.services import reconciliation
from vouchers.bank.services.statement_import import import_file
from vouchers.payments.models import PaymentBatch
from vouchers.payments.services import batches, release_limit
from vouchers.payments.states import RELEASE_BY_PREPARER_BELOW
from vouchers.voucher.models import Voucher
from vouchers.voucher.services import cancelling, issuing


def refused(error: type[DomainError], code: str):
    return pytest.raises(error, check=lambda raised: raised.code == code)


def at(number):
    return NOW + timedelta(days=number)


# --- approved by rule -------------------------------------------------------------------------


@pytest.fixture
def work(session, cast):
    """A service of which each unit costs 3,000 MDL: three are below the limit, four above."""
    return make_casework(session, cast, units=12, unit_price=Money(300_000, "MDL"))


def draft(session, cast, work, units, now=NOW):
    today = TODAY + (now - NOW)
    promise = issuing.Promise(
        work.line, units=units, valid_from=today, valid_until=today + timedelta(days=9)
    )
    voucher = issuing.draft(session, promise, actor=actor(session, cast.ana), now=now)
    session.commit()
    return voucher


def test_vouchers_that_need_no_second_person_count_together(session, cast, work):
    assert draft(session, cast, work, 3).approved_automatically
    second = draft(session, cast, work, 1)
    assert (second.state, second.approved_automatically) == ("draft", False)


def test_after_a_month_they_count_no_more(session, cast, work):
    draft(session, cast, work, 3)
    assert draft(session, cast, work, 3, now=at(30)).approved_automatically


def test_what_was_cancelled_unused_counts_no_more(session, cast, work):
    first = draft(session, cast, work, 3)
    cancelling.cancel(session, first, actor=actor(session, cast.ana), reason="greșit", now=NOW)
    session.commit()
    assert draft(session, cast, work, 3).approved_automatically


def test_another_case_counts_for_itself(session, cast, work):
    draft(session, cast, work, 3)
    other = make_casework(session, cast, units=12, unit_price=Money(300_000, "MDL"))
    assert draft(session, cast, other, 3).approved_automatically


def test_of_two_at_once_one_waits_for_a_second_person(session, cast, work):
    ana, line, line_id = actor(session, cast.ana), type(work.line), work.line.id

    def make(own):
        last = TODAY + timedelta(days=9)
        promise = issuing.Promise(
            own.get_one(line, line_id), units=2, valid_from=TODAY, valid_until=last
        )
        issuing.draft(own, promise, actor=ana, now=NOW)

    assert at_once(session, make, make) == [None, None]
    states = sorted(session.scalars(select(Voucher.state)))
    assert states == ["approved", "draft"]


# --- released by their preparer ---------------------------------------------------------------


def approved_batch(session, cast):
    batch = make_batch(session, cast, until="approved")
    session.commit()
    return batch


def release(session, cast, batch, now=LATER):
    petru = actor(session, cast.petru)
    batches.release(session, session.get_one(PaymentBatch, batch.id), actor=petru, now=now)
    session.commit()


@pytest.fixture
def one_and_a_half(session, cast):
    """Let the limit be one and a half times a batch."""
    first = approved_batch(session, cast)
    limit = first.total_minor * 3 // 2
    assert limit < RELEASE_BY_PREPARER_BELOW.initially["MDL"].minor
    limits = {**RELEASE_BY_PREPARER_BELOW.initially, "MDL": Money(limit, "MDL")}
    set_rule(session, cast, RELEASE_BY_PREPARER_BELOW, limits)
    return first


def test_batches_that_one_person_releases_count_together(session, cast, one_and_a_half):
    second = approved_batch(session, cast)
    release(session, cast, one_and_a_half)
    with refused(Conflict, "limit"):
        release(session, cast, second)
    session.rollback()
    batches.release(session, second, actor=actor(session, cast.radu), now=LATER)


def test_after_a_week_a_preparer_may_release_again(session, cast, one_and_a_half):
    second = approved_batch(session, cast)
    release(session, cast, one_and_a_half)
    release(session, cast, second, now=LATER + timedelta(days=7))


def test_two_batches_at_once_are_not_released_by_the_same_preparer(session, cast, one_and_a_half):
    second = approved_batch(session, cast)
    petru = actor(session, cast.petru)

    def act(batch_id):
        return lambda own: batches.release(
            own, own.get_one(PaymentBatch, batch_id), actor=petru, now=LATER
        )

    outcomes = at_once(session, act(one_and_a_half.id), act(second.id))
    assert [one.code for one in outcomes if isinstance(one, DomainError)] == ["limit"]
    lately = release_limit.released_lately(session, [cast.petru.id], "MDL", now=LATER)
    assert lately == one_and_a_half.total


def test_of_two_at_once_the_database_refuses_one_that_no_service_looked_at(session, cast):
    ids = [make_large_batch(session, cast).id for _ in range(2)]
    release = text("UPDATE payment_batch SET released_by = :who, released_at = :at WHERE id = :id")
    petru = cast.petru.id

    def act(batch_id):
        return lambda own: (
            own.execute(release, {"who": petru, "at": LATER, "id": batch_id}) and None
        )

    outcomes = [one for one in at_once(session, *map(act, ids)) if one is not None]
    assert [one.orig.diag.constraint_name for one in outcomes] == ["released_together"]


# --- requests ---------------------------------------------------------------------------------


def test_of_two_requests_at_once_for_all_units_the_second_is_refused(session, cast):
    work = make_casework(session, cast)
    ids = [drafted(session, cast, work, units=12).id for _ in range(2)]
    ana, line, line_id = actor(session, cast.ana), type(work.line), work.line.id
    case, case_id = type(work.case), work.case.id

    def send(referral_id):
        def act(own):
            found = LineWithCase(own.get_one(line, line_id), own.get_one(case, case_id))
            referral = own.get_one(Referral, referral_id)
            referrals.send(own, referral, actor=ana, found=found, now=NOW)

        return act

    outcomes = at_once(session, *map(send, ids))
    assert [one.code for one in outcomes if one is not None] == ["units"]
    assert sorted(session.scalars(select(Referral.state))) == ["draft", "requested"]


def test_nobody_accepts_after_the_time_to_answer_though_no_sweep_came_by(session, cast):
    referral = sent(session, cast, make_casework(session, cast))
    session.commit()
    corina = actor(session, cast.corina)
    late = referral.answer_by + timedelta(seconds=1)
    with refused(Conflict, "late"):
        referrals.accept(session, referral, actor=corina, now=late)
    session.rollback()
    referrals.accept(session, referral, actor=corina, now=referral.answer_by)


# --- units of a plan --------------------------------------------------------------------------


@pytest.fixture
def cheap(session, cast):
    """A plan of 12 sessions, of which 8 are on a voucher at half the planned price."""
    written = write_plan(session, cast)
    approve(session, written)
    line = written.line
    consent = consent_of(session, written.case, "share_with_provider")
    work = Casework(written.case, consent, written.plan, line.milestone, line)
    offering = cast.offerings[ServiceCategory(line.category)]
    price = line.unit_price_minor // 2
    referral = make_referral(session, cast, work, offering, unit_price_minor=price)
    promise = issuing.Promise(
        line, referral=referral, units=8, valid_from=TODAY, valid_until=TODAY + timedelta(days=9)
    )
    issuing.issue(session, promise, actor=actor(session, cast.ana), now=NOW)
    session.commit()
    return written


def test_fewer_units_than_are_on_vouchers_are_not_approved_though_the_ceiling_stays(
    session, cast, cheap
):
    edit(session, cheap, a_service(cast, units=6, ceiling=cheap.line.ceiling_minor))
    number = submit(session, cheap)
    session.commit()
    with refused(Conflict, "below_committed"):
        approval.approve(session, cheap.plan, actor=cheap.sergiu, number=number, now=NOW)
    session.rollback()
    change = text("UPDATE plan_line SET approved_units = 6 WHERE id = :id")
    with pytest.raises(IntegrityError) as caught:
        session.execute(change, {"id": cheap.line.id})
    session.rollback()
    assert caught.value.orig.diag.constraint_name == "units_of_line"


def test_as_many_units_as_are_on_vouchers_are_approved(session, cast, cheap):
    edit(session, cheap, a_service(cast, units=8, ceiling=cheap.line.ceiling_minor))
    number = submit(session, cheap)
    session.commit()
    approval.approve(session, cheap.plan, actor=cheap.sergiu, number=number, now=NOW)
    assert cheap.line.approved_units == 8


# --- the bank ---------------------------------------------------------------------------------


def test_a_batch_with_an_order_under_way_is_not_settled_by_a_match_beside_an_undo(session, cast):
    first = make_batch(session, cast, until="released").orders[0]
    other = make_second_order(session, session.get_one(PaymentBatch, first.batch_id))
    session.commit()
    petru = actor(session, cast.petru)
    content = statement(cast, bank_line(first))
    import_file(session, actor=petru, name="zi.xml", content=content, now=LATER)
    session.commit()
    line = session.scalars(select(BankLine)).one()
    line_id, batch_id = line.id, first.batch_id
    more = statement(cast, bank_line(other))

    def undo(own):
        found = own.get_one(BankLine, line_id)
        reconciliation.undo_match(own, found, actor=petru, reason="greșit", now=LATER)

    def match(own):
        return import_file(own, actor=petru, name="zi2.xml", content=more, now=LATER)

    outcomes = at_once(session, undo, match)
    assert not [one for one in outcomes if isinstance(one, Exception)], outcomes
    batch = session.get_one(PaymentBatch, batch_id)
    assert sorted(order.state for order in batch.orders) == ["released", "settled"]
    assert batch.state == "released"
