"""Bringing days of plans to mind: of each day once, to whoever manages the case then.

What was told is marked beside the day, so that the job looks at what is new. A day that changes is
told again, and who takes a case over is told of all that is due in it.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from reintegration.accounts.services import inbox
from reintegration.accounts.services.inbox import Message
from reintegration.cases.services.team import HandedOver
from reintegration.cases.services.telling import told
from reintegration.kernel import clock
from reintegration.kernel.errors import N_
from reintegration.plans.models import Milestone, Plan
from reintegration.plans.queries import reminding
from reintegration.plans.queries.reminding import Untold
from reintegration.plans.states import REMIND_BEFORE


def remind(session: Session, *, now: datetime) -> int:
    """Bring what is due within a week, late or to be reviewed to the manager's inbox, once each.

    Return how many are new. The words are neutral: an inbox may be read over a shoulder.
    """
    today = clock.local_day(now)
    reviews = reminding.reviews(session, until=today)
    late = reminding.late_steps(session, today=today)
    due = reminding.steps_due(session, since=today, until=today + REMIND_BEFORE.on(today))
    messages = [
        *map(_of_review, reviews),
        *(_of_step(one, "late") for one in late),
        *(_of_step(one, "due") for one in due),
    ]
    inbox.put(session, messages, now=now)
    _mark(session, Plan, ((one.id, {"review_told_of": one.day}) for one in reviews))
    told_late = ((one.id, {"due_told_of": one.day, "late_told_of": one.day}) for one in late)
    told_due = ((one.id, {"due_told_of": one.day, "late_told_of": None}) for one in due)
    _mark(session, Milestone, (*told_late, *told_due))
    return len(messages)


def forget_what_was_told(session: Session, event: HandedOver) -> None:
    """Let the new manager be told of what is due: nobody told them."""
    _forget(session, event.case_id, Plan, "review_told_of")
    _forget(session, event.case_id, Milestone, "due_told_of", "late_told_of")


def _of_review(one: Untold) -> Message:
    message = N_("The review of %(case)s with the person is due since %(day)s.")
    return _message(one, f"plan:{one.id}:review:{one.day}", message)


def _of_step(one: Untold, stage: str) -> Message:
    message = (
        N_("A step of %(case)s is late since %(day)s. Ask what holds it up, or plan it anew.")
        if stage == "late"
        else N_("A step of %(case)s is due on %(day)s.")
    )
    return _message(one, f"milestone:{one.id}:{one.day}:{stage}", message)


def _message(one: Untold, key: str, message: str) -> Message:
    link, on = f"/cases/{one.case.id}/plan", f"{one.day:%d.%m.%Y}"
    [sent] = told(one.case, [one.case.manager_id], key, message, link=link, day=on)
    return sent


def _mark(
    session: Session,
    model: type[Plan | Milestone],
    marks: Iterable[tuple[UUID, Mapping[str, date | None]]],
) -> None:
    """Write what was told beside each row, in the order of the keys, as locks are taken."""
    rows: list[dict[str, Any]] = [{"of": key, **told_of} for key, told_of in sorted(marks)]
    if rows:
        table: Any = model.__table__
        marked: Any = {name: bindparam(name) for name in rows[0] if name != "of"}
        statement = update(table).where(table.c.id == bindparam("of")).values(marked)
        session.connection().execute(statement, rows)


def _forget(session: Session, case_id: UUID, model: type[Plan | Milestone], *told_of: str) -> None:
    """Forget what was told of the rows of one case, which is locked."""
    nothing = dict.fromkeys(told_of)
    session.execute(update(model).where(model.case_id == case_id).values(nothing))
