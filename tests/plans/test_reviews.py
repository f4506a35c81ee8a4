"""A review is an act with its own next day; it answers what was told of it, and is in the history."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from reintegration.accounts.models import InboxMessage
from reintegration.kernel.errors import Conflict, Invalid, NotPermitted
from reintegration.plans.services import reminders, reviewing
from tests.factories.casework import make_casework
from tests.factories.cast import NOW, TODAY, actor

DAY = timedelta(days=1)


@pytest.fixture
def w(session, cast):
    work = make_casework(session, cast)
    work.plan.review_on = TODAY - 3 * DAY
    session.flush()
    return work


def hold(session, cast, w, *, by=None, **changes):
    said = {"held_on": TODAY, "result": "Merge bine.", "next_on": TODAY + 40 * DAY} | changes
    who = actor(session, by or cast.ana)
    reviewing.hold(session, w.plan, actor=who, now=NOW, **said)


def unread(session, cast):
    own = InboxMessage.user_id == cast.ana.id, InboxMessage.read_at.is_(None)
    return [one.message for one in session.scalars(select(InboxMessage).where(*own))]


def test_a_review_sets_the_next_day_and_answers_the_reminder(session, cast, w):
    reminders.remind(session, now=NOW)
    assert any("review" in message for message in unread(session, cast))
    revision = w.plan.revision
    hold(session, cast, w)
    assert not any("review" in message for message in unread(session, cast))
    assert (w.plan.review_on, w.plan.revision) == (TODAY + 40 * DAY, revision)
    assert reminders.remind(session, now=NOW) == 0
    assert reminders.remind(session, now=NOW + 41 * DAY) >= 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"held_on": TODAY + DAY}, "held_on"),
        ({"next_on": TODAY}, "next_on"),
        ({"next_on": TODAY + 366 * DAY}, "next_on"),
        ({"result": " "}, "result"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(session, cast, w, changes, field):
    with pytest.raises(Invalid, check=lambda refused: refused.field == field):
        hold(session, cast, w, **changes)


def test_a_plan_that_was_never_approved_has_no_review(session, cast, w):
    w.plan.approved_version, w.plan.state = None, "draft"
    session.flush()
    with pytest.raises(Conflict):
        hold(session, cast, w)


def test_only_who_works_on_the_plan_writes_a_review_down(session, cast, w):
    with pytest.raises(NotPermitted):
        hold(session, cast, w, by=cast.calin)


def test_the_page_leads_there_and_the_history_tells_it(session, cast, sign_in, w):
    browser = sign_in(cast.ana)
    address = f"/cases/{w.case.id}/plan/review"
    assert address in browser.get(f"/cases/{w.case.id}/plan").text
    assert address in browser.get("/account/today").text
    sent = browser.post(
        address,
        data={
            "held_on": TODAY.isoformat(),
            "result": "Merge bine.",
            "next_on": (TODAY + 30 * DAY).isoformat(),
        },
    )
    assert sent.status_code == 302
    page = browser.get(f"/cases/{w.case.id}?lang=en").text
    assert "The plan was gone through with the person" in page
    assert "Merge bine." in page
    assert address not in browser.get("/account/today").text
