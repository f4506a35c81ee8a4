"""Steps 3 and 4, at a provider: the coordinator's yes, reception's phone, the bookkeeper's claim."""

import re

from tests.browser.seats import Seat
from tests.browser.walk.arranging import Paper


def accepts_the_request(seat: Seat, code: str) -> None:
    """Read a request in the words of its disclosure, and say yes."""
    seat.opens("Requests")
    seat.sees("Requests")
    assert code not in seat.page.content()
    seat.main.locator("h2 a").click()
    seat.looks()
    seat.reads("Diminețile sunt mai bune.")
    seat.presses("Accept")
    seat.reads("Accepted")
    seat.looks()


def finds_the_voucher(seat: Seat, paper: Paper) -> None:
    """Type the code as people do; service, units and validity are all that shows."""
    seat.goes_to("/redeem/")
    seat.sees("Find a voucher")
    seat.types("Code of the voucher", paper.code.lower().replace("-", " "))
    seat.presses("Find")
    seat.sees("Voucher")
    assert "Zinaida" not in seat.page.content()


def is_refused_a_wrong_pin(seat: Seat, paper: Paper) -> None:
    """A wrong PIN records nothing and says so."""
    wrong = "".join(str((int(digit) + 1) % 10) for digit in paper.pin)
    seat.types("PIN of the person", wrong)
    seat.main.get_by_role("button", name=re.compile("^Confirm")).click()
    seat.main.get_by_role("alert").wait_for()
    seat.looks()


def redeems(seat: Seat, paper: Paper, units: int, *, much: bool = False) -> str:
    """Record a part with the person's PIN; return the number of the receipt."""
    seat.types("How many were given?", str(units))
    seat.types("PIN of the person", paper.pin)
    if much:
        seat.ticks("I checked the amount")
    word = "session" if units == 1 else "sessions"
    seat.presses(f"Confirm {units} {word}")
    seat.sees("Receipt")
    seat.reads(f"{units} {word}", paper.reference)
    return seat.main.locator("dl.facts div").first.locator("dd").inner_text()


def takes_it_back(seat: Seat, receipt: str) -> None:
    """Reverse a mistake with its reason."""
    seat.presses("This was a mistake: take it back")
    seat.sees(re.compile("^Take 1 session back"))
    seat.types("Reason", "Am apăsat de două ori.")
    seat.presses("Take it back")
    seat.sees("Recorded today")
    taken = seat.main.locator("li").filter(has_text=receipt)
    assert "Taken back" in taken.inner_text()


def sends_a_claim(seat: Seat, *, receipts: list[str], without: str) -> str:
    """Claim what was delivered and not taken back, with one's own invoice; return its number."""
    seat.goes_to("/claims/mine")
    seat.sees("Claims")
    seat.reads("5,000.00 MDL")
    seat.presses("Make a claim")
    seat.sees("Make a claim")
    seat.reads(*receipts)
    assert without not in seat.main.inner_text()
    seat.presses("Make a claim of the ticked ones")
    seat.sees(re.compile("^Claim "))
    reference = seat.page.get_by_role("heading", level=1).inner_text().removeprefix("Claim ")
    seat.types("Number of your invoice", "F-0001")
    seat.types("Amount of your invoice", "5.000,00")
    seat.presses("Send the claim")
    seat.reads("The claim is sent.")
    seat.looks()
    return reference
