"""The moves of a voucher and of a redemption, as data.

A redemption makes its voucher's move in SQL and notes it; everything else goes through `fire`.
A hold moves no state: `suspend` and `resume` say in the trail that one was placed or lifted.
"""

from reintegration.kernel.errors import N_
from reintegration.kernel.states import Machine, Move
from vouchers.voucher.permissions import RedemptionPermission as R
from vouchers.voucher.permissions import VoucherPermission as P
from vouchers.voucher.states import OPEN_STATES
from vouchers.voucher.states import RedemptionState as D
from vouchers.voucher.states import VoucherState as S

_USED = frozenset({S.PARTLY_REDEEMED, S.REDEEMED})

VOUCHER: Machine[S] = Machine(
    name="voucher",
    initial=S.DRAFT,
    moves={
        "approve": Move(S.DRAFT, S.APPROVED, P.APPROVE, N_("Approve")),
        "issue": Move(S.APPROVED, S.ISSUED, P.ISSUE, N_("Issue")),
        "redeem_part": Move(OPEN_STATES, S.PARTLY_REDEEMED, R.RECORD, N_("Redeem a part")),
        "redeem_all": Move(OPEN_STATES, S.REDEEMED, R.RECORD, N_("Redeem the rest")),
        "reopen_part": Move(_USED, S.PARTLY_REDEEMED, R.REVERSE, N_("Take a delivery back")),
        "reopen_whole": Move(_USED, S.ISSUED, R.REVERSE, N_("Take the only delivery back")),
        "suspend": Move(OPEN_STATES, None, P.SUSPEND, N_("Suspend"), needs_reason=True),
        "resume": Move(OPEN_STATES, None, P.RESUME, N_("Resume")),
        "shorten": Move(OPEN_STATES, None, P.CANCEL, N_("End its days"), needs_reason=True),
        "expire": Move(OPEN_STATES, S.EXPIRED, P.EXPIRE, N_("Expire")),
        "cancel": Move(
            OPEN_STATES | {S.DRAFT, S.APPROVED},
            S.CANCELLED,
            P.CANCEL,
            N_("Cancel the voucher"),
            needs_reason=True,
        ),
        "replace": Move(OPEN_STATES, S.REPLACED, P.REPLACE, N_("Replace"), needs_reason=True),
    },
)

REDEMPTION: Machine[D] = Machine(
    name="redemption",
    initial=D.UNCONFIRMED,
    moves={
        "confirm": Move(D.UNCONFIRMED, D.ACCEPTED, R.CONFIRM, N_("Confirm")),
        "refuse": Move(D.UNCONFIRMED, D.REFUSED, R.REFUSE, N_("Refuse"), needs_reason=True),
        "reverse": Move(
            {D.ACCEPTED, D.UNCONFIRMED}, D.REVERSED, R.REVERSE, N_("Reverse"), needs_reason=True
        ),
    },
)
