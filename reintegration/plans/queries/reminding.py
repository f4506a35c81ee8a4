"""Reading what is to be brought to mind: days of which the manager of the case was not told."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select
from sqlalchemy.orm import Session

from reintegration.cases.models import CaseFile
from reintegration.plans.models import Milestone, Plan
from reintegration.plans.queries.plans import open_milestones, reviews_due


@dataclass(frozen=True, slots=True)
class Managed:
    """A case as far as a reminder needs it."""

    id: UUID
    code: str
    manager_id: UUID


@dataclass(frozen=True, slots=True)
class Untold:
    """Whose day it is, a step or a plan; the day, and the case."""

    id: UUID
    day: date
    case: Managed


def late_steps(session: Session, *, today: date) -> list[Untold]:
    """Return the open steps that were due before today, of which the manager was not told so."""
    untold = Milestone.late_told_of.is_distinct_from(Milestone.due_on)
    return _steps(session, open_milestones().where(Milestone.due_on < today, untold))


def steps_due(session: Session, *, since: date, until: date) -> list[Untold]:
    """Return the open steps due on some days, of which the manager was not told."""
    untold = Milestone.due_told_of.is_distinct_from(Milestone.due_on)
    due = Milestone.due_on.between(since, until)
    return _steps(session, open_milestones().where(due, untold))


def reviews(session: Session, *, until: date) -> list[Untold]:
    """Return the plans whose review is due, of which the manager was not told."""
    untold = Plan.review_told_of.is_distinct_from(Plan.review_on)
    statement = reviews_due(until).where(untold).join(CaseFile, CaseFile.id == Plan.case_id)
    return _untold(session, statement, Plan.id, Plan.review_on)


def _steps(session: Session, statement: Select[Milestone]) -> list[Untold]:
    with_case = statement.join(CaseFile, CaseFile.id == Milestone.case_id)
    in_order = with_case.order_by(Milestone.due_on, Milestone.id)
    return _untold(session, in_order, Milestone.id, Milestone.due_on)


def _untold(session: Session, statement: Select[Any], key: Any, day: Any) -> list[Untold]:
    columns = key, day, CaseFile.id, CaseFile.code, CaseFile.manager_id
    rows = session.execute(statement.with_only_columns(*columns, maintain_column_froms=True))
    return [Untold(subject, on, Managed(*case)) for subject, on, *case in rows]
