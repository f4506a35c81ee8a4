"""The moves of a month, as data."""

from reintegration.kernel.errors import N_
from reintegration.kernel.states import Machine, Move
from vouchers.books.permissions import PeriodPermission as P
from vouchers.books.states import PeriodState as S

PERIOD: Machine[S] = Machine(
    name="accounting_period",
    initial=S.OPEN,
    moves={
        "prepare": Move(S.OPEN, S.PREPARED, P.PREPARE, N_("Propose the close")),
        "discard": Move(S.PREPARED, S.OPEN, P.DISCARD, N_("Discard the proposal")),
        "close": Move(S.PREPARED, S.CLOSED, P.CLOSE, N_("Close the month")),
        "ask_to_reopen": Move(
            S.CLOSED, S.REOPENING, P.ASK_TO_REOPEN, N_("Ask to open it again"), needs_reason=True
        ),
        "keep_closed": Move(S.REOPENING, S.CLOSED, P.KEEP_CLOSED, N_("Refuse to open it")),
        "reopen": Move(S.REOPENING, S.OPEN, P.REOPEN, N_("Open the month again")),
    },
)
