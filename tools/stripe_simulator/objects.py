"""What the simulator remembers: plain values, as few fields as its behaviour needs."""

from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]
Deadline = Literal["currently_due", "eventually_due", "past_due"]
Reason = Literal["routine_onboarding", "routine_verification"]


@dataclass
class Requirement:
    """Something that Stripe wants to know about an account."""

    description: str
    capability: str
    deadline: Deadline = "past_due"
    until: int | None = None
    awaiting: Literal["user", "stripe"] = "user"
    error: str | None = None
    error_words: str = ""
    reason: Reason = "routine_onboarding"


@dataclass
class Bank:
    """The bank account to which an account is paid out."""

    id: str
    country: str
    currency: str
    last4: str
    broken: bool = False


@dataclass
class Account:
    """A connected account (v2)."""

    id: str
    created: int
    country: str | None = None
    entity_type: str | None = None
    registered_name: str | None = None
    email: str | None = None
    phone: str | None = None
    display_name: str | None = None
    dashboard: str | None = None
    currency: str | None = None
    fees_collector: str | None = None
    losses_collector: str | None = None
    metadata: dict[str, str] = field(default_factory=dict)
    transfers_requested: bool = False
    requirements: list[Requirement] = field(default_factory=list)
    bank: Bank | None = None
    restricted: bool = False
    closed: bool = False
    verified_at: int | None = None
    next_payout: int | None = None


@dataclass
class Link:
    """An address at which the holder of an account fills in what is missing."""

    token: str
    account: str
    created: int
    expires_at: int
    use_case: Json
    opened: bool = False
    done: bool = False

    @property
    def options(self) -> Json:
        """Where it leads back to."""
        found: Json = self.use_case[self.use_case["type"]]
        return found


@dataclass
class Transfer:
    """Money from the platform to an account."""

    id: str
    created: int
    amount: int
    currency: str
    destination: str
    destination_payment: str
    balance_transaction: str
    description: str | None = None
    transfer_group: str | None = None
    metadata: dict[str, str] = field(default_factory=dict)
    source_type: str = "card"
    amount_reversed: int = 0


@dataclass
class Reversal:
    """A transfer taken back, whole or in part."""

    id: str
    created: int
    amount: int
    currency: str
    transfer: str
    destination_payment_refund: str
    balance_transaction: str
    metadata: dict[str, str] = field(default_factory=dict)


@dataclass
class Payout:
    """Money from an account to its bank."""

    id: str
    created: int
    account: str
    amount: int
    currency: str
    destination: str
    balance_transaction: str
    in_transit_at: int
    arrival_date: int
    status: Literal["pending", "in_transit", "paid", "failed"] = "pending"
    will_fail: Literal["", "instead", "afterwards"] = ""
    fails_at: int | None = None
    failure_code: str | None = None
    failure_message: str | None = None
    failure_balance_transaction: str | None = None

    @property
    def settled(self) -> bool:
        """Whether time changes nothing more about it."""
        return self.status == "failed" or (self.status == "paid" and self.fails_at is None)


@dataclass
class Topup:
    """Money from the platform's bank to its balance."""

    id: str
    created: int
    amount: int
    currency: str
    expected: int
    status: Literal["pending", "succeeded"] = "pending"
    description: str | None = None
    statement_descriptor: str | None = None
    transfer_group: str | None = None
    metadata: dict[str, str] = field(default_factory=dict)
    balance_transaction: str | None = None


@dataclass
class BalanceTransaction:
    """A line of a balance; `account` is empty for the platform's own."""

    id: str
    account: str
    created: int
    available_on: int
    amount: int
    currency: str
    type: str
    source: str | None
    description: str | None = None
    fee: int = 0
    payout: str | None = None

    @property
    def net(self) -> int:
        """What the balance changes by."""
        return self.amount - self.fee


@dataclass
class Event:
    """Something that happened; `body` is the whole event as the API shows it."""

    id: str
    created: int
    type: str
    account: str
    thin: bool
    body: Json


@dataclass
class Delivery:
    """An event on its way to the webhook; a held one waits for the event after it."""

    id: str
    event: str
    due: float
    held: bool = False
    tries: int = 0
    status: Literal["waiting", "delivered", "given_up"] = "waiting"
    answer: str = ""


@dataclass
class Kept:
    """What was answered under an idempotency key."""

    asked: str
    parameters: str
    until: int
    status: int
    body: Json


@dataclass
class Armed:
    """A switch that waits for the next calls, payouts or events that match."""

    switch: str
    left: int = 1
    matching: str = ""
    seconds: float = 0


@dataclass
class Books:
    """Everything that a restart keeps."""

    accounts: dict[str, Account] = field(default_factory=dict)
    links: dict[str, Link] = field(default_factory=dict)
    transfers: dict[str, Transfer] = field(default_factory=dict)
    reversals: dict[str, Reversal] = field(default_factory=dict)
    payouts: dict[str, Payout] = field(default_factory=dict)
    topups: dict[str, Topup] = field(default_factory=dict)
    balance_transactions: dict[str, BalanceTransaction] = field(default_factory=dict)
    events: dict[str, Event] = field(default_factory=dict)
    deliveries: list[Delivery] = field(default_factory=list)
    kept: dict[str, Kept] = field(default_factory=dict)
    armed: list[Armed] = field(default_factory=list)
    ahead: float = 0
    begun_with: str = ""
    """The sum of the file of history that these books go on from."""
