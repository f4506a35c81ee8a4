"""What an answer of the bank says of each order of its batch, and what follows from that; pure.

A rejection fails its order by itself when reference, amount and account are exactly the order's.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from vouchers.bank.states import AnswerDoubt, OrderAnswerState
from vouchers.formats.amounts import decimal_text
from vouchers.formats.iso_codes import ACCEPTED, REJECTED, STOPPED
from vouchers.formats.pain002 import PaymentAnswer, Said, SaidOfBlock, SaidOfPayment
from vouchers.payments.models import PaymentOrder
from vouchers.payments.states import OrderState

_OF_NO_ORDER = frozenset({"", "PART"})
"""Said of a whole, such a status says nothing of an order that is not named."""


@dataclass(frozen=True, slots=True)
class Planned:
    """What is said of one order, where that leaves it, and why a person decides."""

    order: PaymentOrder
    said: Said
    state: OrderAnswerState
    doubt: AnswerDoubt | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What is said of each order that the answer is about, and what it names that is none."""

    orders: tuple[Planned, ...]
    unknown: tuple[str, ...]


def plan(answer: PaymentAnswer, message_id: str, orders: Iterable[PaymentOrder]) -> Plan:
    """Return what follows from an answer to the file `message_id`, which held these orders."""
    sent = [order for order in orders if order.amount_minor]
    named: dict[UUID, Planned] = {}
    unknown = []
    by_name = _by_name(sent)
    for block, payment in _payments(answer):
        order = by_name.get(payment.end_to_end_id or payment.instruction_id or "")
        if order is None or order.id in named:
            unknown.append(payment.end_to_end_id or payment.instruction_id or "")
            continue
        over = (answer.said, block.said)
        said = _most_exact(payment.said, block.said, answer.said)
        named[order.id] = _planned(order, said, _doubt(order, payment, said, over))
    whole = _of_whole(answer, message_id)
    doubt = None if _repeats(answer, sent) else AnswerDoubt.SUM_DIFFERS
    rest = (
        _planned(order, whole, doubt)
        for order in sent
        if whole is not None and order.id not in named
    )
    return Plan((*named.values(), *rest), tuple(unknown))


def _by_name(orders: Iterable[PaymentOrder]) -> Mapping[str, PaymentOrder]:
    found = {}
    for order in orders:
        found[order.reference] = found[order.end_to_end_id] = order
    return found


def _payments(answer: PaymentAnswer) -> Iterator[tuple[SaidOfBlock, SaidOfPayment]]:
    for block in answer.blocks:
        for payment in block.payments:
            yield block, payment


def _most_exact(*said: Said) -> Said:
    return next((one for one in said if one.status), said[0])


def _of_whole(answer: PaymentAnswer, message_id: str) -> Said | None:
    """Return what is said of every order that is not named, if anything is."""
    block = f"{message_id}-1"
    said = [one.said for one in answer.blocks if one.payment_information_id == block]
    found = _most_exact(*said, answer.said)
    return None if found.status in _OF_NO_ORDER else found


def _repeats(answer: PaymentAnswer, orders: list[PaymentOrder]) -> bool:
    """Whether it repeats how many payments of which sum it is about, as they were sent."""
    currency = orders[0].currency if orders else ""
    whole = sum(order.amount_minor for order in orders)
    return bool(orders) and (answer.count, _plain(answer.sum_text)) == (
        str(len(orders)),
        _plain(decimal_text(whole, currency)),
    )


def _plain(amount: str) -> str:
    """Return a decimal without the zeros behind it: banks drop them."""
    return amount.rstrip("0").rstrip(".") if "." in amount else amount


def _planned(order: PaymentOrder, said: Said, doubt: AnswerDoubt | None) -> Planned:
    state = order.state
    if said.status in STOPPED:
        doubt = AnswerDoubt.NOT_REJECTED
    elif said.status != REJECTED:
        return Planned(order, said, OrderAnswerState.NOTED)
    if state == OrderState.FAILED:
        return Planned(order, said, OrderAnswerState.NOTED)
    if state != OrderState.RELEASED:
        doubt = AnswerDoubt.NOT_UNDER_WAY
    if doubt is not None:
        return Planned(order, said, OrderAnswerState.WAITING, doubt)
    return Planned(order, said, OrderAnswerState.FAILED)


def _doubt(
    order: PaymentOrder, payment: SaidOfPayment, said: Said, over: tuple[Said, ...]
) -> AnswerDoubt | None:
    if payment.end_to_end_id and payment.instruction_id not in (
        None,
        order.reference,
        order.end_to_end_id,
    ):
        return AnswerDoubt.NAMES_DIFFER
    if payment.amount_minor is None:
        return AnswerDoubt.AMOUNT_UNSAID
    if (payment.amount_minor, payment.currency) != (order.amount_minor, order.currency):
        return AnswerDoubt.AMOUNT_DIFFERS
    if payment.iban is not None and payment.iban != order.payee_iban:
        return AnswerDoubt.ACCOUNT_DIFFERS
    if said.status == REJECTED and any(one.status in ACCEPTED for one in over):
        return AnswerDoubt.WHOLE_ACCEPTED
    return None
