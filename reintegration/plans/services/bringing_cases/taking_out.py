"""Running cases out of the house, in the columns in which they come in: what runs, without names.

Brought in where they come from, nothing of it is new: each is known by its code.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from reintegration.accounts.queries.users import emails_of
from reintegration.cases.models import CaseFile
from reintegration.cases.permissions import CasePermission
from reintegration.cases.queries.consents import consents_of
from reintegration.cases.states import CaseState, ConsentScope
from reintegration.codelists.people import Sex
from reintegration.codelists.territorial_units import TERRITORIAL_UNITS
from reintegration.kernel import audit, permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.clock import local_day
from reintegration.kernel.text import plain
from reintegration.plans.models import Milestone, Plan, PlanLine
from reintegration.plans.queries import needs, provision
from reintegration.plans.queries.progress import Left, evidence_of, left_of
from reintegration.plans.queries.snapshots import live_milestones
from reintegration.plans.services.bringing_cases.columns import NAMES
from reintegration.plans.states import (
    LONGEST_GOAL,
    LONGEST_STEP,
    LONGEST_WORDS,
    LineOrigin,
    MilestoneState,
)

Cells = dict[str, str]
_GONE = frozenset({MilestoneState.CANCELLED, MilestoneState.NOT_COMPLETED})


def rows(session: Session, *, actor: Actor, now: datetime) -> list[Sequence[str]]:
    """Return a row for each need, goal, step and service of each case that is not closed.

    Of a service stands what is still to come. What was dropped or is delivered, and help of an
    emergency start, is left out. The trail keeps that cases left.
    """
    permissions.demand(actor, CasePermission.TAKE_OUT)
    today = local_day(now)
    running = select(CaseFile).where(CaseFile.state != CaseState.CLOSED).order_by(CaseFile.code)
    cases = session.scalars(running).all()
    people = emails_of(session, {case.manager_id for case in cases})
    paying = select(PlanLine.budget_line_id).where(PlanLine.case_id.in_([one.id for one in cases]))
    codes = provision.budget_line_codes(session, session.scalars(paying.distinct()).all())
    found: list[Sequence[str]] = []
    for case in cases:
        told = _of_case(session, case, people[case.manager_id], today)
        for number, cells in enumerate(_content(session, case, codes) or [{}]):
            row = {"case": case.code} | (told if number == 0 else {}) | cells
            found.append([row.get(name, "") for name in NAMES])
    about = audit.Subject("case")
    audit.record(session, "case:export", about, actor=actor, now=now, data={"cases": len(cases)})
    return found


def _of_case(session: Session, case: CaseFile, manager: str, today: date) -> Cells:
    named = [TERRITORIAL_UNITS[unit].name for unit in case.excluded_units]
    facts = {
        "case manager": manager,
        "since": local_day(case.opened_at).isoformat(),
        "language": case.language,
        "sex": "" if case.sex is Sex.UNSPECIFIED else case.sex,
        "birth year": str(case.birth_year or ""),
        "district": TERRITORIAL_UNITS[case.territorial_unit].name if case.territorial_unit else "",
        "dependants": str(case.dependants or ""),
        "access needs": ", ".join(case.access_needs),
        "places to avoid": ", ".join(named),
    }
    return facts | _consent(session, case, today)


def _consent(session: Session, case: CaseFile, today: date) -> Cells:
    """Return what holds today of consents that are for no single provider."""
    live = [
        one
        for one in consents_of(session, case.id)
        if one.is_live(today) and one.provider_id is None
    ]
    kept = next((one for one in live if one.scope == ConsentScope.CASE_MANAGEMENT), None)
    if kept is None:
        return {}
    return {
        "consent on": local_day(kept.given_at).isoformat(),
        "consent until": kept.valid_until.isoformat(),
        "agreed to": ", ".join(sorted({str(one.scope) for one in live})),
        "agreed by": kept.signatory,
    }


def _content(session: Session, case: CaseFile, codes: dict[UUID, str]) -> list[Cells]:
    goals: dict[UUID | None, Cells] = {}
    found: list[Cells] = []
    said, titles = _Distinct(LONGEST_WORDS), _Distinct(LONGEST_STEP)
    for need in needs.needs_of(session, case.id):
        words = said.of(need.description)
        told = {"need": words, "need area": need.domain, "priority": need.priority}
        wanted = _Distinct(LONGEST_GOAL)
        for goal in need.goals:
            named = {"goal": wanted.of(goal.description), "own words": goal.own_words}
            goals[goal.id] = told | named
        found += [goals[goal.id] for goal in need.goals] or [told]
    plan = session.scalar(select(Plan).where(Plan.case_id == case.id))
    for step in live_milestones(plan) if plan is not None else ():
        if step.state not in _GONE:
            named = {"step": titles.of(step.title)}
            found += _of_step(step, goals.get(step.goal_id, {}) | named, codes)
    return found


@dataclass(slots=True)
class _Distinct:
    """Texts by which a table knows things again: the second thing with one text gets a number."""

    longest: int
    used: set[str] = field(default_factory=set)

    def of(self, text: str) -> str:
        """Return the text of one more thing."""
        found, number = text, 1
        while plain(found) in self.used:
            number += 1
            ending = f" ({number})"
            found = text[: self.longest - len(ending)] + ending
        self.used.add(plain(found))
        return found


def _of_step(step: Milestone, named: Cells, codes: dict[UUID, str]) -> Iterator[Cells]:
    evidence, params = evidence_of(step)
    told = named | {
        "step area": step.domain,
        "begins": step.starts_on.isoformat(),
        "due": step.due_on.isoformat(),
        "reached on": step.completed_on.isoformat() if step.completed_on else "",
        "evidence": evidence % params if step.completed_on else "",
    }
    planned = (
        line for line in step.lines if line.removed_at is None and line.origin == LineOrigin.PLAN
    )
    services = [_service(line, left, codes) for line in planned if (left := left_of(line))]
    yield from (told | service for service in services or [{}])


def _service(line: PlanLine, left: Left, codes: dict[UUID, str]) -> Cells:
    return {
        "service": line.category,
        "units": str(left.units),
        "unit": line.unit,
        "unit price": f"{left.unit_price.decimal:f}",
        "at most": f"{left.ceiling.decimal:f}",
        "currency": line.currency,
        "budget line": codes.get(line.budget_line_id, ""),
        "remark": line.description,
    }
