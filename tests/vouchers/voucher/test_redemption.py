"""Redeeming: what is refused, what is posted, and that it happens once."""

import json
import threading
from contextlib import suppress
from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import select

from reintegration.codelists.service_categories import ServiceCategory
from reintegration.codelists.units import Unit
from reintegration.kernel import tries
from reintegration.kernel.clock import LOCAL
from reintegration.kernel.db import act_as
from reintegration.kernel.errors import Conflict, DomainError, Invalid, NotFound, TooManyTries
from reintegration.kernel.ids import new_id
from reintegration.kernel.money import Money
from reintegration.kernel.states import StateEvent
from reintegration.plans.models import PlanLineDelivery
from tests.at_once import at_once
from tests.factories.casework import make_casework
from tests.factories.cast import NOW, TODAY, actor
from tests.factories.vouchers import PIN, deliver, make_voucher
from vouchers.books.models import BudgetLine, LedgerLine
from vouchers.voucher.models import Redemption
from vouchers.voucher.services import cancelling, holds, pins
from vouchers.voucher.services.redeemability import WrongPin
from vouchers.voucher.services.redemption import Delivery, SameKeyInFlight, redeem, redeem_once
from vouchers.voucher.services.replacing import replace

WRONG = "913580"
MIDNIGHT = datetime.combine(TODAY + timedelta(days=1), time(), LOCAL).astimezone(UTC)


def refused(error: type[DomainError], code: str):
    return pytest.raises(error, check=lambda raised: raised.code == code)


def balance(session, account: str) -> int:
    rows = session.execute(
        select(LedgerLine.debit_minor, LedgerLine.credit_minor).where(LedgerLine.account == account)
    )
    return sum(debit - credit for debit, credit in rows)


def test_a_delivery_takes_its_units_and_posts_once(session, cast):
    issued = make_voucher(session, cast)
    outcome = deliver(session, cast.rita, issued, units=2)
    session.refresh(issued.voucher)
    assert (issued.voucher.units_left, issued.voucher.state) == (3, "partly_redeemed")
    assert balance(session, "2100") == -100_000
    assert balance(session, "9200") == -150_000
    assert json.loads(outcome.response)["units_left"] == 3


def test_the_last_unit_closes_the_voucher_and_forgets_its_paper(session, cast):
    issued = make_voucher(session, cast)
    deliver(session, cast.rita, issued, units=5)
    session.refresh(issued.voucher)
    assert (issued.voucher.state, issued.voucher.print_sealed) == ("redeemed", None)


def test_a_delivery_is_counted_on_the_plan_line(session, cast):
    issued = make_voucher(session, cast)
    deliver(session, cast.rita, issued, units=2)
    counted = session.get_one(PlanLineDelivery, issued.voucher.plan_line_id)
    session.refresh(counted)
    assert (counted.units, counted.amount_minor, counted.last_on) == (2, 100_000, TODAY)


def test_the_move_is_in_the_history(session, cast):
    issued = make_voucher(session, cast)
    deliver(session, cast.rita, issued, units=5)
    moves = session.scalars(
        select(StateEvent.move)
        .where(StateEvent.aggregate_id == issued.voucher.id)
        .order_by(StateEvent.id)
    ).all()
    assert moves == ["approve", "issue", "redeem_all"]


def test_the_qr_secret_opens_the_same_voucher(session, cast):
    issued = make_voucher(session, cast)
    deliver(session, cast.rita, issued, code=issued.secrets.qr)
    session.refresh(issued.voucher)
    assert issued.voucher.units_left == 4


def test_a_typed_code_may_be_written_as_people_write(session, cast):
    issued = make_voucher(session, cast)
    code = issued.secrets.code.lower()
    deliver(session, cast.rita, issued, code=f" {code[:4]}-{code[4:8]} {code[8:]} ")
    session.refresh(issued.voucher)
    assert issued.voucher.units_left == 4


def test_the_same_request_gets_the_same_bytes(session, cast):
    issued = make_voucher(session, cast)
    first = deliver(session, cast.rita, issued, key="one")
    again = deliver(session, cast.rita, issued, key="one")
    assert (again.response, again.replayed) == (first.response, True)
    session.refresh(issued.voucher)
    assert issued.voucher.units_left == 4


@pytest.mark.parametrize("change", [{"units": 2}, {"pin": WRONG}, {"code": "unknown"}])
def test_the_same_key_with_another_body_is_refused(session, cast, change):
    issued = make_voucher(session, cast)
    deliver(session, cast.rita, issued, key="one")
    with refused(Conflict, "idempotency_mismatch"):
        deliver(session, cast.rita, issued, key="one", **change)


def test_an_unknown_code_is_refused(session, cast):
    issued = make_voucher(session, cast)
    with refused(NotFound, "unknown_voucher"):
        deliver(session, cast.rita, issued, code="0000 0000 0000 0000")


@pytest.mark.parametrize("walls", [True, False])
def test_another_providers_voucher_looks_like_no_voucher(session, cast, walls):
    issued = make_voucher(session, cast)
    olga = actor(session, cast.olga)
    if walls:
        session.commit()
        act_as(session, olga)
    with refused(NotFound, "unknown_voucher"):
        redeem(
            session,
            actor=olga,
            now=NOW,
            delivery=Delivery(key="k", code=issued.secrets.code, units=1, pin=PIN),
        )


def test_row_level_security_lets_the_desk_redeem(session, cast):
    issued = make_voucher(session, cast)
    session.commit()
    act_as(session, actor(session, cast.rita))
    outcome = deliver(session, cast.rita, issued)
    session.commit()
    assert json.loads(outcome.response)["state"] == "accepted"


def test_too_early_is_refused(session, cast):
    issued = make_voucher(session, cast, valid_from=TODAY + timedelta(days=1))
    with refused(Conflict, "not_yet_valid"):
        deliver(session, cast.rita, issued)


def test_the_last_day_still_counts_until_midnight_in_chisinau(session, cast):
    issued = make_voucher(session, cast, valid_until=TODAY)
    deliver(session, cast.rita, issued, now=MIDNIGHT - timedelta(minutes=1))


def test_after_midnight_in_chisinau_nothing_more_is_given_on_it(session, cast):
    issued = make_voucher(session, cast, valid_until=TODAY)
    with refused(Conflict, "expired"):
        deliver(session, cast.rita, issued, now=MIDNIGHT + timedelta(minutes=1))


@pytest.mark.parametrize(
    ("stop", "code"), [(holds.place, "suspended"), (cancelling.cancel, "cancelled")]
)
def test_a_voucher_that_was_stopped_is_refused(session, cast, stop, code):
    issued = make_voucher(session, cast)
    stop(session, issued.voucher, actor=actor(session, cast.ana), reason="Greșeală", now=NOW)
    with refused(Conflict, code):
        deliver(session, cast.rita, issued)


def test_a_suspended_offering_stops_its_voucher_even_before_the_hook(session, cast):
    issued = make_voucher(session, cast)
    cast.offerings[ServiceCategory.MENTAL_HEALTH].state = "suspended"
    session.flush()
    with refused(Conflict, "offering_suspended"):
        deliver(session, cast.rita, issued)


def test_the_old_code_of_a_replaced_voucher_is_dead_and_the_new_one_works(session, cast):
    issued = make_voucher(session, cast)
    new, made = replace(
        session, issued.voucher, actor=actor(session, cast.ana), reason="Pierdut", now=NOW
    )
    with refused(Conflict, "replaced"):
        deliver(session, cast.rita, issued)
    deliver(session, cast.rita, issued, code=made.code)
    session.refresh(new)
    assert new.units_left == 4


def test_a_used_up_voucher_is_refused(session, cast):
    issued = make_voucher(session, cast, units=1)
    deliver(session, cast.rita, issued)
    with refused(Conflict, "used_up"):
        deliver(session, cast.rita, issued)


@pytest.mark.parametrize(
    ("units", "code"),
    [(0, "not_positive"), (-1, "not_positive"), (6, "more_than_left"), (10**30, "more_than_left")],
)
def test_senseless_units_are_refused(session, cast, units, code):
    issued = make_voucher(session, cast)
    with refused(Invalid, code):
        deliver(session, cast.rita, issued, units=units)


@pytest.mark.parametrize(
    ("amount", "code"),
    [
        ("0", "not_positive"),
        ("-5.00", "not_positive"),
        ("600.01", "more_than_left"),
        ("1e30", "invalid"),
        ("many", "invalid"),
        ("1.005", "invalid"),
    ],
)
def test_senseless_amounts_are_refused(session, cast, amount, code):
    issued = make_value_voucher(session, cast)
    with refused(Invalid, code):
        deliver(session, cast.rita, issued, amount=amount)


def make_value_voucher(session, cast):
    work = make_casework(
        session, cast, category=ServiceCategory.MEDICAL, units=1, unit_price=Money(60_000, "MDL")
    )
    work.line.unit = Unit.AMOUNT.value
    session.flush()
    return make_voucher(session, cast, work, amount=Money(60_000, "MDL"))


def test_a_value_voucher_is_redeemed_by_amount(session, cast):
    issued = make_value_voucher(session, cast)
    deliver(session, cast.rita, issued, amount="149.50")
    session.refresh(issued.voucher)
    assert issued.voucher.amount_left == Money(45_050, "MDL")


@pytest.mark.parametrize("wanted", [{"amount": "50.00"}, {"units": None}])
def test_units_are_asked_of_a_unit_voucher(session, cast, wanted):
    issued = make_voucher(session, cast)
    with refused(Invalid, "wrong_measure"):
        deliver(session, cast.rita, issued, **wanted)


@pytest.mark.parametrize("days", [1, -15])
def test_a_day_outside_the_window_is_refused(session, cast, days):
    issued = make_voucher(session, cast, valid_from=TODAY - timedelta(days=30))
    with refused(Invalid, "delivered_on"):
        deliver(session, cast.rita, issued, delivered_on=TODAY + timedelta(days=days))


def test_a_day_before_the_voucher_is_refused(session, cast):
    issued = make_voucher(session, cast)
    with refused(Invalid, "delivered_on"):
        deliver(session, cast.rita, issued, delivered_on=TODAY - timedelta(days=1))


def test_a_wrong_pin_is_counted_even_when_the_request_rolls_back(session, cast):
    issued = make_voucher(session, cast)
    session.commit()
    for left in (4, 3, 2, 1, 0):
        with pytest.raises(WrongPin) as refusal:
            deliver(session, cast.rita, issued, pin=WRONG)
        until = {} if left else {"until": NOW + timedelta(days=1)}
        assert refusal.value.params == {"left": left} | until
        session.rollback()
    with refused(TooManyTries, "locked"):
        deliver(session, cast.rita, issued, pin=PIN)


def guess_wrong(session, cast, issued, times):
    session.commit()
    for _ in range(times):
        with pytest.raises(WrongPin):
            deliver(session, cast.rita, issued, pin=WRONG)


def test_a_locked_pin_opens_again_after_a_day(session, cast):
    issued = make_voucher(session, cast)
    guess_wrong(session, cast, issued, 5)
    deliver(session, cast.rita, issued, now=NOW + timedelta(days=1, seconds=1))


def test_a_lock_blocks_the_pin_and_not_the_service(session, cast):
    issued = make_voucher(session, cast)
    guess_wrong(session, cast, issued, 5)
    outcome = deliver(session, cast.rita, issued, pin=None, without_pin="PIN blocat")
    assert json.loads(outcome.response)["state"] == "unconfirmed"


def test_the_right_pin_gives_the_tries_back(session, cast):
    issued = make_voucher(session, cast)
    guess_wrong(session, cast, issued, 4)
    deliver(session, cast.rita, issued)
    session.commit()
    with pytest.raises(WrongPin) as refusal:
        deliver(session, cast.rita, issued, pin=WRONG)
    assert refusal.value.params == {"left": 4}


def test_right_pins_at_once_are_not_refused_beside_wrong_ones(session, cast, monkeypatch):
    issued = make_voucher(session, cast)
    guess_wrong(session, cast, issued, 4)
    compare, both = pins.compare, threading.Barrier(2)

    def compared_together(*args):
        with suppress(threading.BrokenBarrierError):
            both.wait(0.7)  # the second comes here only where the first does not hold the counter
        return compare(*args)

    monkeypatch.setattr(pins, "compare", compared_together)
    rita, code = actor(session, cast.rita), issued.secrets.code

    def uses_one(own):
        delivery = Delivery(key=str(new_id()), code=code, pin=PIN, units=1)
        return redeem(own, actor=rita, delivery=delivery, now=NOW)

    answers = at_once(session, uses_one, uses_one)
    assert [json.loads(one.response)["state"] for one in answers] == ["accepted", "accepted"]


def test_a_pin_is_asked_where_the_category_asks_for_one(session, cast):
    issued = make_voucher(session, cast)
    with refused(Invalid, "pin_missing"):
        deliver(session, cast.rita, issued, pin=None)


def test_wrong_pins_over_many_vouchers_stop_the_device(session, cast, monkeypatch):
    monkeypatch.setattr(
        "vouchers.voucher.services.pins.PER_DEVICE", tries.Limit(3, timedelta(hours=1))
    )
    made = [make_voucher(session, cast) for _ in range(4)]
    session.commit()
    for issued in made[:3]:
        with pytest.raises(WrongPin):
            deliver(session, cast.rita, issued, pin=WRONG)
    with refused(TooManyTries, "locked"):
        deliver(session, cast.rita, made[3])


def test_unknown_codes_stop_the_device(session, cast, monkeypatch):
    monkeypatch.setattr(
        "vouchers.voucher.services.pins.UNKNOWN_CODES", tries.Limit(2, timedelta(hours=1))
    )
    issued = make_voucher(session, cast)
    session.commit()
    for _ in range(2):
        with pytest.raises(NotFound):
            deliver(session, cast.rita, issued, code="0000000000000000")
    with refused(TooManyTries, "locked"):
        deliver(session, cast.rita, issued)


def test_an_open_voucher_is_bound_by_its_first_redemption(session, cast):
    issued = make_voucher(session, cast, open_to_all=True)
    deliver(session, cast.rita, issued)
    session.refresh(issued.voucher)
    assert issued.voucher.provider_id == cast.provider.id
    assert issued.voucher.offering_id == cast.offerings[ServiceCategory.MENTAL_HEALTH].id
    with refused(NotFound, "unknown_voucher"):
        deliver(session, cast.olga, issued)


def test_an_open_voucher_pays_what_the_provider_asks_and_frees_the_rest(session, cast):
    cast.offerings[ServiceCategory.MENTAL_HEALTH].price_minor = 40_000
    work = make_casework(session, cast, unit_price=Money(50_000, "MDL"))
    before = session.get_one(BudgetLine, cast.budget_line.id).available_minor
    issued = make_voucher(session, cast, work, open_to_all=True)
    deliver(session, cast.rita, issued, units=2)
    session.refresh(issued.voucher)
    session.refresh(cast.budget_line)
    assert issued.voucher.amount_left == Money(120_000, "MDL")
    assert cast.budget_line.available_minor == before - 5 * 40_000
    assert balance(session, "9200") == -120_000
    assert balance(session, "9100") == balance_of(session, cast) * -1


def balance_of(session, cast) -> int:
    return session.get_one(BudgetLine, cast.budget_line.id).available_minor + (
        session.get_one(BudgetLine, cast.euro_budget_line.id).available_minor
    )


def test_an_open_voucher_needs_a_vetted_offering_at_its_price(session, cast):
    cast.offerings[ServiceCategory.MENTAL_HEALTH].price_minor = 60_000
    work = make_casework(session, cast, unit_price=Money(50_000, "MDL"))
    issued = make_voucher(session, cast, work, open_to_all=True)
    with refused(Conflict, "offering_suspended"):
        deliver(session, cast.rita, issued)


def test_a_key_taken_meanwhile_is_asked_again(session, cast, monkeypatch):
    issued = make_voucher(session, cast)
    session.commit()
    calls = []

    def flaky(*args, **kwargs):
        calls.append(1)
        if len(calls) == 1:
            raise SameKeyInFlight
        return redeem(*args, **kwargs)

    monkeypatch.setattr("vouchers.voucher.services.redemption.redeem", flaky)
    delivery = Delivery(key="k", code=issued.secrets.code, units=1, pin=PIN)
    outcome = redeem_once(session, actor=actor(session, cast.rita), delivery=delivery, now=NOW)
    assert session.get_one(Redemption, outcome.redemption_id).units == 1


def test_nobody_but_the_desk_redeems(session, cast):
    issued = make_voucher(session, cast)
    for person in (cast.boris, cast.ana, cast.petru, cast.irina):
        with pytest.raises(DomainError):
            deliver(session, person, issued)
