"""The moves of a line of the Stripe balance, as data."""

from datetime import datetime
from typing import Any

from reintegration.kernel.actor import Actor
from reintegration.kernel.errors import N_, Conflict
from reintegration.kernel.states import Machine, Move
from vouchers.stripe_rail.permissions import StripePermission as P
from vouchers.stripe_rail.states import LineState as S


def _by_hand(line: Any, _actor: Actor, _now: datetime) -> None:
    if line.settled_at is None:
        raise Conflict(N_("Nobody has cleared this line by hand."))


LINE: Machine[S] = Machine(
    name="stripe_line",
    initial=S.OPEN,
    moves={
        "match": Move(S.OPEN, S.MATCHED, P.MATCH, N_("Find it in the books")),
        "tie": Move(S.OPEN, S.MATCHED, P.NOTE, N_("Match with this line of the bank")),
        "post_charge": Move(S.OPEN, S.SETTLED, P.POST_CHARGE, N_("Post as a charge")),
        "undo": Move({S.MATCHED, S.SETTLED}, S.OPEN, P.NOTE, N_("Open it again"), _by_hand),
    },
)
