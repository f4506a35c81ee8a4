"""The moves of what a bank answered to an order, as data. Where reading leaves it, it begins."""

from reintegration.kernel.errors import N_
from reintegration.kernel.states import Machine, Move
from vouchers.bank.permissions import BankPermission as P
from vouchers.bank.states import OrderAnswerState as S

ORDER_ANSWER: Machine[S] = Machine(
    name="order_answer",
    initial=S.NOTED,
    begins=frozenset({S.WAITING, S.FAILED}),
    moves={
        "confirm": Move(S.WAITING, S.FAILED, P.ANSWER, N_("Confirm the refusal")),
        "discard": Move(
            S.WAITING, S.DISCARDED, P.ANSWER, N_("Discard this answer"), needs_reason=True
        ),
    },
)
