"""Step 2, as a supervisor: what changed, and a decision on it."""

import re

from tests.browser.seats import Seat


def reads_what_changed(seat: Seat, code: str) -> None:
    """Open the plan that waits."""
    seat.opens("Decisions")
    seat.sees("Decisions")
    seat.presses(code)
    seat.sees("What changed in the plan")
    seat.reads("Counselling", "Vocational training", "+15,800.00 MDL")


def returns_it(seat: Seat, comment: str) -> None:
    """Return the plan; a comment is asked for."""
    seat.presses("Return")
    seat.reads("Give a reason")
    seat.looks()
    seat.types("Comment", comment)
    seat.presses("Return")
    seat.reads("The plan is returned with your comment.")
    seat.looks()


def approves_it(seat: Seat) -> None:
    """Approve the plan."""
    seat.presses("Approve")
    seat.reads("The plan is approved.")
    seat.looks()


def reads_it_in(seat: Seat, language: str, heading: str) -> None:
    """Switch the language of the page."""
    seat.page.locator(".tools").get_by_role("button", name=language).click()
    seat.sees(heading)


def ratifies_the_night(seat: Seat) -> None:
    """Say yes to what a worker started alone."""
    seat.opens("Today")
    seat.main.get_by_role("link", name="Decide on the emergency help").click()
    seat.reads("What was promised", "3 nights", "2 rides")
    seat.looks()
    seat.types("Comment", "Bine ați făcut.")
    seat.presses("Ratify")
    seat.reads("Ratified", "Sergiu Munteanu")
    seat.looks()


def leaves_at_once(seat: Seat) -> None:
    """Press the quick exit: another site is on the screen, and the session is over."""
    seat.page.context.route("https://www.meteo.md/**", lambda route: route.fulfill(body="Vreme"))
    seat.page.locator(".tools").get_by_role("button", name="Quick exit").click()
    seat.page.wait_for_url("https://www.meteo.md/**")
    seat.goes_to("/account/today")
    # The session ends by a beacon, which nothing waits for: a busy server hears it a little later.
    seat.waits_for(re.compile("^Sign in$"))
    seat.sees("Sign in")
