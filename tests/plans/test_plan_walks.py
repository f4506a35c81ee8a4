"""Random lives of a plan and its milestones keep what must always hold."""

from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from reintegration.kernel.actor import SYSTEM
from reintegration.kernel.errors import DomainError
from reintegration.kernel.money import Money
from reintegration.kernel.permissions import registered
from reintegration.plans.models import PlanVersion
from reintegration.plans.services import approval, deliveries, milestones, plan_lines, planning
from reintegration.plans.services.milestone_moves import MILESTONE
from reintegration.plans.services.plan_moves import PLAN
from reintegration.plans.states import MilestoneState, PlanState, VersionState
from tests.factories.cast import NOW, TODAY
from tests.plans.answers import answers  # noqa: F401 - a fixture
from tests.plans.plan_makers import a_service, a_step, write_plan
from tests.sampling import amount

pytestmark = pytest.mark.usefixtures("answers")


@dataclass
class Life:
    """A plan, and what somebody may do with it at any time."""

    session: object
    cast: object
    w: object

    def _do(self, act, subject, *, who=None, **more):
        """Let Ana, or somebody else, act on something of the plan."""
        act(self.session, subject, actor=who or self.w.ana, now=NOW, **more)

    def edit(self, n):
        service, revision = a_service(self.cast, units=n), self.w.plan.revision
        self._do(plan_lines.edit_line, self.w.line, service=service, revision=revision)

    def add(self, n):
        plan, step = self.w.plan, a_step(f"Pas {n}")
        self._do(planning.add_milestone, plan, step=step, revision=plan.revision)

    def submit(self, n):
        plan = self.w.plan
        self._do(approval.submit, plan, revision=plan.revision - (n == 1))

    def withdraw(self, _n):
        self._do(approval.withdraw, self.w.plan)

    def _newest(self):
        return self.session.scalar(select(func.max(PlanVersion.number))) or 0

    def approve(self, n):
        who = self.w.ana if n == 1 else self.w.sergiu
        self._do(approval.approve, self.w.plan, who=who, number=self._newest())

    def send_back(self, n):
        said = {"number": self._newest(), "comment": "" if n == 1 else "Nu"}
        self._do(approval.send_back, self.w.plan, who=self.w.sergiu, **said)

    def begin(self, _n):
        self._do(milestones.begin, self.w.milestone)

    def complete(self, n):
        evidence = "" if n == 1 else "Da"
        self._do(milestones.complete, self.w.milestone, evidence=evidence, on=TODAY)

    def give_up(self, n):
        move = "cancel" if n % 2 else "not_complete"
        self._do(milestones.give_up, self.w.milestone, move=move, reason="S-a mutat")

    def reopen(self, _n):
        self._do(milestones.reopen, self.w.milestone)

    def deliver(self, n):
        deliveries.expect_deliveries(self.session, self.w.line.id)
        deliveries.record_service_delivered(
            self.session, self.w.line.id, units=n, amount=Money(n * 50_000, "MDL"), on=TODAY
        )
        milestones.follow_deliveries(self.session, now=NOW)


_STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "edit",
                "add",
                "submit",
                "withdraw",
                "approve",
                "send_back",
                "begin",
                "complete",
                "give_up",
                "reopen",
                "deliver",
            ]
        ),
        st.integers(1, 9),
    ),
    max_size=14,
)


def _check(session, w):
    session.flush()
    session.expire_all()
    plan, line, milestone = w.plan, w.line, w.milestone
    waiting = [v for v in plan.versions if v.state == VersionState.SUBMITTED.value]
    approved = [v.number for v in plan.versions if v.state == VersionState.APPROVED.value]
    assert len(waiting) == (plan.state == PlanState.SUBMITTED.value)
    assert plan.approved_version == max(approved, default=None)
    assert (plan.approved_version is None) == (line.approved_ceiling_minor == 0)
    assert (plan.state == PlanState.DRAFT.value) <= (plan.approved_version is None)
    if plan.approved_version is not None:
        (snapshot,) = [v.snapshot for v in plan.versions if v.number == plan.approved_version]
        assert snapshot["lines"][0]["ceiling_minor"] == line.approved_ceiling_minor
    assert (milestone.state == MilestoneState.COMPLETED.value) == bool(milestone.completed_on)
    assert milestone.completed_on is None or milestone.evidence.strip()


@settings(
    max_examples=amount(15, deep=300),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=_STEPS)
def test_whatever_people_do_in_whatever_order_the_plan_holds(session, cast, steps):
    w = write_plan(session, cast)
    life = Life(session, cast, w)
    for name, n in steps:
        try:
            with session.begin_nested():
                getattr(life, name)(n)
        except DomainError:
            session.expire_all()
        _check(session, w)
    session.rollback()


@pytest.mark.parametrize("machine", [PLAN, MILESTONE], ids=lambda m: m.name)
def test_a_move_leads_only_from_where_the_table_says(machine):
    for move, rule in machine.moves.items():
        for state in type(machine.initial):
            if state in rule.sources:
                assert machine.target(state, move) == rule.target
            else:
                with pytest.raises(DomainError, match="no longer"):
                    machine.target(state, move)


def test_every_move_asks_for_a_permission_that_has_a_policy():
    for machine in (PLAN, MILESTONE):
        for rule in machine.moves.values():
            assert rule.permission in registered()


def test_the_system_offers_no_decision_on_a_plan(session, cast):
    w = write_plan(session, cast)
    assert PLAN.available(w.plan, SYSTEM) == []
