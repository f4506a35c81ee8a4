"""Writing the plan: steps, what they wait for, services, and two people at once."""

from datetime import timedelta

import pytest

from reintegration.codelists.service_categories import ServiceCategory
from reintegration.codelists.units import Unit
from reintegration.kernel.errors import Conflict, Invalid, NotPermitted
from reintegration.kernel.money import Money
from reintegration.plans.models import PlanVersion
from reintegration.plans.queries import provision, schedule
from reintegration.plans.queries.snapshots import live_lines, live_milestones
from reintegration.plans.services import approval, needs, plan_lines, planning
from reintegration.plans.states import PlanState, Priority
from tests.factories.cast import NOW, TODAY, actor
from tests.plans.answers import answers  # noqa: F401 - a fixture
from tests.plans.plan_makers import a_service, a_step, add_need, approve, edit, submit, write_plan

pytestmark = pytest.mark.usefixtures("answers")


def add_step(session, w, **kw):
    return planning.add_milestone(
        session, w.plan, actor=w.ana, step=a_step(**kw), revision=w.plan.revision, now=NOW
    )


def test_the_plan_of_a_case_is_begun_once(session, cast):
    w = write_plan(session, cast)
    assert planning.start_plan(session, w.case, actor=w.ana, now=NOW).id == w.plan.id


def test_steps_may_not_wait_for_each_other_in_a_circle(session, cast):
    w = write_plan(session, cast)
    second = add_step(session, w, title="Curs", waits_for=[w.milestone.id])
    third = add_step(session, w, title="Lucru", waits_for=[second.id])
    with pytest.raises(Invalid, match="wait for each other"):
        planning.edit_milestone(
            session,
            w.milestone,
            actor=w.ana,
            step=a_step(waits_for=[third.id]),
            revision=w.plan.revision,
            now=NOW,
        )


def test_a_step_may_not_wait_for_a_step_of_another_plan(session, cast):
    w, other = write_plan(session, cast), write_plan(session, cast)
    with pytest.raises(Invalid, match="other steps of this plan"):
        add_step(session, w, waits_for=[other.milestone.id])


def test_a_step_that_begins_before_what_it_waits_for_ends_is_told_and_not_refused(session, cast):
    w = write_plan(session, cast)
    early = add_step(session, w, title="Curs", starts=10, waits_for=[w.milestone.id])
    session.expire_all()
    assert schedule.overlaps(live_milestones(w.plan)) == [(early, w.milestone)]


def test_the_last_day_may_not_lie_before_the_first(session, cast):
    w = write_plan(session, cast)
    with pytest.raises(Invalid, match="before the first"):
        add_step(session, w, starts=5, ends=4)


def test_the_ceiling_is_units_times_price_unless_more_is_asked(session, cast):
    w = write_plan(session, cast)
    assert w.line.ceiling == Money(600_000, "MDL")
    edit(session, w, a_service(cast, ceiling=650_000))
    assert w.line.ceiling == Money(650_000, "MDL")


def test_the_ceiling_may_not_be_less_than_units_times_price(session, cast):
    w = write_plan(session, cast)
    with pytest.raises(Invalid, match="less than 12 times"):
        edit(session, w, a_service(cast, ceiling=599_999))


@pytest.mark.parametrize("service", [{"units": 0}, {"units": -3}, {"price": 0}, {"price": -1}])
def test_nothing_and_less_than_nothing_are_refused(session, cast, service):
    w = write_plan(session, cast)
    with pytest.raises(Invalid):
        edit(session, w, a_service(cast, **service))


def test_a_price_that_no_service_may_have_is_refused(session, cast):
    w = write_plan(session, cast)
    with pytest.raises(Invalid, match="ever cost"):
        edit(session, w, a_service(cast, units=10_000, price=10**12))


def test_money_up_to_a_sum_is_one_unit_of_that_sum(session, cast):
    w = write_plan(session, cast)
    line = plan_lines.add_line(
        session,
        w.milestone,
        actor=w.ana,
        category=ServiceCategory.BUSINESS_START_UP,
        service=plan_lines.Service(Unit.AMOUNT, 7, Money(2_500_000, "MDL"), cast.budget_line.id),
        revision=w.plan.revision,
        now=NOW,
    )
    assert (line.units, line.ceiling) == (1, Money(2_500_000, "MDL"))


def test_a_budget_line_in_another_currency_is_refused(session, cast):
    w = write_plan(session, cast)
    wrong = plan_lines.Service(Unit.SESSION, 1, Money(100, "MDL"), cast.euro_budget_line.id)
    with pytest.raises(Invalid, match="budget line"):
        edit(session, w, wrong)


def test_an_edit_of_what_somebody_else_changed_meanwhile_is_stale(session, cast):
    w = write_plan(session, cast)
    read = w.plan.revision
    add_step(session, w, title="Curs")
    with pytest.raises(planning.Stale):
        planning.edit_milestone(
            session, w.milestone, actor=w.ana, step=a_step(), revision=read, now=NOW
        )


def test_each_edit_counts_a_revision_also_within_one_instant(session, cast):
    w = write_plan(session, cast)
    before = w.plan.revision
    add_step(session, w)
    between = w.plan.revision
    add_step(session, w)
    assert before < between < w.plan.revision


def test_editing_an_approved_plan_makes_it_changed_and_keeps_what_was_approved(session, cast):
    w = write_plan(session, cast)
    approve(session, w)
    edit(session, w, a_service(cast, units=20))
    assert w.plan.state == PlanState.CHANGED.value
    assert (w.line.units, w.line.approved_units) == (20, 12)
    assert w.line.approved_ceiling == Money(600_000, "MDL")


def test_an_approved_service_keeps_its_currency(session, cast):
    w = write_plan(session, cast)
    approve(session, w)
    euro = plan_lines.Service(Unit.SESSION, 1, Money(100, "EUR"), cast.euro_budget_line.id)
    with pytest.raises(Invalid, match="keeps its currency"):
        edit(session, w, euro)


def test_a_plan_that_waits_for_a_decision_is_locked(session, cast):
    w = write_plan(session, cast)
    submit(session, w)
    with pytest.raises(Conflict, match="waits for a decision"):
        add_step(session, w)


def test_a_service_with_something_open_on_it_is_not_taken_out(session, cast, answers):  # noqa: F811
    w = write_plan(session, cast)
    answers.give(provision.open_on_line, lambda *_: ["A voucher is open: V-7QK4XM."])
    with pytest.raises(Conflict, match="V-7QK4XM"):
        plan_lines.remove_line(session, w.line, actor=w.ana, revision=w.plan.revision, now=NOW)
    session.flush()
    with pytest.raises(Conflict, match="V-7QK4XM"):
        planning.remove_milestone(
            session, w.milestone, actor=w.ana, revision=w.plan.revision, now=NOW
        )


def test_a_step_that_is_taken_out_takes_its_services_and_nothing_waits_for_it(session, cast):
    w = write_plan(session, cast)
    second = add_step(session, w, title="Curs", waits_for=[w.milestone.id])
    planning.remove_milestone(session, w.milestone, actor=w.ana, revision=w.plan.revision, now=NOW)
    session.expire_all()
    assert live_milestones(w.plan) == [second]
    assert live_lines(w.plan) == []
    assert second.dependencies == []


def test_a_service_of_an_emergency_start_is_not_edited_here(session, cast):
    w = write_plan(session, cast)
    w.line.origin = "emergency"
    session.flush()
    with pytest.raises(Conflict, match="emergency"):
        plan_lines.remove_line(session, w.line, actor=w.ana, revision=w.plan.revision, now=NOW)


def test_an_urgent_need_without_a_goal_holds_the_plan_back(session, cast):
    w = write_plan(session, cast)
    need = add_need(session, w, Priority.URGENT)
    with pytest.raises(Invalid, match="no goal yet"):
        submit(session, w)
    needs.add_goal(session, need, actor=w.ana, description="Doarme", own_words="Să dorm", now=NOW)
    assert submit(session, w) == 1


def test_a_plan_without_a_step_is_not_sent(session, cast):
    w = write_plan(session, cast)
    planning.remove_milestone(session, w.milestone, actor=w.ana, revision=w.plan.revision, now=NOW)
    session.expire_all()
    with pytest.raises(Invalid, match="no step"):
        submit(session, w)


def test_a_service_whose_budget_line_is_gone_holds_the_plan_back(session, cast, answers):  # noqa: F811
    w = write_plan(session, cast)
    answers.give(provision.budget_lines_to_plan_with, lambda *_: [])
    with pytest.raises(Invalid, match="no budget line in MDL"):
        submit(session, w)


def test_a_version_keeps_what_was_sent_whatever_is_written_later(session, cast):
    w = write_plan(session, cast)
    approve(session, w)
    planning.edit_milestone(
        session,
        w.milestone,
        actor=w.ana,
        step=a_step("Altceva", ends=90),
        revision=w.plan.revision,
        now=NOW,
    )
    version = session.query(PlanVersion).one()
    assert version.snapshot["milestones"][0]["title"] == "Consiliere"
    assert version.snapshot["milestones"][0]["due_on"] == str(TODAY + timedelta(days=60))
    assert version.snapshot["lines"][0]["ceiling_minor"] == 600_000


def test_somebody_off_the_team_and_a_supervisor_do_not_write_the_plan(session, cast):
    w = write_plan(session, cast)
    for stranger in (actor(session, cast.calin), w.sergiu, actor(session, cast.rita)):
        with pytest.raises(NotPermitted):
            planning.add_milestone(
                session, w.plan, actor=stranger, step=a_step(), revision=w.plan.revision, now=NOW
            )


def test_a_goal_that_a_step_serves_is_not_taken_out(session, cast):
    w = write_plan(session, cast)
    need = add_need(session, w)
    goal = needs.add_goal(session, need, actor=w.ana, description="Doarme", own_words="", now=NOW)
    w.milestone.goal_id = goal.id
    session.flush()
    with pytest.raises(Conflict, match="serves this goal"):
        needs.remove_goal(session, goal, actor=w.ana, now=NOW)
    with pytest.raises(Conflict, match="has goals"):
        needs.remove_need(session, need, actor=w.ana, now=NOW)


def test_withdrawing_leads_back_to_where_the_plan_was(session, cast):
    w = write_plan(session, cast)
    submit(session, w)
    approval.withdraw(session, w.plan, actor=w.ana, now=NOW)
    assert w.plan.state == PlanState.DRAFT.value
    approve(session, w)
    add_step(session, w, title="Curs")
    submit(session, w)
    approval.withdraw(session, w.plan, actor=w.ana, now=NOW)
    assert w.plan.state == PlanState.CHANGED.value


def test_a_need_that_is_met_twice_stays_met(session, cast):
    w = write_plan(session, cast)
    need, ana = add_need(session, w), actor(session, cast.ana)
    for days in (0, 1):
        needs.meet(session, need, actor=ana, now=NOW + timedelta(days=days))
        assert need.met_at == NOW
    for _ in range(2):
        needs.reopen(session, need, actor=ana, now=NOW)
        assert need.met_at is None
