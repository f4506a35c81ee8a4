"""The states and code lists of claims and payments."""

from datetime import timedelta

from reintegration.kernel.actor import Role
from reintegration.kernel.dated_rules import Area, DatedRule
from reintegration.kernel.errors import N_
from reintegration.kernel.money import Money
from reintegration.kernel.rule_kinds import Amounts, Days
from reintegration.kernel.words import Worded


class ClaimState(Worded):
    """Where a provider's claim stands."""

    DRAFT = N_("Draft"), "grey"
    SUBMITTED = N_("To be checked"), "gold"
    DISPUTED = N_("Disputed"), "clay"
    CHECKED = N_("Checked"), "sky"
    IN_PAYMENT = N_("In payment"), "sky"
    PAID = N_("Paid"), "moss"
    WITHDRAWN = N_("Withdrawn"), "grey"
    CLOSED = N_("Closed by finance"), "grey"


GIVEN_UP = (ClaimState.WITHDRAWN, ClaimState.CLOSED)
"""Nothing of such a claim is paid: its provider took it back, or finance refused all of it."""


class ClaimLineState(Worded):
    """What finance says of one line."""

    OPEN = N_("To be checked"), "gold"
    ACCEPTED = N_("Agreed"), "moss"
    DISPUTED = N_("Disputed"), "clay"
    REFUSED = N_("Refused"), "grey"


class BatchState(Worded):
    """Where a payment batch stands; three people move it."""

    PREPARED = N_("Waiting for approval"), "gold"
    APPROVED = N_("Waiting for release"), "gold"
    RELEASED = N_("Released"), "sky"
    SETTLED = N_("Settled"), "moss"
    CANCELLED = N_("Cancelled"), "grey"


RELEASE_BY_PREPARER_BELOW = DatedRule(
    code="payments.release_by_preparer_below",
    title=N_("A third person releases a batch from"),
    says=N_("Below this total the preparer of a batch may also release it, all of it together."),
    area=Area.MONEY,
    decided_by=Role.FINANCE_APPROVER,
    kind=Amounts(("MDL", "EUR")),
    initially={"MDL": Money(500_000, "MDL"), "EUR": Money(25_000, "EUR")},
)
RELEASED_TOGETHER = DatedRule(
    code="payments.released_together",
    title=N_("What one preparer releases counts together for"),
    says=N_("Else a sum could be cut into parts that nobody else looks at."),
    area=Area.MONEY,
    decided_by=Role.FINANCE_APPROVER,
    kind=Days(1, 92),
    initially=timedelta(days=7),
)
"""A week, because providers are paid weekly: a part held back for longer is paid late, and noticed.

The law of the database asks both rules of the day of the release (`refuse_parts_of_a_release`).
"""


class OrderState(Worded):
    """Where one payment order stands."""

    PREPARED = N_("Prepared"), "gold"
    RELEASED = N_("Sent"), "sky"
    SETTLED = N_("Settled"), "moss"
    FAILED = N_("Failed"), "clay"
    RETURNED = N_("Returned"), "clay"
    CANCELLED = N_("Cancelled"), "grey"


class NewInOrder(Worded):
    """What is new in an order that waits for approval, the weightiest first."""

    ACCOUNT = N_("Other account"), "clay"
    PAYEE = N_("New payee"), "gold"
    HOLDER = N_("Other name"), "gold"
    LARGEST = N_("Largest so far"), "sky"


class Rail(Worded):
    """How money travels."""

    MDL_CSV = N_("Bank file in MDL (CSV)")
    SEPA_PAIN001 = N_("SEPA (pain.001.001.09)")
    STRIPE_TRANSFER = N_("Stripe")


class MoneyPart(Worded):
    """Where a provider's money stands; each delivery is in one part at a time."""

    UNCONFIRMED = N_("Delivered, not confirmed yet"), "grey"
    UNCLAIMED = N_("Delivered and not claimed"), "gold"
    DRAFTED = N_("In a draft that was not sent"), "gold"
    SUBMITTED = N_("Claimed, being checked"), "sky"
    DISPUTED = N_("Disputed"), "clay"
    CHECKED = N_("Checked, waits for a payment"), "sky"
    PREPARED = N_("In a payment that was not sent yet"), "sky"
    REFUND = N_("Owed to you again: a payment came back"), "gold"
    OWED = N_("You owe: to be set off or paid back"), "clay"
    SENT = N_("Sent, on its way"), "sky"
    PAID_THIS_MONTH = N_("Paid this month"), "moss"
    PAID_BEFORE = N_("Paid before this month"), "moss"


IN_THE_BOOKS = (
    MoneyPart.UNCLAIMED,
    MoneyPart.DRAFTED,
    MoneyPart.SUBMITTED,
    MoneyPart.DISPUTED,
    MoneyPart.CHECKED,
    MoneyPart.PREPARED,
    MoneyPart.REFUND,
    MoneyPart.OWED,
)
"""What the books still owe a provider (account 2100), and less by the last, what it owes (1300)."""
SENT_OR_PAID = (MoneyPart.SENT, MoneyPart.PAID_THIS_MONTH, MoneyPart.PAID_BEFORE)
"""What has left: the books owe it no more."""

HAPPENED: dict[str, str] = {"payment_order:settle": N_("Deliveries were paid")}
"""What the history of a case says of payments."""
