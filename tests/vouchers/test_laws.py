"""What must never be is a law of the database: tried as the application's role, past every service."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from reintegration.kernel.clock import local_day
from tests.factories.casework import make_casework
from tests.factories.cast import actor
from tests.factories.payments import (
    LATER,
    bank_line,
    make_batch,
    make_checked_claim,
    make_claim,
    make_deliveries,
    statement,
)
from tests.factories.rules import set_rule
from tests.factories.vouchers import deliver, make_voucher
from vouchers.bank.services.statement_import import import_file
from vouchers.payments.states import RELEASE_BY_PREPARER_BELOW, RELEASED_TOGETHER


def refused(session, law, statement_, **values):
    """Whether a statement, at the latest its commit, is refused by the law of this name."""
    session.commit()
    with pytest.raises(IntegrityError) as caught:
        commit(session, statement_, values)
    session.rollback()
    return (caught.value.orig.diag.constraint_name or "").endswith(law)


def commit(session, statement_, values):
    session.execute(text(statement_), values)
    session.commit()


@pytest.fixture
def voucher(session, cast):
    return make_voucher(session, cast).voucher


def test_nobody_approves_the_voucher_that_they_drafted(session, voucher):
    change = "UPDATE voucher SET approved_by = drafted_by"
    assert refused(session, "ck_voucher_four_eyes", change)


def test_nobody_decides_on_a_plan_that_they_sent_or_wrote(session, cast):
    plan = make_casework(session, cast).plan
    add = (
        "INSERT INTO plan_version (id, plan_id, case_id, number, state, snapshot, submitted_by,"
        " written_by, submitted_at, decided_by, comment) VALUES (gen_random_uuid(), :plan, :case,"
        " 9, 'approved', '{}', :sent, ARRAY[CAST(:wrote AS uuid)], now(), :decided, '')"
    )
    ids = {"plan": plan.id, "case": plan.case_id, "sent": cast.ana.id}
    for wrote, decided in ((cast.calin.id, cast.ana.id), (cast.sergiu.id, cast.sergiu.id)):
        people = {"wrote": wrote, "decided": decided}
        assert refused(session, "ck_plan_version_four_eyes", add, **ids, **people)


def test_nobody_decides_on_the_emergency_that_they_started(session, cast):
    case = make_casework(session, cast).case
    add = (
        "INSERT INTO emergency_start (id, case_id, state, started_by, started_at, ratify_by,"
        " circumstances, ceiling_minor, currency, decided_by, comment) VALUES (gen_random_uuid(),"
        " :case, 'ratified', :who, now(), now(), '', 1, 'MDL', :who, '')"
    )
    law = "ck_emergency_start_four_eyes"
    assert refused(session, law, add, case=case.id, who=cast.ana.id)


def test_nobody_approves_the_service_that_they_checked_or_submitted(session, cast):
    for column in ("assessed_by", "submitted_by"):
        change = f"UPDATE offering SET {column} = approved_by WHERE approved_by IS NOT NULL"
        assert refused(session, "ck_offering_four_eyes", change)


def test_nobody_approves_the_service_that_they_wrote(session, cast):
    change = "UPDATE offering SET written_by = ARRAY[approved_by] WHERE approved_by IS NOT NULL"
    assert refused(session, "ck_offering_four_eyes", change)


def test_nobody_confirms_the_delivery_that_they_recorded(session, cast):
    deliver(session, cast.rita, make_voucher(session, cast), pin=None, without_pin="uitat")
    change = "UPDATE redemption SET state = 'accepted', settled_by = recorded_by"
    assert refused(session, "ck_redemption_four_eyes", change)


@pytest.mark.parametrize(
    ("who", "role"),
    [("petru", "finance_approver"), ("alina", "finance_releaser"), ("dan", "auditor")],
)
def test_no_account_holds_both_sides_of_a_check(session, cast, who, role):
    add = "INSERT INTO user_role (user_id, role) VALUES (:who, :role)"
    assert refused(session, "pair_of_roles", add, who=getattr(cast, who).id, role=role)


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM user_role WHERE role = 'administrator'",
        "UPDATE user_account SET disabled_at = now() WHERE email = 'dan@demo.example'",
        "UPDATE organisation SET active = false",
    ],
)
def test_somebody_always_administers(session, cast, change):
    assert refused(session, "last_administrator", change)


@pytest.mark.parametrize(
    ("law", "change"),
    [
        ("consent_of_voucher", "UPDATE voucher SET valid_until = valid_until + 4000"),
        ("line_of_voucher", "UPDATE voucher SET currency = 'EUR'"),
        ("line_of_voucher", "UPDATE plan_line SET removed_at = now()"),
        ("ceiling_of_line", "UPDATE plan_line SET approved_ceiling_minor = 1"),
    ],
)
def test_a_voucher_stays_within_what_it_stands_on(session, voucher, law, change):
    assert refused(session, law, change)


def test_no_voucher_goes_beyond_the_approved_ceiling(session, voucher):
    names = session.scalars(
        text(
            "SELECT column_name FROM information_schema.columns WHERE table_name = 'voucher'"
            " AND column_name NOT IN ('id', 'reference', 'code_hash', 'secret_hash')"
        )
    ).all()
    copied = ", ".join(names)
    add = (
        f"INSERT INTO voucher (id, reference, {copied})"
        f" SELECT gen_random_uuid(), 'V-' || n, {copied} FROM voucher, generate_series(1, 9) n"
    )
    assert refused(session, "ceiling_of_line", add)


def test_steps_never_wait_for_each_other(session, cast):
    work = make_casework(session, cast)
    session.execute(
        text(
            "INSERT INTO milestone (id, plan_id, case_id, domain, title, starts_on, due_on, state,"
            " evidence, created_at) SELECT gen_random_uuid(), plan_id, case_id, domain, 'Alt pas',"
            " starts_on, due_on, state, '', now() FROM milestone"
        )
    )
    both = (
        "INSERT INTO milestone_dependency (milestone_id, depends_on_id, case_id)"
        " SELECT a.id, b.id, a.case_id FROM milestone a, milestone b"
        " WHERE a.id <> b.id AND a.case_id = :case"
    )
    assert refused(session, "circle_of_steps", both, case=work.case.id)


def test_no_more_places_are_taken_than_there_are(session, cast):
    assert refused(session, "ck_offering_places", "UPDATE offering SET places_taken = 99")


def test_one_invoice_stands_on_one_claim(session, cast):
    claim = make_claim(session, cast)
    session.commit()
    other = make_claim(session, cast)
    change = "UPDATE claim SET invoice_number = 'F-1' WHERE id IN (:one, :other)"
    assert refused(session, "uq_claim_invoice", change, one=claim.id, other=other.id)


def test_one_who_prepares_releases_no_more_than_the_limit_within_a_week(session, cast):
    one, other = (make_large_batch(session, cast) for _ in range(2))
    release = "UPDATE payment_batch SET released_by = :who, released_at = :at WHERE id = :id"
    petru, radu = cast.petru.id, cast.radu.id
    commit(session, release, {"who": petru, "at": LATER, "id": one.id})
    late = {"id": other.id, "at": LATER + RELEASED_TOGETHER.initially - timedelta(seconds=1)}
    assert refused(session, "released_together", release, who=petru, **late)
    commit(session, release, {"who": radu, **late})
    commit(
        session, release, {"who": petru, "id": other.id, "at": LATER + RELEASED_TOGETHER.initially}
    )


@pytest.mark.parametrize("law", ["refuse_parts_of_a_release", "refuse_large_release"])
def test_the_laws_of_a_release_begin_with_the_limit_of_the_code(session, law):
    rule = session.scalar(text("SELECT prosrc FROM pg_proc WHERE proname = :name"), {"name": law})
    limits = RELEASE_BY_PREPARER_BELOW
    assert json.dumps(limits.kind.stored(limits.initially)) in rule
    assert f"'{limits.code}'" in rule


def test_the_law_of_a_release_asks_the_rule_of_its_day(session, cast):
    batch = make_large_batch(session, cast)
    release = "UPDATE payment_batch SET released_by = :who, released_at = :at WHERE id = :id"
    less = {**RELEASE_BY_PREPARER_BELOW.initially, "MDL": batch.total}
    set_rule(session, cast, RELEASE_BY_PREPARER_BELOW, less, since=local_day(LATER))
    before = LATER - timedelta(days=1)
    told = {"who": cast.petru.id, "id": batch.id}
    assert refused(session, "preparer_releases_small_only", release, at=LATER, **told)
    stands_in = {"who": cast.radu.id, "for": cast.petru.id, "id": batch.id, "at": LATER}
    lent = release.replace("released_at", "released_for = :for, released_at")
    assert refused(session, "preparer_releases_small_only", lent, **stands_in)
    commit(session, release, {"at": before, **told})
    moved = "UPDATE payment_batch SET released_at = :at WHERE id = :id"
    assert refused(session, "preparer_releases_small_only", moved, at=LATER, id=batch.id)


def test_nobody_becomes_the_preparer_of_what_they_released(session, cast):
    batch = make_large_batch(session, cast)
    less = {**RELEASE_BY_PREPARER_BELOW.initially, "MDL": batch.total}
    set_rule(session, cast, RELEASE_BY_PREPARER_BELOW, less, since=local_day(LATER))
    release = "UPDATE payment_batch SET released_by = :who, released_at = :at WHERE id = :id"
    commit(session, release, {"who": cast.radu.id, "at": LATER, "id": batch.id})
    other = "UPDATE payment_batch SET prepared_by = :who WHERE id = :id"
    assert refused(session, "preparer_releases_small_only", other, who=cast.radu.id, id=batch.id)


def make_large_batch(session, cast):
    """Make an approved batch of more than half of what one who prepares may release."""
    delivered = make_deliveries(session, cast, 6)
    batch = make_batch(session, cast, [make_checked_claim(session, cast, deliveries=delivered)])
    limit = RELEASE_BY_PREPARER_BELOW.initially["MDL"].minor
    assert limit / 2 < batch.total_minor < limit
    return batch


@pytest.mark.parametrize(
    ("law", "change"),
    [
        ("total_of_batch", "UPDATE payment_batch SET total_minor = total_minor + 1"),
        ("total_of_batch", "UPDATE payment_order SET amount_minor = amount_minor + 1"),
        ("orders_of_batch", "UPDATE payment_batch SET state = 'settled'"),
    ],
)
def test_a_batch_is_its_orders(session, cast, law, change):
    make_batch(session, cast, until="released")
    assert refused(session, law, change)


def test_no_order_is_under_way_in_a_settled_batch(session, cast):
    order = make_batch(session, cast, until="released").orders[0]
    pay(session, cast, order)
    change = "UPDATE payment_order SET state = 'released', paid_minor = 0"
    assert refused(session, "orders_of_batch", change)


def test_a_line_that_is_matched_is_the_sum_of_its_orders(session, cast):
    order = make_batch(session, cast, until="released").orders[0]
    pay(session, cast, order)
    change = "UPDATE bank_line SET amount_minor = amount_minor - 1"
    assert refused(session, "sum_of_match", change)


def pay(session, cast, order):
    content = statement(cast, bank_line(order))
    import_file(
        session, actor=actor(session, cast.petru), name="zi.xml", content=content, now=LATER
    )
    session.flush()
