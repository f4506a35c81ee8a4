"""What plans forget with an erased person: every word that was written, never what was agreed.

Days, services, units and money stay: they prove what was given. Reasons that stand in the trail
stay too; nothing rewrites it.
"""

from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from reintegration.cases.services.erasure import PersonErased
from reintegration.kernel.db import acting_as_system
from reintegration.plans.models import EmergencyStart, Goal, Milestone, Need, PlanLine, PlanVersion

GONE = "–"
"""What stands where words were."""

_WORDS: tuple[tuple[Any, dict[str, str]], ...] = (
    (Need, {"description": GONE}),
    (Goal, {"description": GONE, "own_words": ""}),
    (EmergencyStart, {"circumstances": "", "comment": ""}),
    (Milestone, {"title": GONE, "evidence": ""}),
    (PlanLine, {"description": ""}),
)
"""By table, in the order in which rows are locked."""


def forget_words(session: Session, event: PersonErased) -> None:
    """Take the words out of needs, goals, emergency start, plan and every version of it."""
    with acting_as_system(session):
        for table, words in _WORDS:
            session.execute(
                update(table)
                .where(table.case_id == event.case_id)
                .values(words)
                .execution_options(synchronize_session="fetch")
            )
        for version in session.query(PlanVersion).filter_by(case_id=event.case_id).order_by("id"):
            version.comment = ""
            for step in version.snapshot["milestones"]:
                step["title"] = GONE
            for line in version.snapshot["lines"]:
                line["description"] = ""
            flag_modified(version, "snapshot")
        session.flush()
