"""From the invitation of a colleague to the first approved release that they make for another."""

import pytest

from reintegration.codelists.languages import Locale
from tests.browser.arriving import comes_in_by, invites, link_sent_to, sets_up_an_app
from tests.browser.conftest import seats_in
from tests.browser.seats import SCREEN, sit_down
from tests.browser.standing_in import accepts_to_stand_in, asks_to_stand_in, begins_to_act_for
from tests.browser.walk.payments import approves_the_batch, releases
from tests.factories.payments import make_batch

pytestmark = [pytest.mark.xdist_group("browser-phone"), pytest.mark.deep]
ELENA = "elena@demo.example"


def test_an_invited_approver_releases_as_a_deputy_what_others_approved_and_nothing_of_her_own(
    browser, live_server, committed_db, cast, session
):
    approved = make_batch(session, cast, until="approved")
    prepared = make_batch(session, cast)
    cast.dan.locale = cast.radu.locale = Locale.EN
    session.commit()
    url = live_server(committed_db).url
    with (
        seats_in(browser, url) as page_of,
        browser.new_context(viewport=SCREEN, locale="en-GB") as context,
    ):
        invites(page_of("dan"), "Elena Nistor", ELENA, cast.programme.name, "Finance, approval")
        elena = sit_down(context, url, "elena", set(), share=0.2)
        comes_in_by(elena, link_sent_to(session, ELENA))
        sets_up_an_app(elena)

        asks_to_stand_in(page_of("radu"), "Elena Nistor")
        accepts_to_stand_in(elena, "Radu Ceban")
        approves_the_batch(elena, f"/batches/{prepared.id}")
        elena.goes_to("/account/deputies")
        begins_to_act_for(elena, "Radu Ceban", "Finance, release")
        releases(elena, f"/batches/{approved.id}")
        elena.reads("Elena Nistor for Radu Ceban", "Alina Moraru")
        elena.looks()

        elena.goes_to(f"/batches/{prepared.id}")
        elena.reads("Elena Nistor")
        assert elena.main.get_by_role("link", name="Release").count() == 0
        assert elena.posts(f"/batches/{prepared.id}/release") in (403, 404, 409)
