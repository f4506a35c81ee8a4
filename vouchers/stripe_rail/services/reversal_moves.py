"""The moves of a transfer that is taken back, as data."""

from reintegration.kernel.errors import N_
from reintegration.kernel.states import Machine, Move
from vouchers.stripe_rail.permissions import StripePermission as P
from vouchers.stripe_rail.states import ReversalState as R

REVERSAL: Machine[R] = Machine(
    name="stripe_reversal",
    initial=R.WAITING,
    moves={
        "confirm": Move(R.WAITING, R.ASKED, P.CONFIRM_REVERSAL, N_("Take the payment back")),
        "decline": Move(
            R.WAITING, R.DECLINED, P.CONFIRM_REVERSAL, N_("Decline"), needs_reason=True
        ),
        "finish": Move(R.ASKED, R.DONE, P.FINISH_REVERSAL, N_("Taken back")),
        "refuse": Move(
            R.ASKED, R.REFUSED, P.FINISH_REVERSAL, N_("Stripe refused"), needs_reason=True
        ),
    },
)
