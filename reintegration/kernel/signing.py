"""Who did something, kept beside what was done: the person and, of a deputy, for whom.

An act is two columns: `approved_by` names who did it, `approved_for` whom they stood in for. Rules
and laws that keep people apart read both: an act of a deputy is the act of two.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from reintegration.kernel.actor import Actor


def companion(field: str) -> str:
    """Return the column that says for whom: `approved_for` of `approved_by`."""
    return f"{field.removesuffix('_by')}_for"


def sign(row: Any, field: str, actor: Actor) -> None:
    """Write down in `field` of `row` that `actor` did it, and for whom."""
    setattr(row, field, actor.id)
    setattr(row, companion(field), actor.for_id)


def unsign(row: Any, field: str) -> None:
    """Take back that anybody did what `field` of `row` says."""
    setattr(row, field, None)
    setattr(row, companion(field), None)


def signed(field: str, actor: Actor) -> dict[str, UUID | None]:
    """Return both columns as values, for a row that is made."""
    return {field: actor.id, companion(field): actor.for_id}


def named(actor: Actor) -> dict[str, str]:
    """Return who acts by name, and for whom, as the values `who` and `who_for` of a message."""
    return {"who": actor.name} | ({"who_for": actor.for_name} if actor.for_name else {})


def signers(row: Any, field: str) -> frozenset[UUID]:
    """Return both people of an act: who did it and for whom; none where nobody did."""
    found = (getattr(row, field), getattr(row, companion(field)))
    return frozenset(one for one in found if one is not None)


def with_writers(written_by: Iterable[UUID] | None, actor: Actor) -> list[UUID]:
    """Return the writers of something with `actor` among them, and whom they stood in for."""
    return sorted({*(written_by or ()), *actor.eyes})


def apart(field: str, *others: str) -> str:
    """Return the condition of a law: nobody stands behind `field` and one of `others`."""

    def pair(name: str) -> str:
        return f"ARRAY[{name}, {companion(name)}]"

    return " AND ".join(f"NOT ({pair(field)} && {pair(other)})" for other in others)
