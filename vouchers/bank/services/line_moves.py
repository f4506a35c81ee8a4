"""The moves of a line of the bank, as data. Where matching leaves a new line, it begins."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from reintegration.kernel.actor import Actor
from reintegration.kernel.errors import N_
from reintegration.kernel.states import Machine, Move
from vouchers.bank.models import BankLine
from vouchers.bank.permissions import BankPermission as P
from vouchers.bank.states import OPEN_LINES, Resolution
from vouchers.bank.states import BankLineState as S

BANK_LINE: Machine[S] = Machine(
    name="bank_line",
    initial=S.UNMATCHED,
    begins=frozenset({S.SUGGESTED, S.MATCHED, S.EXCEPTION}),
    moves={
        "match": Move(OPEN_LINES, S.MATCHED, P.MATCH, N_("Match with the ticked")),
        "undo_match": Move(S.MATCHED, S.EXCEPTION, P.UNDO, N_("Undo the match"), needs_reason=True),
        **{
            resolution: Move(OPEN_LINES, S.RESOLVED, P.RESOLVE, resolution.label)
            for resolution in Resolution
        },
        Resolution.FEE: Move(OPEN_LINES, S.RESOLVED, P.FEE, Resolution.FEE.label),
        Resolution.WRITTEN_OFF: Move(
            OPEN_LINES, S.RESOLVED, P.WRITE_OFF, Resolution.WRITTEN_OFF.label
        ),
        "undo_end": Move(S.RESOLVED, S.EXCEPTION, P.UNDO, N_("Undo"), needs_reason=True),
    },
)


def settle(
    session: Session,
    line: BankLine,
    resolution: Resolution,
    *,
    actor: Actor,
    now: datetime,
    data: dict[str, Any] | None = None,
) -> None:
    """Say what a line was that no order explains: nobody has to look at it any more.

    `data` is kept in the trail.
    """
    line.resolution, line.owner_id = resolution, None
    line.next_step, line.next_on = None, None
    line.resolved_by, line.resolved_at = actor.id, now
    BANK_LINE.fire(session, line, resolution, actor=actor, now=now, data=data)
