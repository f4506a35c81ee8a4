"""What waits for a decision, in queues: floors above add theirs, the badge counts them all."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import Session

from reintegration.cases.queries import erasures
from reintegration.kernel import bounded
from reintegration.kernel.actor import Actor
from reintegration.kernel.bounded import Count
from reintegration.plans.queries import emergencies, plans
from reintegration.web import slots


@dataclass(frozen=True, slots=True)
class Row:
    """One thing to decide; without `url` it is one's own, and somebody else decides."""

    case_code: str
    what: str
    text: str
    money: str
    by: str
    since: str
    url: str | None


@dataclass(frozen=True, slots=True)
class Queue:
    """Things of one kind; `last` heads the column in which each says its own."""

    title: str
    last: str
    rows: Sequence[Row]


def count(session: Session, actor: Actor) -> Count:
    """Return how many things wait for this very person.

    A feature adds `decisions.to_decide`: a callable (actor) that returns selects, and shows the
    rows of them in `decisions.queues`.
    """
    each: list[Select[*tuple[Any, ...]]] = [
        emergencies.to_decide(actor),
        plans.to_decide(actor),
        erasures.to_decide(actor),
        *slots.collect("decisions.to_decide", actor=actor),
    ]
    return sum(bounded.count_each(session, dict(enumerate(each))).values(), Count())
