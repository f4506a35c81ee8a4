"""How somebody comes to work here: invited, in by the link of the mail, with an app for codes."""

from sqlalchemy.orm import Session

from reintegration.kernel import clock
from tests.browser.seats import Seat
from tests.factories.factors import code_of, letters_to, path_of_link

PASSWORD_OF_NEW = "four calm green hills"


def invites(seat: Seat, name: str, email: str, organisation: str, role: str) -> None:
    """Let an administrator add a person, who is written to in English."""
    seat.goes_to("/account/users/new")
    seat.types("Full name", name)
    seat.types("E-mail", email)
    seat.chooses("Organisation", organisation)
    seat.ticks(role)
    seat.ticks("English")
    seat.presses("Add the person")
    seat.sees(name)
    seat.looks()


def link_sent_to(session: Session, email: str) -> str:
    """Return the address in the only mail to somebody."""
    session.rollback()
    [letter] = letters_to(session, email)
    return path_of_link(letter)


def comes_in_by(seat: Seat, link: str) -> None:
    """Follow the link of an invitation and choose a password."""
    seat.goes_to(link)
    seat.sees("Choose your password")
    seat.types("New password", PASSWORD_OF_NEW)
    seat.presses("Save the password")
    seat.sees("Today")


def sets_up_an_app(seat: Seat) -> str:
    """Set up an app for codes; return its secret."""
    seat.page.get_by_role("link", name="Your sign-in").first.click()
    seat.sees("Your sign-in")
    seat.main.get_by_role("link", name="Set up").click()
    seat.sees("Set up your second factor")
    secret = seat.main.locator(".code").inner_text().replace(" ", "")
    seat.types("Code", code_of(secret, clock.now()))
    seat.presses("Confirm the app")
    seat.sees("Your recovery codes")
    seat.presses("I have kept them: continue")
    seat.sees("Today")
    return secret
