"""No page ends where nothing can be done: it says what to do, and who can."""

import re

from sqlalchemy import select, update

from providers.directory.models import Offering
from providers.directory.states import OfferingState
from reintegration.accounts.models import User
from tests.factories.casework import make_casework
from tests.factories.cast import NOW, actor
from tests.factories.vouchers import deliver, make_voucher
from tests.plans.plan_makers import write_plan
from vouchers.books.models import BankAccount, BudgetLine
from vouchers.payments.queries.claims import unclaimed
from vouchers.voucher.models import Redemption
from vouchers.voucher.services import confirmation


def test_without_a_budget_line_that_may_pay_the_form_says_who_can_change_it(session, cast, sign_in):
    w = write_plan(session, cast)
    session.execute(update(BudgetLine).values(closed_at=NOW))
    session.commit()
    step = f"/cases/{w.case.id}/plan/milestones/{w.milestone.id}/lines/new"
    page = sign_in(cast.ana).get(f"{step}?category=shelter&lang=en").text
    assert "No budget line may pay for this service" in page
    assert f"Who can do it: {cast.petru.name} ({cast.petru.email})." in page


def test_a_service_whose_budget_line_was_closed_is_not_given_another_one_by_itself(
    session, cast, sign_in
):
    """The only other line stood there as if chosen, and the sums would have been in its money."""
    w = make_casework(session, cast)
    own = BudgetLine.id == w.line.budget_line_id
    session.execute(update(BudgetLine).where(own).values(closed_at=NOW))
    session.commit()
    page = sign_in(cast.ana).get(f"/cases/{w.case.id}/plan/lines/{w.line.id}?lang=en").text
    chooser = page.partition('name="budget_line_id"')[2].partition("</select>")[0]
    assert chooser.count("<option") == 2, "one other line, and nothing"
    assert '<option value="">' in chooser
    assert "selected" not in chooser
    assert "Its budget line may no longer pay for this service" in page


def test_at_night_without_a_budget_line_the_page_says_whom_to_call(session, cast, sign_in):
    session.execute(update(BudgetLine).values(closed_at=NOW))
    session.commit()
    page = sign_in(cast.ana).get("/cases/emergency?lang=en").text
    above = session.get_one(User, cast.ana.supervisor_id)
    assert f"Call your supervisor now, {above.name} ({above.email});" in page
    assert f"Who can do it: {cast.petru.name} ({cast.petru.email})." in page
    assert "Ask finance for a budget line in MDL that pays for all of this:" in page


def test_a_voucher_on_an_empty_budget_line_says_so_before_it_is_tried(session, cast, sign_in):
    work = make_casework(session, cast)
    session.commit()
    browser = sign_in(cast.ana)
    address = f"/vouchers/lines/{work.line.id}/new?lang=en"
    assert "The budget line cannot pay" not in browser.get(address).text
    session.execute(update(BudgetLine).values(available_minor=100))
    session.commit()
    page = browser.get(address).text
    assert "The budget line cannot pay for this now" in page
    assert f"{cast.alina.name} ({cast.alina.email})" in page
    assert f"/plan/lines/{work.line.id}" in page


def test_a_voucher_on_a_used_up_service_leads_to_the_plan(session, cast, sign_in):
    work = make_casework(session, cast)
    work.line.approved_units = work.line.approved_ceiling_minor = 0
    session.commit()
    page = sign_in(cast.ana).get(f"/vouchers/lines/{work.line.id}/new?lang=en").text
    assert "Nothing is left of this service" in page
    assert f"/plan/lines/{work.line.id}" in page


def test_with_nothing_to_claim_the_page_says_what_can_be_claimed_later(session, cast, sign_in):
    session.commit()
    browser = sign_in(cast.boris)
    page = browser.get("/claims/mine/new?lang=en").text
    assert "can be claimed once the case manager has confirmed it" in page
    assert "Show every period" not in page
    assert "Show every period" in browser.get("/claims/mine/new?since=2026-01-01&lang=en").text


def test_a_delivery_without_a_pin_is_claimable_once_it_is_confirmed(session, cast):
    deliver(
        session, cast.rita, make_voucher(session, cast), pin=None, without_pin="Telefon pierdut"
    )
    boris = actor(session, cast.boris)
    assert unclaimed(session, boris, currency="MDL") == []
    waits = session.scalars(select(Redemption)).one()
    confirmation.confirm(session, waits, actor=actor(session, cast.ana), now=NOW)
    assert [one.receipt for one in unclaimed(session, boris, currency="MDL")] == [waits.receipt]


def test_an_import_without_an_account_leads_to_our_accounts(session, cast, sign_in):
    session.execute(update(BankAccount).values(approved_at=None))
    session.commit()
    page = sign_in(cast.petru).get("/bank/import?lang=en").text
    assert "No bank account" in page
    assert 'href="/bank/accounts' in page


def test_a_service_that_nobody_offers_says_who_can_add_a_provider(session, cast, sign_in):
    work = make_casework(session, cast)
    session.execute(update(Offering).values(state=OfferingState.WITHDRAWN))
    session.commit()
    page = sign_in(cast.ana).get(f"/providers/match/{work.line.id}?lang=en").text
    assert "Ask who checks providers to find one" in page
    assert f"{cast.vera.name} ({cast.vera.email})" in page


def test_the_price_that_would_let_somebody_fit_is_said_with_the_way_to_it(session, cast, sign_in):
    work = make_casework(session, cast)
    session.execute(update(Offering).values(price_minor=61_000))
    session.commit()
    page = sign_in(cast.ana).get(f"/providers/match/{work.line.id}?lang=en").text
    assert "Raise the price limit to 610.00\xa0MDL" in page
    assert f"/plan/lines/{work.line.id}" in page
    ways = page.partition("Ways out")[2].partition("</ul>")[0]
    assert re.findall(r"<li><a [^>]*>([^<]*)</a>", ways) == [
        "Raise the price limit to 610.00\xa0MDL",
        "Change the planned service",
    ]
    assert "a higher price limit" not in ways


def test_a_place_to_avoid_that_leaves_somebody_out_can_be_widened(session, cast, sign_in):
    work = make_casework(session, cast)
    work.case.excluded_units = ["MD-UN"]
    session.commit()
    page = sign_in(cast.ana).get(f"/providers/match/{work.line.id}?lang=en").text
    assert "Widen the place" in page
    assert "Change what is known" in page
    assert f"/cases/{work.case.id}/facts" in page
