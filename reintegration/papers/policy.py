"""Who sees, opens and changes a paper: by its thing, and by its plane."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_

from reintegration.kernel.actor import Actor
from reintegration.kernel.groups import on_team, supervises
from reintegration.kernel.permissions import Policy
from reintegration.kernel.rules import OfSubject, Rule, is_machine
from reintegration.papers.holders import Rules, registered
from reintegration.papers.permissions import PaperPermission


@dataclass(frozen=True, slots=True)
class OfHolder(Rule):
    """The rule that the kind of the thing brings, which a paper hangs on."""

    brought: Callable[[Rules], Rule]

    def check(self, actor: Actor, subject: Any) -> bool:
        """Whether the rule of the subject's own kind holds."""
        holder = registered().get(subject.about) if subject is not None else None
        return holder is not None and self.brought(holder.rules).check(actor, subject)

    def could(self, actor: Actor) -> bool:
        """Whether the rule of any kind may hold."""
        return any(self.brought(holder.rules).could(actor) for holder in registered().values())

    def where(self, actor: Actor, model: Any) -> ColumnElement[bool]:
        """Return the rows of each kind for which its rule holds."""
        each = (
            and_(model.about == name, self.brought(holder.rules).where(actor, model))
            for name, holder in registered().items()
        )
        return or_(false(), *each)


def _is_own_draft(actor: Actor, paper: Any) -> bool:
    return actor.id is not None and paper.put_by == actor.id and paper.kept_at is None


def _own_drafts(actor: Actor, model: Any) -> ColumnElement[bool]:
    if actor.id is None:
        return false()
    return and_(model.put_by == actor.id, model.kept_at.is_(None))


own_draft = OfSubject(_is_own_draft, _own_drafts)
"""Its uploader has not answered yet whether a name stands in it."""
named = OfSubject(
    lambda _actor, paper: paper.named is True, lambda _actor, model: model.named.is_(True)
)
unnamed = OfSubject(
    lambda _actor, paper: paper.named is False, lambda _actor, model: model.named.is_(False)
)


def _is_shared(_actor: Actor, paper: Any) -> bool:
    return not registered()[paper.about].of_case


def _shared_ones(_actor: Actor, model: Any) -> ColumnElement[bool]:
    return or_(
        false(), *(model.about == name for name, one in registered().items() if not one.of_case)
    )


shared = OfSubject(_is_shared, _shared_ones)
"""Others than a case team see the thing, so they ask whether a name stands in its papers."""
reads, adds = OfHolder(lambda one: one.reads), OfHolder(lambda one: one.adds)
guards = OfHolder(lambda one: one.guards)

POLICY: Policy = {
    PaperPermission.ADD: adds,
    PaperPermission.VIEW: own_draft | ((named | unnamed) & (on_team | reads)),
    PaperPermission.OPEN: own_draft | (named & on_team) | (unnamed & (on_team | reads)),
    PaperPermission.PREPARE: own_draft,
    PaperPermission.BLACK_OUT: own_draft | (named & on_team),
    PaperPermission.NAME: unnamed & (adds | guards),
    PaperPermission.FREE: named & shared & on_team,
    PaperPermission.SEE: named & shared & on_team,
    PaperPermission.REMOVE: own_draft | ((named | unnamed) & adds),
    PaperPermission.ERASE: supervises | is_machine,
    PaperPermission.LOOK_AFTER: is_machine,
    PaperPermission.EXPORT: is_machine,
}
