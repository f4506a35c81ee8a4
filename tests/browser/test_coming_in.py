"""From the invitation to the first sign-in with a code, as a new colleague does it."""

import pytest
from sqlalchemy import select

from reintegration.accounts.models import User
from reintegration.kernel import clock
from tests.browser.conftest import seats_in
from tests.browser.seats import SCREEN, Seat, sit_down
from tests.factories.factors import code_of, let_code_serve_again, letters_to, path_of_link

pytestmark = [pytest.mark.xdist_group("browser-phone"), pytest.mark.deep]
NEW = "four calm green hills"


def test_an_invitation_leads_to_a_password_an_app_and_a_sign_in_with_its_code(
    browser, live_server, committed_db, cast, session
):
    cast.dan.locale = "en"
    session.commit()
    url = live_server(committed_db).url
    with (
        seats_in(browser, url) as page_of,
        browser.new_context(viewport=SCREEN, locale="en-GB") as context,
    ):
        dan = page_of("dan")
        dan.goes_to("/account/users/new")
        dan.types("Full name", "Elena Nistor")
        dan.types("E-mail", "elena@demo.example")
        dan.chooses("Organisation", cast.programme.name)
        dan.ticks("Auditor")
        dan.ticks("English")
        dan.presses("Add the person")
        dan.sees("Elena Nistor")
        dan.looks()

        session.rollback()
        [letter] = letters_to(session, "elena@demo.example")
        elena = sit_down(context, url, "elena", set(), share=0.2)
        elena.goes_to(path_of_link(letter))
        elena.sees("Choose your password")
        elena.types("New password", NEW)
        elena.presses("Save the password")
        elena.sees("Today")

        elena.page.get_by_role("link", name="Your sign-in").first.click()
        elena.sees("Your sign-in")
        elena.main.get_by_role("link", name="Set up").click()
        elena.sees("Set up your second factor")
        secret = elena.main.locator(".code").inner_text().replace(" ", "")
        elena.types("Code", code_of(secret, clock.now()))
        elena.presses("Confirm the app")
        elena.sees("Your recovery codes")
        elena.presses("I have kept them: continue")
        elena.sees("Today")
        elena.page.get_by_role("button", name="Sign out", exact=True).first.click()

        session.rollback()
        user = (
            session.scalars(select(User).where(User.email == "elena@demo.example")).unique().one()
        )
        let_code_serve_again(session, user)
        session.commit()
        elena.sees("Sign in")
        elena.types("E-mail", "elena@demo.example")
        elena.types("Password", NEW)
        elena.presses("Sign in")
        elena.sees("Your code")
        elena.types("Code", code_of(secret, clock.now()))
        elena.presses("Continue")
        elena.sees("Today")
        _signs_in_by_a_passkey(elena)

        dan.goes_to(f"/account/users/{user.id}/second-factor")
        dan.sees("Remove the second factor of Elena Nistor?")
        dan.presses("Remove the second factor")
        elena.goes_to("/account/today")
        elena.sees("Sign in")
        elena.presses("Ask for a link by mail")
        elena.sees("A link for a new password")
        elena.types("E-mail", "elena@demo.example")
        elena.presses("Send me a link")
        elena.sees("Look into your mail")
        elena.goes_to(path_of_link(letter))
        elena.sees("This link does not work any more")


def _signs_in_by_a_passkey(elena: Seat) -> None:
    """Add a passkey of Chromium's own pretended device, and come in by it alone."""
    device = elena.page.context.new_cdp_session(elena.page)
    device.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    elena.goes_to("/account/own")
    elena.presses("Add a passkey")
    elena.sees("Add a passkey")
    elena.types("Name", "Laptop")
    elena.presses("Add the passkey")
    elena.sees("Your sign-in")
    elena.reads("Laptop")
    elena.page.get_by_role("button", name="Sign out", exact=True).first.click()
    elena.sees("Sign in")
    elena.presses("Sign in with a passkey")
    elena.sees("Today")
