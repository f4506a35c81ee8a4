"""Steps 1 and 6, as a case manager: a person, their needs, a plan, and how it stands."""

import re
from datetime import date, timedelta

from playwright.sync_api import Locator

from tests.browser.seats import Seat
from tests.factories.cast import TODAY


def registers_a_beneficiary(seat: Seat) -> str:
    """Open a case with a sealed name and return its code."""
    seat.opens("Cases")
    seat.sees("Cases")
    seat.main.get_by_role("link", name="Register a person").first.click()
    seat.sees("Register a person")
    seat.ticks("Keeping a file and working on the plan together")
    seat.ticks("Telling a provider what it needs for one service")
    seat.chooses("Language", "Russian")
    seat.ticks("Woman")
    seat.types("Year of birth (optional)", "1998")
    seat.chooses("Where the person lives now (optional)", "Ungheni")
    seat.types("Given name", "Zinaida")
    seat.types("Family name", "Exemplu")
    seat.presses("Open the case")
    seat.page.wait_for_url(re.compile(r"/cases/[0-9a-f-]{36}$"))
    code = seat.page.get_by_role("heading", level=1).inner_text()
    seat.sees(code)
    assert "Zinaida" not in seat.page.content()
    return code


def records_consent(seat: Seat) -> None:
    """Write down later that the person may be contacted."""
    _turns_to(seat, "Consent")
    seat.presses("Save the consent")
    seat.looks()
    seat.ticks("Being contacted in the agreed way")
    seat.ticks("Signed on paper")
    seat.main.get_by_role("button", name="Save the consent").click()
    seat.reads("Holds now", "Being contacted in the agreed way")
    seat.looks()


def writes_needs_and_goals(seat: Seat) -> None:
    """Write a need, and what should be instead, in one go."""
    _turns_to(seat, "Needs and goals")
    seat.sees("Needs and goals")
    seat.types("What is missing", "Doarme rău și se teme de noapte")
    seat.chooses("Area of life", "Health")
    seat.chooses("How soon", "High")
    seat.types("What should be instead (optional)", "Doarme fără frică")
    seat.types("In the person's own words", "vreau să dorm")
    seat.presses("Add the need")
    seat.reads("Doarme rău și se teme de noapte", "Doarme fără frică", "vreau să dorm")
    seat.looks()


def _turns_to(seat: Seat, part: str) -> None:
    tabs = seat.page.locator(".tabs")
    tabs.get_by_role("link", name=part, exact=True).click()


def adds_a_goal(seat: Seat) -> None:
    """Write one more goal for the same need."""
    seat.presses("Add a goal")
    seat.types("Goal", "Are cu cine vorbi noaptea")
    seat.presses("Add the goal")
    seat.reads("Are cu cine vorbi noaptea")


def builds_a_plan(seat: Seat) -> None:
    """Write two steps, the second waiting for the first, each with a service."""
    _turns_to(seat, "Plan")
    seat.sees("Reintegration plan")
    seat.presses("Begin the plan")
    seat.sees("A new step")
    days = TODAY, TODAY + timedelta(days=60)
    _writes_a_step(seat, "Sleeps through the night", *days, needs="Counselling")
    _writes_a_service(seat, units="12", price="500")
    seat.presses("Add a step")
    seat.ticks(re.compile("Sleeps through the night"))
    days = TODAY + timedelta(days=61), TODAY + timedelta(days=151)
    _writes_a_step(seat, "Has learned a trade", *days, needs="Vocational training")
    _writes_a_service(seat, units="1", price="9800")


def _writes_a_step(seat: Seat, title: str, first: date, last: date, *, needs: str) -> None:
    seat.types("Step", title)
    seat.chooses("Goal that it serves", "Doarme fără frică")
    seat.types("First day", first.isoformat())
    seat.types("Last day", last.isoformat())
    seat.chooses("Service that it needs (optional)", needs)
    seat.looks()
    seat.presses("Add the step")


def _writes_a_service(seat: Seat, *, units: str, price: str) -> None:
    seat.sees("Add a service")
    seat.reads("Proof of delivery")
    seat.chooses("Budget line", re.compile("^SPR-1"))
    seat.types("How many", units)
    seat.types("Price of one", price)
    seat.looks()
    seat.presses("Add the service")
    seat.sees("Reintegration plan")


def sees_the_plan_over_time(seat: Seat) -> None:
    """Read the timeline, also as a table, and what the plan waits to cost."""
    seat.reads("waits for: Sleeps through the night", "15,800.00 MDL")
    seat.page.get_by_text("Show as a table").click()
    seat.reads("Has learned a trade")
    seat.sees("Reintegration plan")


def sends_the_plan(seat: Seat) -> None:
    """Send the plan for approval."""
    seat.main.get_by_role("link", name=re.compile("^Send for approval")).first.click()
    seat.sees("Send the plan for approval")
    seat.presses("Send for approval")
    seat.sees("Reintegration plan")
    seat.reads("Waits for a decision")


def changes_what_was_asked(seat: Seat, comment: str) -> None:
    """Read why the plan came back, and describe the service better."""
    seat.page.reload()
    seat.reads(comment)
    seat.presses("Counselling, 12 sessions")
    seat.sees("Change the service")
    seat.types("What exactly", "Individual, in Russian")
    seat.presses("Save the service")
    seat.sees("Reintegration plan")


def sees_that_it_moved(seat: Seat, path: str) -> None:
    """The step is under way by itself; spent, committed and free are told apart."""
    seat.goes_to(path)
    seat.waits_for("In progress")
    seat.sees("Reintegration plan")
    seat.reads("10 of 12 sessions")
    sums = seat.main.locator(".money__row").all()
    assert {_said(row, "dt"): _said(row, "dd") for row in sums} == {
        "Paid out": "5,000.00",
        "Delivered, to be paid": "0.00",
        "Committed": "1,000.00",
        "Free": "9,800.00 MDL",
    }


def _said(row: Locator, part: str) -> str:
    return " ".join(row.locator(part).inner_text().split())
