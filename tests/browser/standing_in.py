"""How somebody asks another to stand in, and how that one begins to act for them."""

from datetime import timedelta

from tests.browser.seats import Seat
from tests.factories.cast import TODAY


def asks_to_stand_in(seat: Seat, deputy: str) -> None:
    """Name a deputy from today on, for five days more."""
    seat.goes_to("/account/deputies")
    seat.sees("Deputies")
    seat.presses("Name a deputy")
    seat.sees("Name a deputy")
    seat.chooses("Deputy", deputy)
    seat.types("First day", TODAY.isoformat())
    seat.types("Last day", (TODAY + timedelta(days=5)).isoformat())
    seat.presses("Ask this person")
    seat.sees("Deputies")
    seat.reads(deputy, "Waits for the deputy's word")


def accepts_to_stand_in(seat: Seat, represented: str) -> None:
    """Accept what somebody asked."""
    seat.goes_to("/account/today")
    seat.reads(f"{represented} asks you to stand in.")
    seat.goes_to("/account/deputies")
    seat.sees("Deputies")
    seat.presses("Accept")
    seat.reads(f"You stand in for {represented} on these days.", "Runs")


def begins_to_act_for(seat: Seat, represented: str, role: str) -> None:
    """Sit down at the desk of the person represented, from the page of deputies."""
    seat.presses("Begin to act for this person")
    seat.sees("Today")
    seat.reads(f"You act for {represented}: {role}")
