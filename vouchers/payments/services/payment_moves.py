"""The moves of claims, payment batches and payment orders, as data."""

from datetime import datetime
from typing import Any

from reintegration.kernel.actor import Actor
from reintegration.kernel.errors import N_, Conflict
from reintegration.kernel.states import Machine, Move
from vouchers.payments.permissions import ClaimPermission as C
from vouchers.payments.permissions import PaymentPermission as P
from vouchers.payments.states import BatchState as B
from vouchers.payments.states import ClaimLineState as L
from vouchers.payments.states import ClaimState as S
from vouchers.payments.states import OrderState as O


def _all_lines_settled(claim: Any, _actor: Actor, _now: datetime) -> None:
    """A claim is checked when each line has its answer and something is left to pay."""
    states = {line.state for line in claim.lines}
    if states & {L.OPEN, L.DISPUTED}:
        raise Conflict(N_("Some lines have no answer yet: accept, dispute or refuse each one."))
    if L.ACCEPTED not in states:
        raise Conflict(N_("Every line was refused: close the claim instead."))


def _nothing_left(claim: Any, _actor: Actor, _now: datetime) -> None:
    if claim.payable:
        raise Conflict(N_("Something is still to be paid on this claim."))


def _something_disputed(claim: Any, _actor: Actor, _now: datetime) -> None:
    if all(line.state != L.DISPUTED for line in claim.lines):
        raise Conflict(N_("Choose the lines that you dispute."))


CLAIM: Machine[S] = Machine(
    name="claim",
    initial=S.DRAFT,
    moves={
        "submit": Move(S.DRAFT, S.SUBMITTED, C.SUBMIT, N_("Send the claim")),
        "dispute": Move(
            S.SUBMITTED,
            S.DISPUTED,
            C.DISPUTE,
            N_("Dispute the chosen lines"),
            _something_disputed,
            needs_reason=True,
        ),
        "resubmit": Move(S.DISPUTED, S.SUBMITTED, C.SUBMIT, N_("Answer"), needs_reason=True),
        "check": Move(S.SUBMITTED, S.CHECKED, C.CHECK, N_("Confirm the claim"), _all_lines_settled),
        "close": Move(
            {S.SUBMITTED, S.DISPUTED, S.CHECKED},
            S.CLOSED,
            C.CLOSE,
            N_("Close: nothing is left to pay"),
            _nothing_left,
        ),
        "withdraw": Move(
            {S.DRAFT, S.SUBMITTED, S.DISPUTED}, S.WITHDRAWN, C.WITHDRAW, N_("Withdraw")
        ),
        "put_in_payment": Move(S.CHECKED, S.IN_PAYMENT, C.PUT_IN_PAYMENT, N_("Put into a batch")),
        "take_out": Move(S.IN_PAYMENT, S.CHECKED, C.TAKE_OUT, N_("Take out of the batch")),
        "pay": Move(S.IN_PAYMENT, S.PAID, C.PAY, N_("Mark as paid")),
        "unpay": Move(S.PAID, S.IN_PAYMENT, C.PAY, N_("Undo the payment's match")),
        "reopen": Move(S.PAID, S.CHECKED, C.PAY, N_("The payment came back")),
        "undo_reopen": Move(S.CHECKED, S.PAID, C.PAY, N_("The payment did not come back")),
    },
)

_UNSETTLED = frozenset({L.OPEN, L.ACCEPTED, L.DISPUTED})

CLAIM_LINE: Machine[L] = Machine(
    name="claim_line",
    told_by=CLAIM.name,
    initial=L.OPEN,
    moves={
        "accept": Move(_UNSETTLED, L.ACCEPTED, C.CHECK, N_("Accept")),
        "dispute": Move(_UNSETTLED, L.DISPUTED, C.DISPUTE, N_("Dispute the chosen lines")),
        "answer": Move(L.DISPUTED, L.OPEN, C.SUBMIT, N_("Answer")),
        "refuse": Move(_UNSETTLED, L.REFUSED, C.REFUSE_LINE, N_("Refuse")),
    },
)

BATCH: Machine[B] = Machine(
    name="payment_batch",
    initial=B.PREPARED,
    moves={
        "approve": Move(B.PREPARED, B.APPROVED, P.APPROVE, N_("Approve")),
        "release": Move(B.APPROVED, B.RELEASED, P.RELEASE, N_("Release")),
        "cancel": Move(
            {B.PREPARED, B.APPROVED},
            B.CANCELLED,
            P.CANCEL,
            N_("Cancel the batch"),
            needs_reason=True,
        ),
        "settle": Move(B.RELEASED, B.SETTLED, P.SETTLE, N_("Settle")),
        "unsettle": Move(B.SETTLED, B.RELEASED, P.SETTLE, N_("Open again")),
    },
)

ORDER: Machine[O] = Machine(
    name="payment_order",
    initial=O.PREPARED,
    moves={
        "release": Move(O.PREPARED, O.RELEASED, P.RELEASE, N_("Release")),
        "cancel": Move(O.PREPARED, O.CANCELLED, P.CANCEL, N_("Cancel the order")),
        "settle": Move(O.RELEASED, O.SETTLED, P.SETTLE, N_("Settle")),
        "pay_part": Move(O.RELEASED, None, P.SETTLE, N_("Pay a part")),
        "undo_part": Move(O.RELEASED, None, P.SETTLE, N_("Undo the part"), needs_reason=True),
        "unsettle": Move(O.SETTLED, O.RELEASED, P.SETTLE, N_("Undo the settlement")),
        "fail": Move(O.RELEASED, O.FAILED, P.FAIL, N_("The bank refused it"), needs_reason=True),
        "return": Move(O.SETTLED, O.RETURNED, P.SETTLE, N_("It came back"), needs_reason=True),
        "undo_return": Move(
            O.RETURNED, O.SETTLED, P.SETTLE, N_("Undo the return"), needs_reason=True
        ),
        "take_back": Move(O.SETTLED, None, P.SETTLE, N_("Part of it taken back")),
    },
)
