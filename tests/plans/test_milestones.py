"""Milestones move by hand with evidence, and by themselves when services are delivered."""

from datetime import timedelta

import pytest

from reintegration.codelists.units import Unit
from reintegration.kernel import jobs
from reintegration.kernel.actor import SYSTEM
from reintegration.kernel.errors import Conflict, Invalid, NotPermitted
from reintegration.kernel.money import Money
from reintegration.kernel.states import StateEvent
from reintegration.plans.jobs.milestones import MOVE_MILESTONES
from reintegration.plans.models import PlanLineDelivery
from reintegration.plans.queries import progress, provision
from reintegration.plans.services import deliveries, milestones
from reintegration.plans.states import MilestoneState as S
from tests.factories.casework import make_casework
from tests.factories.cast import NOW, TODAY, actor
from tests.plans.answers import answers  # noqa: F401 - a fixture

pytestmark = pytest.mark.usefixtures("answers")


@pytest.fixture
def w(session, cast):
    return make_casework(session, cast)


@pytest.fixture
def ana(session, cast, w):
    return actor(session, cast.ana)


def deliver(session, w, units, amount=None):
    deliveries.record_service_delivered(
        session,
        w.line.id,
        units=units,
        amount=w.line.unit_price * units if amount is None else Money(amount, "MDL"),
        on=TODAY,
    )


def follow(session, w):
    count = milestones.follow_deliveries(session, now=NOW)
    session.expire_all()
    return count


def test_the_first_delivery_begins_the_step(session, w):
    deliver(session, w, 1)
    assert follow(session, w) == 1
    assert w.milestone.state == S.IN_PROGRESS.value


def test_the_last_delivery_completes_the_step_with_evidence(session, w):
    deliver(session, w, 12)
    follow(session, w)
    assert (w.milestone.state, w.milestone.completed_on) == (S.COMPLETED.value, TODAY)
    message, params = progress.evidence_of(w.milestone)
    assert message % params == "Every planned service was delivered (1 of 1)."


def test_a_delivery_taken_back_opens_a_step_that_completed_by_itself(session, w):
    deliver(session, w, 12)
    follow(session, w)
    deliver(session, w, -1)
    follow(session, w)
    assert (w.milestone.state, w.milestone.evidence) == (S.IN_PROGRESS.value, "")


def test_a_delivery_taken_back_leaves_what_a_person_said(session, w, ana):
    deliver(session, w, 11)
    follow(session, w)
    milestones.complete(session, w.milestone, actor=ana, evidence="Doarme bine", on=TODAY, now=NOW)
    deliver(session, w, -1)
    follow(session, w)
    assert (w.milestone.state, w.milestone.evidence) == (S.COMPLETED.value, "Doarme bine")


def test_what_was_considered_is_not_considered_again(session, w):
    deliver(session, w, 3)
    assert (follow(session, w), follow(session, w)) == (1, 0)


def test_a_step_completes_only_when_all_its_services_are_delivered(session, cast, w):
    other = make_casework(session, cast, units=3)
    other.line.milestone_id = w.milestone.id
    session.flush()
    session.expire_all()
    deliver(session, w, 12)
    follow(session, w)
    assert w.milestone.state == S.IN_PROGRESS.value
    deliver(session, other, 3)
    follow(session, w)
    assert w.milestone.state == S.COMPLETED.value


def test_money_up_to_a_sum_is_counted_in_money(session, cast, w):
    w.line.unit, w.line.approved_units = Unit.AMOUNT.value, 1
    session.flush()
    deliver(session, w, 1, amount=599_999)
    follow(session, w)
    assert w.milestone.state == S.IN_PROGRESS.value
    deliver(session, w, 1, amount=1)
    follow(session, w)
    assert w.milestone.state == S.COMPLETED.value


def test_the_moves_of_the_job_are_noted_as_the_systems(session, w):
    deliver(session, w, 12)
    jobs.run_slot(session, MOVE_MILESTONES, now=NOW)
    events = session.query(StateEvent).filter_by(aggregate_id=w.milestone.id)
    assert {(e.move, e.actor_kind) for e in events} == {("begin", "system"), ("complete", "system")}


def test_a_delivery_that_comes_while_the_job_runs_is_followed_next_time(session, w, monkeypatch):
    deliver(session, w, 11)
    kept = milestones._follow

    def meanwhile(*args, **kwargs):
        kept(*args, **kwargs)
        deliver(session, w, 1)

    monkeypatch.setattr(milestones, "_follow", meanwhile)
    follow(session, w)
    monkeypatch.undo()
    assert session.get(PlanLineDelivery, w.line.id).considered_units == 11
    follow(session, w)
    assert w.milestone.state == S.COMPLETED.value


def test_completing_needs_evidence_and_a_day_that_has_come(session, w, ana):
    with pytest.raises(Invalid, match="how you know"):
        milestones.complete(session, w.milestone, actor=ana, evidence=" ", on=TODAY, now=NOW)
    session.expire(w.milestone)
    with pytest.raises(Invalid, match="not come yet"):
        milestones.complete(
            session, w.milestone, actor=ana, evidence="x", on=TODAY + timedelta(days=1), now=NOW
        )


@pytest.mark.parametrize("move", ["not_complete", "cancel"])
def test_giving_up_needs_a_reason_and_can_be_taken_back(session, w, ana, move):
    with pytest.raises(Invalid, match="reason"):
        milestones.give_up(session, w.milestone, actor=ana, move=move, reason="", now=NOW)
    milestones.give_up(session, w.milestone, actor=ana, move=move, reason="S-a mutat", now=NOW)
    milestones.reopen(session, w.milestone, actor=ana, now=NOW)
    assert w.milestone.state == S.IN_PROGRESS.value


def test_a_step_with_something_open_is_not_dropped(session, w, ana, answers):  # noqa: F811
    answers.give(provision.open_on_line, lambda *_: ["A voucher is open."])
    with pytest.raises(Conflict, match="voucher is open"):
        milestones.give_up(session, w.milestone, actor=ana, move="cancel", reason="x", now=NOW)


def test_only_the_team_and_the_system_move_a_step(session, cast, w):
    for stranger in (actor(session, cast.calin), actor(session, cast.sergiu)):
        with pytest.raises(NotPermitted):
            milestones.begin(session, w.milestone, actor=stranger, now=NOW)
    milestones.begin(session, w.milestone, actor=SYSTEM, now=NOW)
