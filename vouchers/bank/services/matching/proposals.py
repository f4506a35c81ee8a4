"""What matching works on and what it answers; reasons are data that a page translates."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum
from typing import Any, TypeAlias
from uuid import UUID

from vouchers.bank.states import ExceptionKind, ReasonCode
from vouchers.formats.statement import BankEntry

OrderId: TypeAlias = int | str | UUID


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a line and an order belong together, or why they were not joined."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def message(self) -> str:
        """Return the gettext source string; `params` fill it."""
        return ReasonCode(self.code).text


@dataclass(frozen=True, slots=True)
class OpenOrder:
    """A payment order that waits for its bank line; `amount_minor` is positive minor units.

    `incoming` is for money that should come in, such as a refund due from a provider.
    """

    id: OrderId
    amount_minor: int
    currency: str
    sent_on: date
    end_to_end_id: str | None = None
    counterparty_iban: str | None = None
    counterparty_name: str | None = None
    reference: str | None = None
    incoming: bool = False

    @property
    def signed_minor(self) -> int:
        """Return the amount as the bank will book it: a payment out is negative."""
        return self.amount_minor if self.incoming else -self.amount_minor


@dataclass(frozen=True, slots=True)
class OpenBatch:
    """Orders that one message, or one payment information block of it, sent together."""

    id: OrderId
    message_id: str | None
    payment_information_id: str | None
    order_ids: tuple[OrderId, ...]


@dataclass(frozen=True, slots=True)
class MatchRules:
    """The numbers of matching; `version` is stored with each match."""

    version: str = "2"
    days_before: int = 1
    days_after: int = 10
    name_alike: int = 80
    tolerance_permille: int = 10
    candidates: int = 20


class Tier(IntEnum):
    """How a proposal was found; the lower, the stronger."""

    END_TO_END = 1
    BATCH = 2
    AMOUNT_AND_IBAN = 3
    REFERENCE = 4
    LIKENESS = 5


@dataclass(frozen=True, slots=True)
class Proposal:
    """An entry and the orders that it settles.

    `automatic` ones are unambiguous and share no order with any other automatic one; the others
    wait for a person, and two of them may name the same order. `score` is 0 to 100.
    """

    tier: Tier
    automatic: bool
    entry: BankEntry
    order_ids: tuple[OrderId, ...]
    score: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class ExceptionItem:
    """An entry that nothing was proposed for; `order_ids` are the orders that it may concern."""

    kind: ExceptionKind
    entry: BankEntry
    order_ids: tuple[OrderId, ...]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class MatchResult:
    """Every entry once: in a proposal or in an exception, in the order of the entries."""

    proposals: tuple[Proposal, ...]
    exceptions: tuple[ExceptionItem, ...]
    rules_version: str
