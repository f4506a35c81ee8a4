"""The second person's word: what was promised at night is ratified, or what lies ahead stops."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from reintegration.cases.models import CaseFile
from reintegration.cases.services.telling import tell
from reintegration.kernel import hooks
from reintegration.kernel.actor import SYSTEM, Actor
from reintegration.kernel.errors import N_
from reintegration.kernel.locking import lock, lock_all
from reintegration.kernel.signing import named, sign, signers
from reintegration.kernel.states import Machine, Move
from reintegration.plans.models import EmergencyStart, PlanLine, PlanLineDelivery
from reintegration.plans.permissions import EmergencyPermission as P
from reintegration.plans.states import EmergencyState as S
from reintegration.plans.states import LineOrigin


@dataclass(frozen=True, slots=True)
class EmergencyRefused:
    """What lies ahead must stop; what was delivered stays payable."""

    case_id: UUID
    at: datetime
    actor: Actor = SYSTEM


EMERGENCY: Machine[S] = Machine(
    name="emergency",
    initial=S.PENDING,
    moves={
        "ratify": Move(S.PENDING, S.RATIFIED, P.DECIDE, N_("Ratify")),
        "refuse": Move(
            S.PENDING, S.REFUSED, P.DECIDE, N_("Refuse what lies ahead"), needs_reason=True
        ),
    },
)


def ratify(
    session: Session, started: EmergencyStart, *, actor: Actor, comment: str, now: datetime
) -> None:
    """Say yes: the lines stay approved as they are."""
    _decide(session, started, "ratify", actor, comment, now)
    message = N_("%(who)s ratified the emergency help in %(code)s.")
    _tell(session, started, actor, now, message)


def refuse(
    session: Session, started: EmergencyStart, *, actor: Actor, comment: str, now: datetime
) -> None:
    """Say no: floors above stop what lies ahead, then each line keeps what was delivered."""
    _decide(session, started, "refuse", actor, comment, now)
    lines = _lock_lines(session, started.case_id)
    hooks.announce(session, EmergencyRefused(started.case_id, now, actor))
    _keep_what_was_delivered(session, lines)
    message = N_("%(who)s refused the rest of the emergency help in %(code)s.")
    _tell(session, started, actor, now, message)


def _decide(
    session: Session, started: EmergencyStart, move: str, actor: Actor, comment: str, now: datetime
) -> None:
    lock(session, started)
    EMERGENCY.fire(session, started, move, actor=actor, now=now, reason=comment.strip() or None)
    sign(started, "decided_by", actor)
    started.decided_at = now
    started.comment = comment.strip()
    session.flush()


def _lock_lines(session: Session, case_id: UUID) -> list[PlanLine]:
    emergency = select(PlanLine).where(
        PlanLine.case_id == case_id, PlanLine.origin == LineOrigin.EMERGENCY
    )
    return lock_all(session, session.scalars(emergency))


def _keep_what_was_delivered(session: Session, lines: Iterable[PlanLine]) -> None:
    by_id = {line.id: line for line in lines}
    deliveries = session.scalars(
        select(PlanLineDelivery)
        .where(PlanLineDelivery.plan_line_id.in_(by_id))
        .order_by(PlanLineDelivery.plan_line_id)
        .with_for_update(of=PlanLineDelivery, key_share=True)
        .execution_options(populate_existing=True)
    )
    for delivery in deliveries:
        line = by_id[delivery.plan_line_id]
        line.approved_units = min(line.approved_units, delivery.units)
        line.approved_ceiling_minor = min(line.approved_ceiling_minor, delivery.amount_minor)
    session.flush()


def _tell(
    session: Session, started: EmergencyStart, actor: Actor, now: datetime, message: str
) -> None:
    case = session.get_one(CaseFile, started.case_id)
    key, link = f"emergency|{started.id}|decided", f"/cases/{case.id}/emergency"
    readers = signers(started, "started_by")
    tell(session, case, readers, key, message, now=now, link=link, **named(actor))
