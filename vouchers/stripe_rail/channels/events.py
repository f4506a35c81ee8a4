"""Working off messages from Stripe: what one is about is fetched anew, then applied.

A message of a kind that nothing follows from is done without a call.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from reintegration.kernel.errors import DomainError
from reintegration.kernel.lanes import Lane
from reintegration.kernel.outbox import (
    Channel,
    OutboxMessage,
    OutboxState,
    Outcome,
    OutcomeUnknown,
    Refused,
)
from vouchers.stripe_rail.channels import door
from vouchers.stripe_rail.channels.once import ask_again
from vouchers.stripe_rail.gateway import Gateway
from vouchers.stripe_rail.objects import Account, Payout, Reversal, Transfer
from vouchers.stripe_rail.services import accounts, events, payouts, reversals, sweep, transfers
from vouchers.stripe_rail.states import EventProblem


@dataclass(frozen=True, slots=True)
class Kind:
    """What follows from messages whose kind begins with `begins`: a look at Stripe, and an act."""

    begins: str
    fetch: Callable[[Gateway, OutboxMessage], Any]
    apply: Callable[[Session, Any, datetime], None]


def _transfer(stripe: Gateway, message: OutboxMessage) -> Transfer:
    return stripe.transfer_of(message.payload["about"])


def _made(session: Session, found: Transfer, now: datetime) -> None:
    transfers.made(session, found, now=now)


def _taken_back(stripe: Gateway, message: OutboxMessage) -> list[Reversal]:
    return stripe.reversals_of(message.payload["about"])


def _reversed(session: Session, found: list[Reversal], now: datetime) -> None:
    for one in found:
        reversals.reversed_(session, one, now=now)


def _account(stripe: Gateway, message: OutboxMessage) -> Account:
    return stripe.account(message.payload["about"])


def _stands(session: Session, found: Account, now: datetime) -> None:
    accounts.seen(session, found, now=now)


def _payout(stripe: Gateway, message: OutboxMessage) -> Payout | None:
    """Return a provider's payout; None for one to our own bank, which is a line of our balance."""
    account = message.payload["account"]
    return stripe.payout(message.payload["about"], account=account) if account else None


def _paid_out(session: Session, found: Payout | None, now: datetime) -> None:
    if found is None:
        _balance_changed(session, found, now)
    else:
        payouts.seen(session, found, now=now)


def _no_look(_stripe: Gateway, _message: OutboxMessage) -> None:
    return None


def _balance_changed(session: Session, _found: None, now: datetime) -> None:
    sweep.ask(session, now=now)


KINDS: tuple[Kind, ...] = (
    Kind("transfer.reversed", _taken_back, _reversed),
    Kind("transfer.", _transfer, _made),
    Kind(events.OF_ACCOUNTS, _account, _stands),
    Kind("payout.", _payout, _paid_out),
    Kind("topup.", _no_look, _balance_changed),
)


def _fetch(message: OutboxMessage) -> object:
    kind = _kind(message)
    if kind is None:
        return None
    stripe = door.stripe()
    try:
        return kind.fetch(stripe, message)
    except OutcomeUnknown as problem:  # looking changes nothing: it is looked at again
        raise ConnectionError(str(problem)) from problem


def _kind(message: OutboxMessage) -> Kind | None:
    told = message.payload["kind"]
    return next((kind for kind in KINDS if told.startswith(kind.begins)), None)


def _came_of(session: Session, message: OutboxMessage, outcome: Outcome, now: datetime) -> None:
    event = events.waiting(session, UUID(message.payload["event"]))
    if event is None or outcome.state is OutboxState.QUEUED:
        return
    if outcome.state is not OutboxState.SENT:
        problem = outcome.answer or EventProblem.NO_ANSWER
        events.worked_off(session, event, problem=problem, now=now)
    elif events.is_settled_account(session, event, now=now):
        problem = _applied(session, message, outcome.answer, now)
        events.worked_off(session, event, problem=problem, now=now)


def _applied(session: Session, message: OutboxMessage, found: Any, now: datetime) -> str:
    """Apply what was found; return why it was refused, and keep nothing of it then."""
    kind = _kind(message)
    if kind is None:
        return ""
    try:
        with session.begin_nested():
            kind.apply(session, found, now)
    except (Refused, DomainError) as problem:
        return problem.code
    return ""


CHANNEL = Channel(
    events.CHANNEL,
    send=_fetch,
    find_out=ask_again,
    came_of=_came_of,
    people_decide=False,
    lane=Lane.PAYMENTS,
)
