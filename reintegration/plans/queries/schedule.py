"""The order of steps: what waits for what. Pure: it sees ids, days and pairs."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from reintegration.plans.models import Milestone

Waits = Mapping[UUID, Iterable[UUID]]
"""Which steps each step waits for."""


def circle(waits: Waits) -> list[UUID] | None:
    """Return steps that wait for each other in a circle, or None when there is an order."""
    done: set[UUID] = set()
    for start in waits:
        path: list[UUID] = []
        found = _follow(start, waits, path, done)
        if found is not None:
            return path[path.index(found) :]
    return None


def _follow(step: UUID, waits: Waits, path: list[UUID], done: set[UUID]) -> UUID | None:
    if step in path:
        return step
    if step in done:
        return None
    path.append(step)
    for earlier in waits.get(step, ()):
        found = _follow(earlier, waits, path, done)
        if found is not None:
            return found
    path.pop()
    done.add(step)
    return None


def overlaps(milestones: Sequence[Milestone]) -> list[tuple[Milestone, Milestone]]:
    """Return (step, what it waits for) where the second ends after the first begins."""
    by_id = {milestone.id: milestone for milestone in milestones}
    return [
        (milestone, by_id[dependency.depends_on_id])
        for milestone in milestones
        for dependency in milestone.dependencies
        if dependency.depends_on_id in by_id
        and by_id[dependency.depends_on_id].due_on > milestone.starts_on
    ]
