"""A case opens, moves on, and closes only when nobody is left waiting or unpaid."""

import pytest
from sqlalchemy import select

from reintegration.cases.services import case_moves, registration
from reintegration.cases.states import ClosureReason
from reintegration.kernel.errors import Conflict, Invalid
from reintegration.kernel.states import StateEvent
from tests.factories.cast import NOW, actor


@pytest.fixture
def case(session, cast):
    return registration.register(session, actor=actor(session, cast.ana), now=NOW)


@pytest.fixture
def ana(session, cast, case):
    return registration.with_case(actor(session, cast.ana), case)


@pytest.fixture
def exposure(monkeypatch):
    """What a floor above says is still open."""
    sentences = []
    monkeypatch.setattr(case_moves.open_in_case, "_answers", [lambda *_: sentences])
    return sentences


def test_work_begins_follow_up_follows_and_can_lead_back(session, case, ana):
    for move, state in (("activate", "active"), ("follow_up", "follow_up"), ("activate", "active")):
        case_moves.move(session, case, move, actor=ana, now=NOW)
        assert case.state == state


def test_a_case_closes_with_its_reason(session, case, ana, exposure):
    case_moves.close(session, case, actor=ana, reason=ClosureReason.RELOCATED, now=NOW)
    assert (case.state, case.closure_reason, case.closed_at) == ("closed", "relocated", NOW)
    event = session.scalars(select(StateEvent).where(StateEvent.aggregate_id == case.id)).one()
    assert (event.move, event.reason) == ("close", "relocated")


def test_a_case_with_something_open_does_not_close(session, case, ana, exposure):
    exposure.append("One voucher is not used up.")
    with pytest.raises(Conflict):
        case_moves.close(session, case, actor=ana, reason=ClosureReason.RELOCATED, now=NOW)
    assert case.state == "intake"


def test_the_page_says_what_is_open_and_a_direct_post_is_refused(cast, sign_in, case, exposure):
    exposure.append("One voucher is not used up.")
    browser = sign_in(cast.ana)
    assert "One voucher is not used up." in browser.get(f"/cases/{case.id}/close").text
    answer = browser.post(f"/cases/{case.id}/close", data={"why": "relocated"})
    assert answer.status_code == 409
    assert "One voucher is not used up." in answer.text


def test_a_closed_case_opens_again_for_a_reason(session, case, ana, exposure):
    case_moves.close(session, case, actor=ana, reason=ClosureReason.RELOCATED, now=NOW)
    with pytest.raises(Invalid):
        case_moves.reopen(session, case, actor=ana, reason=" ", now=NOW)
    case_moves.reopen(session, case, actor=ana, reason="she came back", now=NOW)
    assert (case.state, case.closed_at, case.closure_reason) == ("active", None, None)


def test_the_pages_close_and_open_again(session, cast, sign_in, case, exposure):
    browser = sign_in(cast.ana)
    assert browser.post(f"/cases/{case.id}/close", data={}).status_code == 422
    assert browser.post(f"/cases/{case.id}/close", data={"why": "relocated"}).status_code == 302
    assert browser.get(f"/cases/{case.id}").status_code == 200
    assert browser.post(f"/cases/{case.id}/reopen", data={}).status_code == 422
    assert browser.post(f"/cases/{case.id}/reopen", data={"reason": "again"}).status_code == 302
    session.refresh(case)
    assert case.state == "active"
