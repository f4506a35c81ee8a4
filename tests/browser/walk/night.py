"""Step 7, as a case manager on a phone, at night: a bed and a taxi behind vouchers."""

import re

from tests.browser.seats import Seat


def starts_help(seat: Seat) -> None:
    """Fill one page and begin."""
    seat.goes_to("/cases/")
    seat.main.get_by_role("link", name="Emergency start").first.click()
    seat.sees("Emergency start")
    seat.types("Nights in a safe bed", "2")
    seat.main.get_by_role("button", name="One more").first.click()
    seat.types("Taxi rides", "2")
    seat.types("What may we call you? (optional)", "Mia")
    seat.chooses("Language", "Romanian")
    seat.ticks(re.compile("I read it aloud"))
    seat.presses("Start help now")
    seat.reads("Help can begin now")
    seat.looks()


def puts_it_behind_vouchers(seat: Seat) -> list[str]:
    """Issue one voucher for each line; return their PINs."""
    night = seat.path
    pins = []
    for service in ("Temporary accommodation", "Transport"):
        seat.goes_to(night)
        line = seat.main.locator(".emergency-line").filter(has_text=service)
        line.get_by_role("link", name="Issue the voucher").click()
        seat.sees("Issue a voucher")
        seat.presses("Issue the voucher")
        seat.sees(re.compile("is issued$"))
        pins.append(seat.page.locator("#pin").inner_text().replace(" ", ""))
    seat.goes_to(night)
    seat.looks()
    assert seat.main.get_by_role("link", name=re.compile("^Voucher V-")).count() == 2
    return pins
