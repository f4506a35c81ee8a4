"""From the proposal of a rule to the voucher that it makes wait."""

from datetime import timedelta

import psycopg
import pytest

from reintegration.codelists.languages import Locale
from tests.browser.conftest import seats_in
from tests.factories.casework import make_casework
from tests.factories.cast import TODAY
from tests.factories.vouchers import make_referral

TOMORROW = TODAY + timedelta(days=1)


def let_days_pass(database):
    """Move what was decided a week back, as if the day from which it holds had come."""
    with psycopg.connect(database.owner_url.replace("+psycopg", "")) as owner:
        owner.execute("ALTER TABLE rule_version DISABLE TRIGGER keep_rule_version")
        owner.execute(
            "UPDATE rule_version SET first_day = first_day - 7,"
            " approved_at = approved_at - interval '7 days',"
            " proposed_at = proposed_at - interval '7 days'"
        )
        owner.execute("ALTER TABLE rule_version ENABLE TRIGGER keep_rule_version")
        owner.execute("UPDATE rulebook_edition SET edition = gen_random_uuid()")


@pytest.mark.deep
def test_a_limit_is_proposed_approved_and_makes_a_voucher_wait(
    browser, session, cast, committed_db, live_server
):
    work = make_casework(session, cast)
    make_referral(session, cast, work)
    for who in (cast.dan, cast.alina, cast.ana):
        who.locale = Locale.EN
    session.commit()
    new_voucher = f"/vouchers/lines/{work.line.id}/new"
    with seats_in(browser, live_server(committed_db).url) as page_of:
        dan = page_of("dan")
        dan.goes_to("/rules")
        dan.sees("Rules")
        dan.presses("A voucher needs a second person from")
        dan.presses("Propose a change")
        dan.types("A voucher needs a second person from (MDL)", "400")
        dan.types("First day", TOMORROW.isoformat())
        dan.types("Why it changes", "Two people look at each larger voucher")
        dan.looks()
        dan.presses("Propose the change")
        dan.reads("Waiting for approval", "10,000.00", "400.00")
        assert dan.main.get_by_role("button", name="Approve the change").count() == 0
        dan.looks()

        alina = page_of("alina", phone=True)
        alina.goes_to("/account/today")
        alina.reads("Rules to approve")
        alina.goes_to("/rules")
        alina.looks()
        alina.presses("A voucher needs a second person from: 400.00 MDL · 500.00 EUR")
        alina.reads("What will change", "Two people look at each larger voucher")
        alina.looks()
        alina.presses("Approve the change")
        alina.reads("Approved. It holds from its first day on.", "Holds later")

        ana = page_of("ana")
        ana.goes_to(new_voucher)
        ana.reads("From 10,000.00")
        let_days_pass(committed_db)
        ana.goes_to(new_voucher)
        ana.reads("From 400.00")
        ana.types("How many?", "1")
        ana.types("PIN", "402917")
        ana.presses("Issue the voucher")
        ana.reads("A second person approves it")
        dan.goes_to("/rules")
        dan.reads("400.00 MDL")
        dan.looks()
