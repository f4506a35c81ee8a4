"""A plan that is sent again after a return says what differs from what came back, and why it did."""

import pytest

from reintegration.plans.services import approval, plan_lines, planning
from tests.factories.cast import NOW
from tests.plans.plan_makers import a_service, a_step, write_plan

COMMENT = "Prea multe ședințe pentru început."


def send(session, w):
    version = approval.submit(session, w.plan, actor=w.ana, revision=w.plan.revision, now=NOW)
    return version.number


@pytest.fixture
def w(session, cast):
    """A first plan that came back, and was changed: fewer sessions, and one more step."""
    w = write_plan(session, cast)
    number = send(session, w)
    approval.send_back(session, w.plan, actor=w.sergiu, number=number, comment=COMMENT, now=NOW)
    plan_lines.edit_line(
        session,
        w.line,
        actor=w.ana,
        service=a_service(cast, units=7),
        revision=w.plan.revision,
        now=NOW,
    )
    planning.add_milestone(
        session,
        w.plan,
        actor=w.ana,
        step=a_step("Acte noi", starts=5, waits_for=[w.milestone.id]),
        revision=w.plan.revision,
        now=NOW,
    )
    session.commit()
    return w


def says_what_differs(page):
    assert COMMENT in page
    assert "What differs from the version that came back" in page
    assert "Acte noi" in page
    assert "<del>12</del>" in page
    assert "<ins>7</ins>" in page
    assert "“Acte noi” begins before “Consiliere” ends, and waits for it." in page


def test_sender_and_supervisor_see_what_differs_the_comment_and_the_order(
    session, cast, sign_in, w
):
    says_what_differs(sign_in(cast.ana).get(f"/cases/{w.case.id}/plan/send?lang=en").text)
    send(session, w)
    session.commit()
    page = sign_in(cast.sergiu).get(f"/cases/{w.case.id}/plan/decision?lang=en").text
    says_what_differs(page)
    assert "sent again after version 1 came back" in page
    assert "the first one" not in page


def test_the_first_version_of_all_is_the_first_one(session, cast, sign_in):
    w = write_plan(session, cast)
    send(session, w)
    session.commit()
    page = sign_in(cast.sergiu).get(f"/cases/{w.case.id}/plan/decision?lang=en").text
    assert "the first one" in page
    assert "came back" not in page


def test_a_version_that_was_taken_back_before_is_no_first_one_either(session, cast, sign_in):
    w = write_plan(session, cast)
    send(session, w)
    approval.withdraw(session, w.plan, actor=w.ana, now=NOW)
    send(session, w)
    session.commit()
    page = sign_in(cast.sergiu).get(f"/cases/{w.case.id}/plan/decision?lang=en").text
    assert "none is approved yet" in page
    assert "the first one" not in page


def test_what_came_back_before_an_approval_is_not_told_again(session, cast, sign_in, w):
    approval.approve(session, w.plan, actor=w.sergiu, number=send(session, w), now=NOW)
    session.commit()
    page = sign_in(cast.ana).get(f"/cases/{w.case.id}/plan/send?lang=en").text
    assert COMMENT not in page
