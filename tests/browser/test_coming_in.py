"""From the invitation to the first sign-in with a code, as a new colleague does it."""

import pytest
from sqlalchemy import select

from reintegration.accounts.models import User
from reintegration.kernel import clock
from tests.browser.arriving import (
    PASSWORD_OF_NEW,
    comes_in_by,
    invites,
    link_sent_to,
    sets_up_an_app,
)
from tests.browser.conftest import seats_in
from tests.browser.seats import SCREEN, Seat, sit_down
from tests.factories.factors import code_of, let_code_serve_again

pytestmark = [pytest.mark.xdist_group("browser-phone"), pytest.mark.deep]
ELENA = "elena@demo.example"


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
        invites(dan, "Elena Nistor", ELENA, cast.programme.name, "Auditor")
        link = link_sent_to(session, ELENA)
        elena = sit_down(context, url, "elena", set(), share=0.2)
        comes_in_by(elena, link)
        secret = sets_up_an_app(elena)
        elena.page.get_by_role("button", name="Sign out", exact=True).first.click()

        session.rollback()
        user = session.scalars(select(User).where(User.email == ELENA)).unique().one()
        let_code_serve_again(session, user)
        session.commit()
        elena.sees("Sign in")
        elena.types("E-mail", ELENA)
        elena.types("Password", PASSWORD_OF_NEW)
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
        elena.types("E-mail", ELENA)
        elena.presses("Send me a link")
        elena.sees("Look into your mail")
        elena.goes_to(link)
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
