"""The moves of a provider's account at Stripe, as data."""

from reintegration.kernel.errors import N_
from reintegration.kernel.states import Machine, Move
from vouchers.stripe_rail.permissions import StripePermission as P
from vouchers.stripe_rail.states import AccountState as A

ACCOUNT: Machine[A] = Machine(
    name="stripe_account",
    initial=A.OPENING,
    moves={
        "opened": Move(A.OPENING, A.OPEN, P.KEEP, N_("Opened")),
        "fail": Move(A.OPENING, A.FAILED, P.KEEP, N_("Could not be opened"), needs_reason=True),
        "close": Move(A.OPEN, A.CLOSED, P.KEEP, N_("Closed")),
    },
)
