"""What changed between two snapshots of a plan, and what it does to the money. Pure."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reintegration.kernel import dates
from reintegration.kernel.errors import N_
from reintegration.kernel.money import Money
from reintegration.kernel.money_columns import money_in
from reintegration.kernel.words import Worded
from reintegration.plans.queries.snapshots import Snapshot

Row = Mapping[str, Any]


class Kind(Worded):
    """What happened to a step or a service."""

    ADDED = N_("New"), "green"
    REMOVED = N_("Taken out"), "clay"
    CHANGED = N_("Changed"), "gold"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field, as it was and as it is; None where there was nothing."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class MilestoneChange:
    """`moved_days` says how much later (or, below zero, earlier) the step ends."""

    kind: Kind
    row: Row
    fields: tuple[FieldChange, ...] = ()
    moved_days: int = 0


@dataclass(frozen=True, slots=True)
class LineChange:
    """`effect` is what the change adds to (or takes from) the plan's ceiling."""

    kind: Kind
    row: Row
    step: str
    effect: Money
    fields: tuple[FieldChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """`totals` is by currency, `budget` by budget line; both hold what is not zero only."""

    milestones: tuple[MilestoneChange, ...]
    lines: tuple[LineChange, ...]
    totals: Mapping[str, Money]
    budget: Mapping[str, Money]

    @property
    def is_empty(self) -> bool:
        """Whether nothing differs."""
        return not self.milestones and not self.lines


_MILESTONE_FIELDS = ("title", "domain", "goal_id", "starts_on", "due_on", "depends_on")
_LINE_FIELDS = (
    "milestone_id",
    "description",
    "unit",
    "units",
    "unit_price_minor",
    "ceiling_minor",
    "currency",
    "budget_line_id",
)
_NOTHING: Snapshot = {"milestones": [], "lines": []}


def compare(before: Snapshot | None, after: Snapshot) -> Difference:
    """Return how `after` differs from `before`; without a `before` everything is added."""
    before = before or _NOTHING
    titles = {row["id"]: row["title"] for row in (*before["milestones"], *after["milestones"])}
    lines = tuple(_line_changes(_by_id(before["lines"]), _by_id(after["lines"]), titles))
    return Difference(
        milestones=tuple(
            _milestone_changes(_by_id(before["milestones"]), _by_id(after["milestones"]))
        ),
        lines=lines,
        totals=_nonzero(_sums(after, "currency"), _sums(before, "currency")),
        budget=_nonzero(_sums(after, "budget_line_id"), _sums(before, "budget_line_id")),
    )


def ceiling_of(row: Row) -> Money:
    """Return the most that a service in a snapshot may cost."""
    return money_in(row, "ceiling")


def _by_id(rows: list[dict[str, Any]]) -> dict[str, Row]:
    return {row["id"]: row for row in rows}


def _milestone_changes(before: Mapping[str, Row], after: Mapping[str, Row]) -> Any:
    for key, row in after.items():
        if key not in before:
            yield MilestoneChange(Kind.ADDED, row)
        elif fields := _fields(before[key], row, _MILESTONE_FIELDS):
            yield MilestoneChange(Kind.CHANGED, row, fields, _moved(before[key], row))
    for key, row in before.items():
        if key not in after:
            yield MilestoneChange(Kind.REMOVED, row)


def _line_changes(
    before: Mapping[str, Row], after: Mapping[str, Row], titles: Mapping[str, str]
) -> Any:
    for key, row in after.items():
        step = titles.get(row["milestone_id"], "")
        if key not in before:
            yield LineChange(Kind.ADDED, row, step, ceiling_of(row))
        elif fields := _fields(before[key], row, _LINE_FIELDS):
            yield LineChange(Kind.CHANGED, row, step, _effect(before[key], row), fields)
    for key, row in before.items():
        if key not in after:
            step = titles.get(row["milestone_id"], "")
            yield LineChange(Kind.REMOVED, row, step, -ceiling_of(row))


def _fields(before: Row, after: Row, names: tuple[str, ...]) -> tuple[FieldChange, ...]:
    return tuple(
        FieldChange(name, before.get(name), after.get(name))
        for name in names
        if before.get(name) != after.get(name)
    )


def _moved(before: Row, after: Row) -> int:
    return (dates.machine(after["due_on"]) - dates.machine(before["due_on"])).days


def _effect(before: Row, after: Row) -> Money:
    if before["currency"] != after["currency"]:
        return ceiling_of(after)
    return ceiling_of(after) - ceiling_of(before)


def _sums(snapshot: Snapshot, key: str) -> dict[tuple[str, str], int]:
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for row in snapshot["lines"]:
        sums[row[key], row["currency"]] += row["ceiling_minor"]
    return sums


def _nonzero(
    after: Mapping[tuple[str, str], int], before: Mapping[tuple[str, str], int]
) -> dict[str, Money]:
    changed = {}
    for key in (*after, *before):
        name, currency = key
        minor = after.get(key, 0) - before.get(key, 0)
        if minor:
            changed[name] = Money(minor, currency)
    return changed
