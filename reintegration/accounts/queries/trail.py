"""Reading the audit trail."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, false, func, or_, select
from sqlalchemy.orm import Session

from reintegration.accounts.models import User
from reintegration.accounts.queries.users import movers, names_of
from reintegration.kernel.audit import AuditEvent, AuditSeal
from reintegration.kernel.ports import Port
from reintegration.kernel.search import has_words
from reintegration.web.paging import Page, page_of

_PEOPLE = 100
_AT_ONCE = 500


case_of_code = Port[[Session, str], UUID | None]("which case has a code, for whoever audits")
codes_of_cases = Port[[Session, Collection[UUID]], dict[UUID, str]](
    "the codes of cases, for whoever audits"
)


@dataclass(frozen=True, slots=True)
class TrailFilter:
    """What an auditor looks for; empty fields do not narrow. `until` is the first moment after."""

    action: str = ""
    actor: str = ""
    subject_id: UUID | None = None
    case_code: str = ""
    since: datetime | None = None
    until: datetime | None = None


def trail(session: Session, wanted: TrailFilter, *, cursor: str | None) -> Page[AuditEvent]:
    """Return a page of the trail, newest first."""
    found = _wanted(session, wanted)
    return page_of(session, found, keys=[AuditEvent.id], cursor=cursor, size=50)


def rows(
    session: Session, wanted: TrailFilter
) -> Iterator[tuple[AuditEvent, Mapping[UUID, str], str]]:
    """Give every event that the filter asks for, names and the code of its case, oldest first.

    Memory holds some hundred of them at a time.
    """
    by_time = _wanted(session, wanted).order_by(AuditEvent.id)
    found = session.scalars(by_time.execution_options(yield_per=_AT_ONCE))
    for some in found.partitions():
        names = names_of(session, movers(some))
        codes = codes_of_cases(session, {event.case_id for event in some if event.case_id})
        for event in some:
            yield event, names, codes.get(event.case_id, "") if event.case_id else ""


def _wanted(session: Session, wanted: TrailFilter) -> Select[AuditEvent]:
    """Return the select of a filter.

    `action` is a beginning, such as `voucher:`, `actor` are words of somebody's name or e-mail.
    """
    statement = select(AuditEvent)
    if wanted.action:
        statement = statement.where(AuditEvent.action.startswith(wanted.action, autoescape=True))
    if wanted.actor:
        called = _called(session, wanted.actor)
        statement = statement.where(AuditEvent.actor_id.in_(called) | AuditEvent.for_id.in_(called))
    if wanted.subject_id:
        statement = statement.where(
            or_(AuditEvent.subject_id == wanted.subject_id, AuditEvent.case_id == wanted.subject_id)
        )
    if wanted.case_code:
        case_id = case_of_code(session, wanted.case_code)
        statement = statement.where(AuditEvent.case_id == case_id if case_id else false())
    if wanted.since:
        statement = statement.where(AuditEvent.at >= wanted.since)
    if wanted.until:
        statement = statement.where(AuditEvent.at < wanted.until)
    return statement


def _called(session: Session, words: str) -> Sequence[UUID]:
    """Return who has the words, as ids: the index of the trail serves few ids, not a join."""
    by_name = select(User.id).where(has_words(words, User.name, User.email)).order_by(User.id)
    return session.scalars(by_name.limit(_PEOPLE)).all()


def sealed_count(session: Session) -> int:
    """Return how many events are sealed."""
    return session.scalar(select(func.max(AuditSeal.position))) or 0
