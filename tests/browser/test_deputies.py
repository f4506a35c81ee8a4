"""From naming a deputy to the batch that says for whom it was approved, and no further."""

from datetime import timedelta

import pytest

from reintegration.codelists.languages import Locale
from tests.browser.conftest import seats_in
from tests.factories.cast import TODAY
from tests.factories.payments import make_batch


@pytest.mark.deep
def test_a_deputy_accepts_approves_for_somebody_and_is_not_the_third(
    browser, session, cast, committed_db, live_server
):
    batch = make_batch(session, cast)
    cast.alina.locale = cast.radu.locale = Locale.EN
    session.commit()
    server = live_server(committed_db)
    with seats_in(browser, server.url) as page_of:
        alina = page_of("alina")
        alina.goes_to("/account/deputies")
        alina.sees("Deputies")
        alina.presses("Name a deputy")
        alina.sees("Name a deputy")
        alina.chooses("Deputy", "Radu Ceban")
        alina.types("First day", TODAY.isoformat())
        alina.types("Last day", (TODAY + timedelta(days=5)).isoformat())
        alina.presses("Ask this person")
        alina.sees("Deputies")
        alina.reads("Radu Ceban", "Waits for the deputy's word")

        radu = page_of("radu", phone=True)
        radu.goes_to("/account/today")
        radu.reads("Alina Moraru asks you to stand in.")
        radu.goes_to("/account/deputies")
        radu.sees("Deputies")
        radu.presses("Accept")
        radu.reads("You stand in for Alina Moraru on these days.", "Runs")
        radu.presses("Begin to act for this person")
        radu.sees("Today")
        radu.reads("You act for Alina Moraru: Finance, approval")
        radu.goes_to(f"/batches/{batch.id}")
        radu.presses("Approve")
        radu.reads("Radu Ceban for Alina Moraru")
        radu.looks()
        radu.presses("Resume your own work")
        radu.sees("Today")
        radu.goes_to(f"/batches/{batch.id}")
        radu.looks()
        assert radu.main.get_by_role("button", name="Release").count() == 0
        assert radu.posts(f"/batches/{batch.id}/release") in (403, 404, 409)
