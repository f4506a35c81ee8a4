"""Days of plans are brought to mind once each, and a run costs what is new."""

from datetime import timedelta

import pytest

from reintegration.accounts.models import InboxMessage
from reintegration.cases.services import team
from reintegration.plans.services import reminders
from tests.factories.casework import make_casework
from tests.factories.cast import NOW, TODAY, actor


@pytest.fixture
def w(session, cast):
    return make_casework(session, cast)


def hand_over(session, cast, case, *, by, to):
    by = actor(session, by)
    team.hand_over(session, case, actor=by, user=to, stays=False, reason="moves to Bălți", now=NOW)


def messages_to(session, person):
    return [one.message for one in session.query(InboxMessage).filter_by(user_id=person.id)]


@pytest.mark.parametrize(
    ("due", "words"), [(7, "is due on"), (0, "is due on"), (-1, "is late since"), (8, None)]
)
def test_a_step_is_brought_to_mind_once_for_each_stage(session, cast, due, words):
    make_casework(session, cast, due_on=TODAY + timedelta(days=due))
    counted = [reminders.remind(session, now=NOW) for _ in range(3)]
    assert counted == [1 if words else 0, 0, 0]
    found = messages_to(session, cast.ana)
    assert len(found) == (1 if words else 0)
    assert all(words in message for message in found)


def test_a_step_that_was_told_as_due_is_told_as_late_on_the_next_day(session, cast):
    make_casework(session, cast, due_on=TODAY)
    told = [reminders.remind(session, now=NOW + timedelta(days=day)) for day in range(3)]
    assert told == [1, 1, 0]


def test_a_day_that_changes_is_told_again(session, cast):
    w = make_casework(session, cast, due_on=TODAY)
    assert reminders.remind(session, now=NOW) == 1
    w.milestone.due_on = TODAY + timedelta(days=1)
    assert [reminders.remind(session, now=NOW) for _ in range(2)] == [1, 0]


def test_a_second_run_writes_nothing(session, cast, sent):
    w = make_casework(session, cast, due_on=TODAY)
    w.plan.review_on = TODAY
    assert reminders.remind(session, now=NOW) == 2
    sent.clear()
    assert reminders.remind(session, now=NOW) == 0
    assert {statement.split()[0] for statement in sent} == {"SELECT"}


def test_a_new_manager_is_told_of_what_is_due_and_a_former_one_not_twice(session, cast):
    w = make_casework(session, cast, due_on=TODAY)
    w.plan.review_on = TODAY
    reminders.remind(session, now=NOW)
    told = messages_to(session, cast.ana)
    hand_over(session, cast, w.case, by=cast.sergiu, to=cast.calin)
    assert reminders.remind(session, now=NOW) == 2
    assert set(told) <= set(messages_to(session, cast.calin))
    hand_over(session, cast, w.case, by=cast.sergiu, to=cast.ana)
    reminders.remind(session, now=NOW)
    assert all(messages_to(session, cast.ana).count(message) == 1 for message in told)


def test_many_days_are_told_in_one_go(session, cast, sent):
    for _ in range(5):
        make_casework(session, cast, due_on=TODAY)
    session.flush()
    sent.clear()
    assert reminders.remind(session, now=NOW) == 5
    assert [statement.split()[0] for statement in sent] == [*["SELECT"] * 3, "INSERT", "UPDATE"]


def test_a_reminder_says_nothing_of_the_person(session, cast):
    w = make_casework(session, cast, due_on=TODAY)
    reminders.remind(session, now=NOW)
    (message,) = session.query(InboxMessage)
    assert message.key == f"milestone:{w.milestone.id}:{TODAY}:due"
    assert w.milestone.title not in str(message.params)
    assert message.params == {"case": w.case.code, "day": f"{TODAY:%d.%m.%Y}"}


def test_a_plan_review_is_brought_to_mind_on_its_day(session, cast, w):
    w.plan.review_on = TODAY
    session.flush()
    reminders.remind(session, now=NOW - timedelta(days=1))
    assert session.query(InboxMessage).count() == 0
    reminders.remind(session, now=NOW)
    (message,) = session.query(InboxMessage)
    assert "review" in message.message
