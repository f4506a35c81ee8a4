"""The states and code lists of vouchers and deliveries."""

from dataclasses import dataclass
from enum import StrEnum

from reintegration.kernel.actor import Role
from reintegration.kernel.dated_rules import Area, DatedRule
from reintegration.kernel.errors import N_
from reintegration.kernel.money import Money
from reintegration.kernel.rule_kinds import Amounts
from reintegration.kernel.words import Worded


class VoucherKind(StrEnum):
    """Units of a service at an agreed price, or money up to a sum."""

    SERVICE_UNITS = "service_units"
    VALUE = "value"


LONGEST_CODE = 200
"""How many letters are read of what is scanned or typed as a code."""


class VoucherState(Worded):
    """Where a voucher stands. It expires, by dates, when its deliveries can be recorded no more.

    Stopped is no state: an open voucher is stopped while a hold on it lives (`VoucherHold`).
    """

    DRAFT = N_("waits for approval"), "gold"
    APPROVED = N_("approved, not issued"), "gold"
    ISSUED = N_("issued"), "sky"
    PARTLY_REDEEMED = N_("partly used"), "sky"
    REDEEMED = N_("used up"), "moss"
    EXPIRED = N_("expired"), "grey"
    CANCELLED = N_("cancelled"), "clay"
    REPLACED = N_("replaced"), "grey"


OPEN_STATES = frozenset({VoucherState.ISSUED, VoucherState.PARTLY_REDEEMED})
NOT_ISSUED = frozenset({VoucherState.DRAFT, VoucherState.APPROVED})


class Held(Worded):
    """What an open voucher is shown as instead of its state: held, or over."""

    SUSPENDED = N_("stopped"), "clay"
    OVER = N_("over: what was given can still be recorded"), "grey"


HELD = Held.SUSPENDED
"""What the filter of the list calls it, too."""


class HoldCause(Worded):
    """Why a voucher is stopped. `HOLDS` answers the same questions for each."""

    CASE_TEAM = N_("Stopped by the case team"), "clay"
    OFFERING_SUSPENDED = N_("The provider's service is not approved now"), "clay"


@dataclass(frozen=True, slots=True)
class HoldRule:
    """What follows from a cause.

    `placed_by` and `lifted_by` are the roles that do it by hand, on the team of the case; with none
    in `placed_by` only the thing that it refers to places it, and lifts it when it ends. `paper`
    asks for the number of the paper that orders it. Whatever the cause, the desk of a provider
    hears one and the same sentence: a difference between them would tell about the person.
    """

    placed_by: frozenset[Role]
    lifted_by: frozenset[Role]
    paper: str = ""


_CASE_TEAM = frozenset({Role.CASE_MANAGER, Role.SUPERVISOR})

HOLDS: dict[HoldCause, HoldRule] = {
    HoldCause.CASE_TEAM: HoldRule(placed_by=_CASE_TEAM, lifted_by=_CASE_TEAM),
    HoldCause.OFFERING_SUSPENDED: HoldRule(placed_by=frozenset(), lifted_by=_CASE_TEAM),
}


class RedemptionState(Worded):
    """`unconfirmed` was delivered without proof: a person settles it; nothing is posted yet."""

    ACCEPTED = N_("recorded"), "moss"
    UNCONFIRMED = N_("waits for confirmation"), "gold"
    REFUSED = N_("refused"), "clay"
    REVERSED = N_("taken back"), "grey"


VOUCHER_HISTORY: dict[str, str] = {
    "approve": N_("Approved"),
    "issue": N_("Issued"),
    "redeem_part": N_("A part was used"),
    "redeem_all": N_("The rest was used"),
    "reopen_part": N_("A delivery was taken back"),
    "reopen_whole": N_("The only delivery was taken back"),
    "suspend": N_("Stopped"),
    "resume": N_("Resumed"),
    "resume_part": N_("Resumed"),
    "shorten": N_("Its days ended"),
    "expire": N_("Expired"),
    "cancel": N_("Cancelled"),
    "replace": N_("Replaced"),
}
"""What the history of a voucher says of each move, of those that are made no more too."""


HAPPENED: dict[str, str] = {
    "voucher:issue": N_("A voucher was issued"),
    "voucher:redeem_part": N_("Something was delivered on a voucher"),
    "voucher:redeem_all": N_("The rest of a voucher was delivered"),
    "voucher:reopen_part": N_("A delivery was taken back"),
    "voucher:reopen_whole": N_("The only delivery was taken back"),
    "voucher:suspend": N_("A voucher was stopped"),
    "voucher:resume": N_("A voucher goes on"),
    "voucher:expire": N_("A voucher expired"),
    "voucher:cancel": N_("A voucher was cancelled"),
    "voucher:replace": N_("A voucher was replaced"),
}
"""What the history of a case says of vouchers and deliveries."""


BIG = DatedRule(
    code="vouchers.asked_again_from",
    title=N_("The desk is asked again from"),
    says=N_("A delivery of so much is shown once more, with its sum, before it is recorded."),
    area=Area.VOUCHERS,
    decided_by=Role.FINANCE_APPROVER,
    kind=Amounts(("MDL", "EUR", "USD")),
    initially={
        "MDL": Money(300_000, "MDL"),
        "EUR": Money(15_000, "EUR"),
        "USD": Money(15_000, "USD"),
    },
)
