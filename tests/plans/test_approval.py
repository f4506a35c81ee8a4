"""Deciding on a plan: what changed, what an approval puts in force, and never one's own."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reintegration.accounts.models import InboxMessage
from reintegration.cases.states import CaseState
from reintegration.kernel import hooks
from reintegration.kernel.errors import Conflict, Invalid, NotPermitted
from reintegration.kernel.money import Money
from reintegration.plans.models import PlanLineDelivery, PlanVersion
from reintegration.plans.queries import plans, provision
from reintegration.plans.queries.differences import Kind, compare
from reintegration.plans.services import approval, plan_lines, planning
from reintegration.plans.services.plan_events import PlanApproved
from reintegration.plans.states import REVIEW_AFTER, PlanState, VersionState
from tests.factories.cast import NOW, TODAY, actor
from tests.plans.answers import answers  # noqa: F401 - a fixture
from tests.plans.plan_makers import a_service, a_step, approve, edit, submit, write_plan

pytestmark = pytest.mark.usefixtures("answers")


def test_approval_copies_what_was_planned_into_what_may_be_spent(session, cast):
    w = write_plan(session, cast)
    assert not w.line.is_approved
    approve(session, w)
    assert w.line.approved_ceiling == Money(600_000, "MDL")
    assert (w.line.approved_units, w.line.approved_unit_price_minor) == (12, 50_000)
    assert w.line.approved_budget_line_id == cast.budget_line.id
    assert (w.plan.state, w.plan.approved_version) == (PlanState.APPROVED.value, 1)
    assert w.plan.review_on == TODAY + REVIEW_AFTER.on(TODAY)


def test_approval_is_announced_to_the_floors_above(session, cast, monkeypatch):
    heard = []
    monkeypatch.setitem(hooks._subscribers, PlanApproved, [])
    hooks.subscribe(
        PlanApproved, lambda _s, event: heard.append(event.version), preview=lambda *_: []
    )
    approve(session, write_plan(session, cast))
    assert heard == [1]


def test_a_service_that_was_taken_out_keeps_nothing_to_spend_from(session, cast):
    w = write_plan(session, cast)
    approve(session, w)
    plan_lines.remove_line(session, w.line, actor=w.ana, revision=w.plan.revision, now=NOW)
    assert w.line.approved_ceiling == Money(600_000, "MDL")
    approve(session, w)
    assert w.line.approved_ceiling == Money(0, "MDL")


def test_a_returned_plan_needs_a_comment_and_can_be_written_again(session, cast):
    w = write_plan(session, cast)
    number = submit(session, w)
    with pytest.raises(Invalid, match="reason"):
        approval.send_back(session, w.plan, actor=w.sergiu, number=number, comment=" ", now=NOW)
    session.rollback()
    w = write_plan(session, cast)
    number = submit(session, w)
    approval.send_back(
        session, w.plan, actor=w.sergiu, number=number, comment="Prea scump", now=NOW
    )
    assert w.plan.state == PlanState.DRAFT.value
    assert not w.line.is_approved
    assert session.query(PlanVersion).one().state == VersionState.RETURNED.value
    edit(session, w, a_service(cast, units=10))
    assert submit(session, w) == 2


def test_a_returned_change_leaves_in_force_what_was_approved_before(session, cast):
    w = write_plan(session, cast)
    approve(session, w)
    edit(session, w, a_service(cast, units=40))
    number = submit(session, w)
    approval.send_back(session, w.plan, actor=w.sergiu, number=number, comment="Nu", now=NOW)
    assert w.plan.state == PlanState.CHANGED.value
    assert (w.plan.approved_version, w.line.approved_units) == (1, 12)


@pytest.mark.parametrize("act", ["approve", "send_back"])
def test_nobody_decides_on_a_plan_that_they_sent_or_wrote(session, cast, act):
    w = write_plan(session, cast)
    number = submit(session, w)
    w.plan.last_edited_by = cast.sergiu.id
    session.flush()
    with pytest.raises(NotPermitted):
        getattr(approval, act)(
            session, w.plan, actor=w.sergiu, number=number, comment="Da", now=NOW
        )


@pytest.mark.parametrize("act", ["approve", "send_back"])
def test_nobody_decides_on_a_plan_of_which_they_wrote_any_part_since_the_last_approval(
    session, cast, act
):
    w = write_plan(session, cast)
    number = submit(session, w)
    w.plan.written_by = [
        cast.sergiu.id,
        cast.ana.id,
    ]  # he wrote a service, she a title, and sent it
    session.flush()
    with pytest.raises(NotPermitted):
        getattr(approval, act)(
            session, w.plan, actor=w.sergiu, number=number, comment="Da", now=NOW
        )


def test_who_writes_is_remembered_until_the_approval(session, cast):
    w = write_plan(session, cast)
    assert w.plan.written_by == [cast.ana.id]
    approve(session, w)
    assert w.plan.written_by == []


def test_a_decision_on_a_version_that_was_replaced_meanwhile_is_refused(session, cast):
    w = write_plan(session, cast)
    submit(session, w)
    approval.withdraw(session, w.plan, actor=w.ana, now=NOW)
    submit(session, w)
    with pytest.raises(Conflict, match="Another version"):
        approval.approve(session, w.plan, actor=w.sergiu, number=1, now=NOW)


def test_less_than_what_is_promised_is_not_approved(session, cast, answers):  # noqa: F811
    w = write_plan(session, cast)
    approve(session, w)
    edit(session, w, a_service(cast, units=4))
    number = submit(session, w)
    answers.give(provision.promised_on, lambda *_: [Money(300_000, "MDL")])
    with pytest.raises(Conflict, match="promised already"):
        approval.approve(session, w.plan, actor=w.sergiu, number=number, now=NOW)


def test_less_than_what_is_delivered_is_not_approved(session, cast):
    w = write_plan(session, cast)
    approve(session, w)
    session.add(PlanLineDelivery(plan_line_id=w.line.id, units=5, amount_minor=250_000))
    edit(session, w, a_service(cast, units=4))
    number = submit(session, w)
    session.expire(w.line)
    with pytest.raises(Conflict, match="or delivered already"):
        approval.approve(session, w.plan, actor=w.sergiu, number=number, now=NOW)


def test_the_supervisor_and_then_the_manager_are_told(session, cast):
    w = write_plan(session, cast)
    approve(session, w)
    told = {(m.user_id, m.message.split(" ")[-1]) for m in session.query(InboxMessage)}
    assert told == {(cast.sergiu.id, "decision."), (cast.ana.id, "arranged.")}


def test_what_waits_the_longest_is_decided_first_and_only_in_ones_own_cases(session, cast):
    first, second = write_plan(session, cast), write_plan(session, cast)
    submit(session, second)
    approval.submit(
        session,
        first.plan,
        actor=first.ana,
        revision=first.plan.revision,
        now=NOW - timedelta(days=2),
    )
    sergiu = actor(session, cast.sergiu)
    assert [row.plan.id for row in plans.waiting(session, sergiu)] == [
        first.plan.id,
        second.plan.id,
    ]
    assert plans.waiting(session, actor(session, cast.calin)) == []


def test_the_difference_names_each_change_with_its_money(session, cast):
    w = write_plan(session, cast)
    approve(session, w)
    edit(session, w, a_service(cast, units=16))
    planning.edit_milestone(
        session, w.milestone, actor=w.ana, step=a_step(ends=84), revision=w.plan.revision, now=NOW
    )
    submit(session, w)
    one, two = session.query(PlanVersion).order_by(PlanVersion.number)
    found = compare(one.snapshot, two.snapshot)
    (line,), (milestone,) = found.lines, found.milestones
    assert (line.kind, line.effect) == (Kind.CHANGED, Money(200_000, "MDL"))
    assert [(f.name, f.before, f.after) for f in line.fields] == [
        ("units", 12, 16),
        ("ceiling_minor", 600_000, 800_000),
    ]
    assert milestone.moved_days == 24
    assert found.totals == {"MDL": Money(200_000, "MDL")}
    assert found.budget == {str(cast.budget_line.id): Money(200_000, "MDL")}


_rows = st.dictionaries(
    st.sampled_from(["a", "b", "c", "d"]),
    st.tuples(st.integers(1, 10**6), st.sampled_from(["one", "two"])),
)


def _snapshot(rows):
    return {
        "milestones": [],
        "lines": [
            {
                "id": key,
                "milestone_id": "m",
                "ceiling_minor": minor,
                "currency": "MDL",
                "budget_line_id": budget,
            }
            for key, (minor, budget) in rows.items()
        ],
    }


@given(_rows, _rows)
def test_the_effects_of_all_changes_are_the_difference_of_the_two_sums(before, after):
    found = compare(_snapshot(before), _snapshot(after))
    whole = sum(m for m, _ in after.values()) - sum(m for m, _ in before.values())
    assert sum(change.effect.minor for change in found.lines) == whole
    assert sum(effect.minor for effect in found.budget.values()) == whole
    assert sum(effect.minor for effect in found.totals.values()) == whole
    assert found.is_empty == (before == after)


def test_the_first_approval_moves_the_case_to_its_work(session, cast):
    written = write_plan(session, cast)
    written.case.state = CaseState.INTAKE
    session.flush()
    approve(session, written)
    assert written.case.state == CaseState.ACTIVE
