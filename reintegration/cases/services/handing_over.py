"""Handing over several cases at once: offered by a supervisor, taken on by the colleague.

Until the colleague accepts, nothing moves; they may take some and not others. What a person said
about how they may be reached stays as it is: it belongs to the case.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from reintegration.accounts.models import User
from reintegration.accounts.services import inbox
from reintegration.cases.models import CaseFile, HandOver, HandOverItem
from reintegration.cases.permissions import CasePermission
from reintegration.cases.services import team
from reintegration.cases.states import CaseState, HandOverAnswer
from reintegration.kernel import audit, permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.db import acting_as_system
from reintegration.kernel.errors import N_, Conflict, Invalid
from reintegration.kernel.ids import new_id
from reintegration.kernel.locking import lock, lock_all
from reintegration.kernel.signing import signed, signers

CLOSED = N_("This case is closed.")
MOVED = N_("Somebody else manages this case by now.")
UNFIT = N_("This colleague cannot manage this case: they supervise it, or no longer manage cases.")
_LINK = "/hand-overs"


@dataclass(frozen=True, slots=True)
class Offered:
    """One case of an offer as the colleague sees it: its code, and why it cannot be taken now."""

    item: HandOverItem
    code: str
    conflict: str


def offer(
    session: Session,
    *,
    actor: Actor,
    manager: User,
    cases: Iterable[CaseFile],
    user: User | None,
    stays: bool,
    reason: str,
    now: datetime,
) -> HandOver:
    """Offer cases of one manager to another; nothing moves before they accept.

    Raises Invalid where one of them could not be handed over, with the codes of all such.
    """
    permissions.demand(actor, CasePermission.OFFER)
    chosen = lock_all(session, cases)
    for case in chosen:
        permissions.demand(actor, CasePermission.HAND_OVER, case)
    if not chosen:
        raise Invalid(N_("Choose at least one case."), code="cases", field="cases")
    if user is None or user.id == manager.id:
        raise Invalid(N_("Choose another case manager."), code="person", field="user")
    if not reason.strip():
        raise Invalid(N_("Say why."), code="reason", field="reason")
    _refuse_conflicts(session, chosen, manager.id, user, now)
    made = HandOver(
        id=new_id(),
        from_id=manager.id,
        to_id=user.id,
        stays=stays,
        reason=reason.strip(),
        **signed("offered_by", actor),
        offered_at=now,
    )
    session.add(made)
    session.flush()
    made.items = [HandOverItem(case_id=case.id) for case in chosen]
    session.flush()
    for case in chosen:
        _note(session, "offer", case.id, made, actor=actor, now=now)
    message = N_("%(count)s cases are offered to you by %(name)s. Accept them or not.")
    values = {"name": actor.name, "count": len(chosen)}
    _tell(session, [user.id], made, "offered", message, now=now, **values)
    return made


def offered(session: Session, made: HandOver, *, actor: Actor, now: datetime) -> list[Offered]:
    """Return the cases of an offer with their codes, and what stands in the way of each.

    Whom they are offered to is on none of their teams yet: the codes alone are told.
    """
    permissions.demand(actor, CasePermission.VIEW_OFFER, made)
    with acting_as_system(session):
        cases = {case.id: case for case in _cases_of(session, made)}
        found = [
            Offered(item, cases[item.case_id].code, _conflict_of(made, item, cases, now))
            for item in made.items
        ]
    return sorted(found, key=lambda one: one.code)


def accept(
    session: Session, made: HandOver, case_ids: Iterable[UUID], *, actor: Actor, now: datetime
) -> Sequence[str]:
    """Take cases on; return the codes of those that could not be taken any more, which stay."""
    permissions.demand(actor, CasePermission.ANSWER_OFFER, made)
    asked = _require_chosen(case_ids)
    left: list[str] = []
    with acting_as_system(session):
        cases = {case.id: case for case in lock_all(session, _cases_of(session, made))}
        lock(session, made)
        for item in _waiting(made, asked):
            case = cases[item.case_id]
            if conflict(made.from_id, made.receiver, case, now):
                left.append(case.code)
                continue
            _answer(session, item, HandOverAnswer.ACCEPTED, now)
            team.take_over(session, case, made, actor=actor, now=now)
        _close(session, made, now)
    message = N_("%(name)s answered: of the cases offered, %(taken)s are taken on.")
    taken = sum(one.answer is HandOverAnswer.ACCEPTED for one in made.items)
    _tell(session, signers(made, "offered_by"), made, f"{now}", message, now=now, taken=taken)
    return left


def refuse(
    session: Session, made: HandOver, case_ids: Iterable[UUID], *, actor: Actor, now: datetime
) -> None:
    """Do not take cases on; whoever offered them is told."""
    permissions.demand(actor, CasePermission.ANSWER_OFFER, made)
    asked = _require_chosen(case_ids)
    _end(session, made, asked, "refuse_offer", HandOverAnswer.REFUSED, actor=actor, now=now)
    message = N_("%(name)s does not take on all of the cases that you offered.")
    _tell(session, signers(made, "offered_by"), made, f"{now}", message, now=now)


def take_back(session: Session, made: HandOver, *, actor: Actor, now: datetime) -> None:
    """Take back what was not answered yet."""
    permissions.demand(actor, CasePermission.TAKE_BACK_OFFER, made)
    everything = {item.case_id for item in made.items}
    answer = HandOverAnswer.WITHDRAWN
    _end(session, made, everything, "take_back_offer", answer, actor=actor, now=now)
    message = N_("The cases that were offered to you were taken back.")
    _tell(session, [made.to_id], made, "taken_back", message, now=now)


def conflict(manager_id: UUID, user: User, case: CaseFile, now: datetime) -> str:
    """Return why a case cannot go from one manager to another now; "" where it can."""
    if case.state is CaseState.CLOSED:
        return CLOSED
    if case.manager_id != manager_id:
        return MOVED
    return "" if team.can_manage(case, user, now) else UNFIT


def _refuse_conflicts(
    session: Session, cases: Sequence[CaseFile], manager_id: UUID, user: User, now: datetime
) -> None:
    for case in cases:
        if why := conflict(manager_id, user, case, now):
            raise Invalid(why, code="cases", field="cases")
    waits = select(HandOverItem.case_id).where(
        HandOverItem.case_id.in_([case.id for case in cases]),
        HandOverItem.answer == HandOverAnswer.WAITING,
    )
    if waiting := set(session.scalars(waits)):
        codes = ", ".join(case.code for case in cases if case.id in waiting)
        raise Conflict(
            N_("These cases wait for somebody's answer already: %(codes)s."),
            code="waiting",
            field="cases",
            codes=codes,
        )


def _cases_of(session: Session, made: HandOver) -> Sequence[CaseFile]:
    ids = [item.case_id for item in made.items]
    return session.scalars(select(CaseFile).where(CaseFile.id.in_(ids))).all()


def _conflict_of(
    made: HandOver, item: HandOverItem, cases: dict[UUID, CaseFile], now: datetime
) -> str:
    if item.answer is not HandOverAnswer.WAITING:
        return ""
    return conflict(made.from_id, made.receiver, cases[item.case_id], now)


def _require_chosen(case_ids: Iterable[UUID]) -> set[UUID]:
    asked = set(case_ids)
    if not asked:
        raise Invalid(N_("Choose at least one case."), code="cases", field="cases")
    return asked


def _waiting(made: HandOver, asked: set[UUID]) -> list[HandOverItem]:
    found = [
        item
        for item in made.items
        if item.case_id in asked and item.answer is HandOverAnswer.WAITING
    ]
    if not found:
        raise Conflict(N_("These cases were answered already."), code="answered")
    return sorted(found, key=lambda item: item.case_id)


def _end(
    session: Session,
    made: HandOver,
    asked: set[UUID],
    act: str,
    answer: HandOverAnswer,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    with acting_as_system(session):
        lock(session, made)
        for item in _waiting(made, asked):
            _answer(session, item, answer, now)
            _note(session, act, item.case_id, made, actor=actor, now=now)
        _close(session, made, now)


def _answer(session: Session, item: HandOverItem, answer: HandOverAnswer, now: datetime) -> None:
    item.answer, item.answered_at = answer, now
    session.flush()


def _close(session: Session, made: HandOver, now: datetime) -> None:
    if all(item.answer is not HandOverAnswer.WAITING for item in made.items):
        made.closed_at = now
    session.flush()


def _note(
    session: Session, act: str, case_id: UUID, made: HandOver, *, actor: Actor, now: datetime
) -> None:
    audit.record(
        session,
        f"case:{act}",
        audit.Subject("case", case_id, case_id),
        actor=actor,
        now=now,
        reason=made.reason if act == "offer" else None,
        data={"from": str(made.from_id), "to": str(made.to_id)},
    )


def _tell(
    session: Session,
    readers: Iterable[UUID],
    made: HandOver,
    key: str,
    message: str,
    *,
    now: datetime,
    **values: object,
) -> None:
    named = {"name": made.receiver.name, **values}
    link = f"{_LINK}/{made.id}"
    inbox.notify(
        session, readers, f"hand_over|{made.id}|{key}", message, now=now, link=link, **named
    )
