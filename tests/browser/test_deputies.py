"""From naming a deputy to the batch that says for whom it was approved, and no further."""

import pytest

from reintegration.codelists.languages import Locale
from tests.browser.conftest import seats_in
from tests.browser.standing_in import accepts_to_stand_in, asks_to_stand_in, begins_to_act_for
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
        asks_to_stand_in(alina, "Radu Ceban")

        radu = page_of("radu", phone=True)
        accepts_to_stand_in(radu, "Alina Moraru")
        begins_to_act_for(radu, "Alina Moraru", "Finance, approval")
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
