"""What was proposed and approved, in the order of its days."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Uuid, and_, any_, exists, literal, select
from sqlalchemy.orm import Session

from reintegration.kernel import permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.bounded import Pile, pile
from reintegration.kernel.dated_rules import Dated, declared
from reintegration.kernel.errors import NotFound, or_404
from reintegration.rulebook.models import RuleVersion
from reintegration.rulebook.permissions import RulePermission

WAITS = and_(RuleVersion.approved_at.is_(None), RuleVersion.retired_at.is_(None))
AGREED = and_(RuleVersion.approved_at.is_not(None), RuleVersion.retired_at.is_(None))


def rule_or_404(code: str) -> Dated[object]:
    """Return a rule by its code, or raise NotFound."""
    return or_404(declared().get(code))


def version_or_404(session: Session, actor: Actor, version_id: UUID) -> RuleVersion:
    """Return a value that was proposed, or raise NotFound."""
    if not permissions.could(actor, RulePermission.READ):
        raise NotFound
    return or_404(session.get(RuleVersion, version_id))


def history(session: Session, code: str, entry: str = "") -> Sequence[RuleVersion]:
    """Return all that was ever proposed of a rule, what begins last first."""
    return session.scalars(
        select(RuleVersion)
        .where(RuleVersion.code == code, RuleVersion.entry == entry)
        .order_by(RuleVersion.first_day.desc(), RuleVersion.proposed_at.desc())
    ).all()


def has_version(session: Session, code: str, entry: str, what: ColumnElement[bool]) -> bool:
    """Return whether a rule has a value of which `what` is true: one that waits, say."""
    found = exists().where(RuleVersion.code == code, RuleVersion.entry == entry, what)
    return bool(session.scalar(select(found)))


def waiting(session: Session) -> Sequence[RuleVersion]:
    """Return what waits for a decision, what begins first first."""
    found = select(RuleVersion).where(WAITS).order_by(RuleVersion.first_day, RuleVersion.id)
    return session.scalars(found).all()


def to_decide(session: Session, actor: Actor) -> Pile:
    """Return how many proposals wait for this person, and since when."""
    decides = permissions.where(actor, RuleVersion, RulePermission.DECIDE)
    waits = select(RuleVersion.id).where(WAITS, decides)
    return pile(session, waits, since=RuleVersion.proposed_at)


def coming(session: Session, today: date) -> Sequence[RuleVersion]:
    """Return what is approved and holds later."""
    found = select(RuleVersion).where(AGREED, RuleVersion.first_day > today)
    return session.scalars(found.order_by(RuleVersion.first_day, RuleVersion.id)).all()


def holding(session: Session, today: date) -> dict[tuple[str, str], RuleVersion]:
    """Return what somebody approved and holds today, by rule and entry."""
    ids = [
        version.id
        for rule in declared().values()
        for entry in rule.entries_on(today)
        if (version := rule.version(today, entry)) is not None
    ]
    found = session.scalars(
        select(RuleVersion).where(RuleVersion.id == any_(literal(ids, ARRAY(Uuid))))
    )
    return {(one.code, one.entry): one for one in found}


def lapsed(session: Session, today: date) -> Sequence[RuleVersion]:
    """Return what waits though its first day has come."""
    found = select(RuleVersion).where(WAITS, RuleVersion.first_day <= today)
    return session.scalars(found.order_by(RuleVersion.id).with_for_update(key_share=True)).all()


def people_of(versions: Iterable[RuleVersion]) -> set[UUID]:
    """Return everybody who stands behind these acts."""
    return {
        who
        for one in versions
        for act in ("proposed", "approved", "retired")
        for part in ("by", "for")
        if (who := getattr(one, f"{act}_{part}")) is not None
    }
