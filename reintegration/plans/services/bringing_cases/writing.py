"""Cases of a table into the house, by the services that people use: every law holds as for them.

An operator brings each in for its case manager; a case manager only their own. What a case has
already is left as it is: needs and a plan come in once, into a case that has none. The services act
as the case manager, so the trail says beside them who brought it in, each time that something came.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reintegration.accounts.models import User
from reintegration.accounts.services import actors
from reintegration.cases.models import CaseFile, Consent
from reintegration.cases.queries.consents import is_kept
from reintegration.cases.services import consent as consents
from reintegration.cases.services import origins, registration
from reintegration.cases.states import CaseState, ConsentMode
from reintegration.codelists.spoken_languages import written_in
from reintegration.kernel import audit
from reintegration.kernel.actor import Actor, ActorKind, Role
from reintegration.kernel.clock import local_day
from reintegration.kernel.errors import N_, Conflict, DomainError, Invalid
from reintegration.kernel.tasks import Progress, told_of
from reintegration.kernel.text import plain
from reintegration.plans.models import Goal, Milestone, Need, Plan
from reintegration.plans.queries import provision
from reintegration.plans.services import milestones, needs, plan_lines, planning
from reintegration.plans.services.bringing_cases.columns import COUNTED
from reintegration.plans.services.bringing_cases.reading import (
    CaseRead,
    NeedRead,
    ServiceRead,
    StepRead,
    check,
)
from reintegration.plans.services.plan_lines import Service
from reintegration.plans.services.planning import Step
from reintegration.web.bringing import WRITING, Done, refusal
from reintegration.web.table_cells import CellError
from reintegration.web.table_reading import Note, Table

Made = TypeVar("Made")
LEFT_OUT = N_("They wait for consent, so their needs and plan are left out: %(cases)s.")
_TOLD = 20
_NOTHING_ADDED = frozenset({"waiting", "unchanged"})
_FIELDS = {
    "valid_until": "consent until",
    "paper_of": "consent on",
    "scopes": "agreed to",
    "signatory": "agreed by",
    "excluded_units": "places to avoid",
    "manager": "case manager",
    "category": "service",
    "goal_id": "goal",
    "title": "step",
    "due_on": "due",
    "on": "reached on",
    "budget_line_id": "budget line",
    "unit_price": "unit price",
    "ceiling": "at most",
}


@dataclass(slots=True)
class _Work:
    """One import: who brings in, when, what came of it."""

    session: Session
    actor: Actor
    now: datetime
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTED, 0))
    errors: list[CellError] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    managers: dict[str, Actor] = field(default_factory=dict)
    budgets: dict[str, provision.BudgetChoice] = field(default_factory=dict)

    def count(self, name: str) -> None:
        """Count one more."""
        self.counts[name] += 1

    @property
    def added(self) -> int:
        """Return how many things were added until now."""
        return sum(count for name, count in self.counts.items() if name not in _NOTHING_ADDED)


class _Stopped(Exception):
    """A row was refused: the rest of its case is not tried."""


def carry_out(
    session: Session, table: Table, actor: Actor, now: datetime, progress: Progress
) -> Done:
    """Bring the cases of a table in; each row that is refused is an error, and then none stays."""
    checked = check(table)
    work = _Work(session, actor, now)
    if checked.errors:
        return Done(checked.total, {}, checked.errors, checked.ignored, checked.notes)
    for case in told_of(checked.rows, len(checked.rows), progress, WRITING):
        try:
            with session.begin_nested():
                _bring_in(work, case)
        except _Stopped:
            continue
    notes = checked.notes
    if work.waiting:
        shown = ", ".join(work.waiting[:_TOLD]) + (" …" if len(work.waiting) > _TOLD else "")
        notes += (Note(LEFT_OUT, {"cases": shown}),)
    return Done(checked.total, work.counts, tuple(work.errors), checked.ignored, notes)


def _bring_in(work: _Work, read: CaseRead) -> None:
    manager = _of_row(work, read, read.row, lambda: _manager(work, read))
    case = _known(work, read, manager)
    before, added = dict(work.counts), work.added
    if case is None:
        case = _of_row(work, read, read.row, lambda: _register(work, read, manager))
    elif case.state == CaseState.CLOSED or case.manager_id != manager.desk_id:
        work.count("unchanged")
        return
    acting = registration.with_case(manager, case)
    if read.consent_on is not None and not _ever_asked(work.session, case):
        _of_row(work, read, read.row, lambda: _record_paper(work, read, case, acting))
    if read.has_content and not _has_content(work.session, case):
        if is_kept(work.session, case.id, local_day(work.now)):
            _Content(work, read, case, acting).write()
        else:
            work.count("waiting")
            work.waiting.append(read.reference)
    if work.added > added:
        audit.record(work.session, "case:bring_in", case, actor=work.actor, now=work.now)
    elif work.counts == before:
        work.count("unchanged")


def _of_row(work: _Work, read: CaseRead, row: int, act: Callable[[], Made]) -> Made:
    """Do one thing; what is refused is the error of its row, and ends the case.

    What is said of the case itself may stand in another row than where the case begins.
    """
    try:
        return act()
    except DomainError as error:
        told = refusal(row, error, _FIELDS, whose=read.reference)
        work.errors.append(replace(told, row=read.rows.get(told.column, row)))
        raise _Stopped from error


def _manager(work: _Work, read: CaseRead) -> Actor:
    """Return who manages the case, as they act at their own desk."""
    own = work.actor.kind is ActorKind.PERSON
    if not read.manager and own:
        return work.actor
    if not read.manager:
        raise Invalid(N_("Write who manages the case."), field="manager")
    if read.manager not in work.managers:
        user = work.session.scalar(select(User).where(func.lower(User.email) == read.manager))
        if user is None or user.disabled_at is not None or Role.CASE_MANAGER not in user.role_set:
            raise Invalid(
                N_("No case manager with an open account has this e-mail."), field="manager"
            )
        if own and user.id != work.actor.desk_id:
            raise Invalid(
                N_(
                    "You bring in your own cases. Others do it for theirs, or the operator for all."
                ),
                field="manager",
            )
        work.managers[read.manager] = work.actor if own else actors.actor_of(work.session, user)
    return work.managers[read.manager]


def _known(work: _Work, read: CaseRead, manager: Actor) -> CaseFile | None:
    """Return the case that is meant: by its code here, or the office's reference of before.

    A person finds no case by its code but those of the caseload: others look like none.
    """
    by_code = work.session.scalar(select(CaseFile).where(CaseFile.code == read.reference))
    if by_code is not None and (
        work.actor.kind is not ActorKind.PERSON or by_code.id in work.actor.caseload
    ):
        return by_code
    assert manager.organisation_id is not None
    return origins.case_of_reference(work.session, manager.organisation_id, read.reference)


def _register(work: _Work, read: CaseRead, manager: Actor) -> CaseFile:
    case = registration.register(
        work.session, actor=manager, facts=read.facts, since=read.since, now=work.now
    )
    assert manager.organisation_id is not None
    origins.remember(
        work.session,
        case,
        office_id=manager.organisation_id,
        reference=read.reference,
        actor=work.actor,
        now=work.now,
    )
    work.count("cases_added")
    return case


def _ever_asked(session: Session, case: CaseFile) -> bool:
    found = select(Consent.id).where(Consent.case_id == case.id).limit(1)
    return session.scalar(found) is not None


def _record_paper(work: _Work, read: CaseRead, case: CaseFile, acting: Actor) -> None:
    last = read.last_day
    assert last is not None
    consents.record(
        work.session,
        actor=acting,
        case=case,
        scopes=read.scopes,
        mode=ConsentMode.WRITTEN,
        locale=written_in(read.facts.language),
        valid_until=last,
        signatory=read.signatory,
        paper_of=read.consent_on,
        now=work.now,
    )
    work.count("consents_added")


def _has_content(session: Session, case: CaseFile) -> bool:
    written = (select(model.id).where(model.case_id == case.id).limit(1) for model in (Need, Plan))
    return any(session.scalar(one) is not None for one in written)


@dataclass(slots=True)
class _Content:
    """The needs and the plan of one case, written one after the other."""

    work: _Work
    read: CaseRead
    case: CaseFile
    actor: Actor
    goals: dict[tuple[str, str], Goal] = field(default_factory=dict)

    def write(self) -> None:
        """Write down what stands in the file."""
        for need in self.read.needs.values():
            self._need(need)
        if not self.read.steps:
            return
        plan = self._do(
            self.read.row,
            lambda: planning.start_plan(
                self.work.session, self.case, actor=self.actor, now=self.work.now
            ),
        )
        for step in self.read.steps.values():
            self._step(plan, step)

    def _do(self, row: int, act: Callable[[], Made]) -> Made:
        return _of_row(self.work, self.read, row, act)

    def _need(self, read: NeedRead) -> None:
        session, now = self.work.session, self.work.now
        need = self._do(
            read.row,
            lambda: needs.add_need(
                session,
                self.case,
                actor=self.actor,
                now=now,
                domain=read.domain,
                priority=read.priority,
                description=read.description,
            ),
        )
        self.work.count("needs_added")
        for key, (row, words, own) in read.goals.items():
            self.goals[plain(read.description), key] = self._do(
                row,
                lambda words=words, own=own: needs.add_goal(  # type: ignore[misc]
                    session, need, actor=self.actor, now=now, description=words, own_words=own
                ),
            )
            self.work.count("goals_added")

    def _step(self, plan: Plan, read: StepRead) -> None:
        session, now = self.work.session, self.work.now
        goal = self.goals[read.goal] if read.goal else None
        step = Step(read.title, read.domain, read.starts_on, read.due_on, goal.id if goal else None)
        milestone = self._do(
            read.row,
            lambda: planning.add_milestone(
                session, plan, actor=self.actor, step=step, revision=plan.revision, now=now
            ),
        )
        self.work.count("steps_added")
        for service in read.services:
            self._do(service.row, lambda one=service: self._service(milestone, one))  # type: ignore[misc]
            self.work.count("services_added")
        if read.reached_on is not None:
            reached_on = read.reached_on
            self._do(
                read.row,
                lambda: milestones.complete(
                    session,
                    milestone,
                    actor=self.actor,
                    evidence=read.evidence,
                    on=reached_on,
                    now=now,
                ),
            )

    def _service(self, milestone: Milestone, read: ServiceRead) -> None:
        service = Service(
            unit=read.unit,
            units=read.units,
            unit_price=read.unit_price,
            budget_line_id=self._budget_line(read).id,
            ceiling=read.ceiling,
            description=read.description,
        )
        plan_lines.add_line(
            self.work.session,
            milestone,
            actor=self.actor,
            category=read.category,
            service=service,
            revision=milestone.plan.revision,
            now=self.work.now,
        )

    def _budget_line(self, read: ServiceRead) -> provision.BudgetChoice:
        if not self.work.budgets:
            choices = provision.budget_choices(
                self.work.session, self.actor, local_day(self.work.now)
            )
            self.work.budgets = {plain(one.code): one for one in choices.values()}
        found = self.work.budgets.get(plain(read.budget_line))
        if found is None:
            raise Conflict(
                N_("No open budget line is called “%(line)s”. Write it as FUND/LINE."),
                field="budget_line_id",
                line=read.budget_line,
            )
        return found
