"""Payments through Stripe: an account opened and approved, orders sent, a payout mended."""

import re

from playwright.sync_api import expect

from tests.browser.seats import Seat
from tests.browser.walk import payments

NEW_IBAN = "RO09BCYP0000001234567890"


def opens_an_account(seat: Seat) -> None:
    """Ask for an account in the country where the organisation has its bank."""
    seat.goes_to("/providers/mine")
    seat.presses("Open an account at Stripe")
    seat.sees("Open an account at Stripe")
    seat.chooses("Country", "Romania")
    seat.presses("Open the account")
    seat.waits_for("What Stripe asks for")
    seat.sees("Account at Stripe")


def gives_what_stripe_asks_for(seat: Seat, iban: str = "RO49AAAA1B31007593840000") -> None:
    """Fill in Stripe's own page, and find the answer here after the way back."""
    seat.presses("Continue at Stripe")
    stripe = seat.page
    stripe.get_by_label("Country").select_option("RO")
    stripe.get_by_label("Bank account").fill(iban)
    stripe.get_by_role("button", name="Finish", exact=True).click()
    stripe.wait_for_url(f"{seat.url}/stripe/accounts/**")
    seat.reads("Nothing at present.")
    seat.looks()


def proposes_to_be_paid_there(seat: Seat) -> None:
    """Without a proposal and an approval nothing is paid there."""
    seat.reads("Ready to be paid to")
    seat.presses("Propose to be paid here")
    seat.reads("It is proposed. Nothing is paid there before finance has approved it.")
    seat.looks()


def approves_the_account(seat: Seat) -> None:
    """Look at how the account stands at Stripe, and agree; it waits three banking days."""
    seat.goes_to("/payees/")
    seat.sees("Accounts of providers")
    seat.main.locator("th a").first.click()
    seat.sees(re.compile("^Account of "))
    seat.reads("At Stripe")
    seat.presses("Approve this account")
    seat.reads("It is approved, and paid from", "The provider was paid elsewhere before.")
    seat.looks()


def releases_to_stripe(seat: Seat, batch: str) -> None:
    """Release it: nothing is downloaded, the orders are sent."""
    payments.releases(seat, batch)
    expect(seat.main.get_by_role("link", name="Download the file")).to_have_count(0)


def follows_the_order(seat: Seat, batch: str) -> str:
    """Open the order of a batch once Stripe has confirmed it; return its address."""
    seat.goes_to(batch)
    seat.main.locator("a[href*='/batches/orders/']").first.click()
    seat.waits_for("Confirmed")
    seat.waits_for(re.compile("not yet: it is on the provider.s account at Stripe"))
    seat.looks()
    return seat.path


def learns_that_a_payout_failed(seat: Seat, amount: str) -> None:
    """Today says that money did not arrive; the page says what to do."""
    seat.goes_to("/account/today")
    seat.waits_for("Payouts that did not arrive")
    seat.looks()
    seat.presses(re.compile("Read what to do|Payouts that did not arrive"))
    seat.sees("Payouts that did not arrive")
    seat.reads(amount, "The bank says that the account is closed")
    seat.main.locator("th a").first.click()
    seat.sees("Account at Stripe")
    seat.reads(amount, "Did not arrive")


def sees_it_arrive(seat: Seat) -> None:
    """The payout after it arrives, and nothing waits any more."""
    seat.waits_for("Paid out")
    seat.looks()
    seat.goes_to("/stripe/accounts/payouts")
    seat.reads("Every payout has arrived, or is on its way.")
