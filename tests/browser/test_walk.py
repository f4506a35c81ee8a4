"""The main job in a browser, step by step as the people of the cast: nothing is done for them."""

import psycopg
import pytest

from reintegration.codelists.service_categories import ServiceCategory
from reintegration.kernel.actor import Role
from tests.browser.conftest import seats_in, town_of
from tests.browser.in_euro import checked_in_euro, speak_english
from tests.browser.seats import within_clicks
from tests.browser.walk import arranging, casework, deciding, desk, night, payments

pytestmark = pytest.mark.xdist_group("browser-walk")
COMMENT = "Spune în ce limbă este consilierea."


def may_also(database, person, role):
    """Give a role that no account may hold beside its own: then only the rule of three people
    stands in the way."""
    with psycopg.connect(database.owner_url.replace("+psycopg", "")) as owner:
        owner.execute("ALTER TABLE user_role DISABLE TRIGGER pair_of_roles")
        owner.execute("INSERT INTO user_role VALUES (%s, %s)", [person.id, role.value])
        owner.execute("ALTER TABLE user_role ENABLE TRIGGER pair_of_roles")


@pytest.fixture
def town(session, cast, committed_db, tmp_path):
    speak_english(cast)
    checked_in_euro(session, cast)
    cast.other_offerings[ServiceCategory.MENTAL_HEALTH].price_minor = 60_000
    session.commit()
    may_also(committed_db, cast.petru, Role.FINANCE_APPROVER)
    may_also(committed_db, cast.alina, Role.FINANCE_RELEASER)
    with town_of(committed_db, cast, tmp_path) as running:
        yield running


@pytest.fixture
def page_of(browser, town):
    with seats_in(browser, town.url) as seats:
        yield seats


def test_a_plan_becomes_a_delivered_paid_and_reconciled_service(page_of, town):
    ana = page_of("ana")
    with within_clicks(15, ana):
        code = casework.registers_a_beneficiary(ana)
        casework.writes_needs_and_goals(ana)
    casework.adds_a_goal(ana)
    casework.records_consent(ana)
    with within_clicks(18, ana):
        casework.builds_a_plan(ana)
        plan = ana.path
        casework.sends_the_plan(ana)
    casework.sees_the_plan_over_time(ana)

    sergiu = page_of("sergiu")
    deciding.reads_what_changed(sergiu, code)
    deciding.reads_it_in(sergiu, "Русский", "Что изменилось в плане")
    deciding.reads_it_in(sergiu, "Română", "Ce s-a schimbat în plan")
    deciding.reads_it_in(sergiu, "English", "What changed in the plan")
    deciding.returns_it(sergiu, COMMENT)
    casework.changes_what_was_asked(ana, COMMENT)
    casework.sends_the_plan(ana)
    deciding.reads_what_changed(sergiu, code)
    deciding.approves_it(sergiu)

    with within_clicks(12, ana):
        arranging.finds_a_provider(ana, plan)
        arranging.sends_a_referral(ana, code)
        desk.accepts_the_request(page_of("corina"), code)
        pin = arranging.issues_a_voucher(ana, plan)
        paper = arranging.prints_it(ana, pin)

    rita = page_of("rita", phone=True)
    desk.finds_the_voucher(rita, paper)
    desk.is_refused_a_wrong_pin(rita, paper)
    kept = desk.redeems(rita, paper, 10, much=True)
    desk.finds_the_voucher(rita, paper)
    mistaken = desk.redeems(rita, paper, 1)
    desk.takes_it_back(rita, mistaken)
    boris = page_of("boris")
    with within_clicks(6, boris):
        claim = desk.sends_a_claim(boris, receipts=[kept], without=mistaken)

    petru, alina, radu = page_of("petru"), page_of("alina"), page_of("radu")
    euro_batch = payments.prepares_a_batch(petru, "EUR")
    payments.approves_the_batch(alina, euro_batch)
    payments.may_not_release_it_too(alina, euro_batch)
    (euro_order,) = payments.orders_in_pain(*payments.releases_the_batch(radu, euro_batch))
    with within_clicks(20, petru, alina, radu):
        payments.checks_the_claim(petru, claim)
        batch = payments.prepares_a_batch(petru, "MDL")
        payments.approves_the_batch(alina, batch)
        (order,) = payments.orders_in_csv(*payments.releases_the_batch(radu, batch))
        assert (order.amount, euro_order.amount) == ("5000.00", "400.00")
        payments.imports_the_statement(petru, town.cast, [order, euro_order])
        payments.sees_what_waits(petru)
    payments.sees_what_was_settled(petru)
    payments.sees_books_that_balance(petru)

    casework.sees_that_it_moved(ana, plan)

    ana_outside = page_of("ana", phone=True)
    night.starts_help(ana_outside)
    pins = night.puts_it_behind_vouchers(ana_outside)
    assert len(set(pins)) == len(pins) == 2
    deciding.ratifies_the_night(sergiu)
    deciding.leaves_at_once(sergiu)
