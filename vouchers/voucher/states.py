"""The states and code lists of vouchers and deliveries."""

from dataclasses import dataclass
from enum import StrEnum

from reintegration.codelists.service_categories import Proof
from reintegration.kernel.actor import Role
from reintegration.kernel.errors import N_


class VoucherKind(StrEnum):
    """Units of a service at an agreed price, or money up to a sum."""

    SERVICE_UNITS = "service_units"
    VALUE = "value"


class VoucherState(StrEnum):
    """Where a voucher stands. Expiry is computed from dates; the sweep only posts it.

    Stopped is no state: an open voucher is stopped while a hold on it lives (`VoucherHold`).
    """

    DRAFT = "draft"
    APPROVED = "approved"
    ISSUED = "issued"
    PARTLY_REDEEMED = "partly_redeemed"
    REDEEMED = "redeemed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    REPLACED = "replaced"


OPEN_STATES = frozenset({VoucherState.ISSUED, VoucherState.PARTLY_REDEEMED})
NOT_ISSUED = frozenset({VoucherState.DRAFT, VoucherState.APPROVED})
HELD = "suspended"
"""What an open voucher with a live hold is shown as; the filter of the list is called so too."""


class HoldCause(StrEnum):
    """Why a voucher is stopped. `HOLDS` answers the same questions for each."""

    CASE_TEAM = "case_team"
    OFFERING_SUSPENDED = "offering_suspended"


@dataclass(frozen=True, slots=True)
class HoldRule:
    """What follows from a cause.

    `placed_by` and `lifted_by` are the roles that do it by hand, on the team of the case; with none
    in `placed_by` only the thing that it refers to places it, and lifts it when it ends. `paper`
    asks for the number of the paper that orders it. Whatever the cause, the desk of a provider
    hears one and the same sentence: a difference between them would tell about the person.
    """

    label: str
    placed_by: frozenset[Role]
    lifted_by: frozenset[Role]
    paper: str = ""


_CASE_TEAM = frozenset({Role.CASE_MANAGER, Role.SUPERVISOR})

HOLDS: dict[HoldCause, HoldRule] = {
    HoldCause.CASE_TEAM: HoldRule(
        N_("Stopped by the case team"), placed_by=_CASE_TEAM, lifted_by=_CASE_TEAM
    ),
    HoldCause.OFFERING_SUSPENDED: HoldRule(
        N_("The provider's service is suspended"), placed_by=frozenset(), lifted_by=_CASE_TEAM
    ),
}


class RedemptionState(StrEnum):
    """`unconfirmed` was delivered without proof: a person settles it; nothing is posted yet."""

    ACCEPTED = "accepted"
    UNCONFIRMED = "unconfirmed"
    REFUSED = "refused"
    REVERSED = "reversed"


VOUCHER_LABELS: dict[str, str] = {
    VoucherState.DRAFT: N_("waits for approval"),
    VoucherState.APPROVED: N_("approved, not issued"),
    VoucherState.ISSUED: N_("issued"),
    VoucherState.PARTLY_REDEEMED: N_("partly used"),
    VoucherState.REDEEMED: N_("used up"),
    HELD: N_("stopped"),
    VoucherState.EXPIRED: N_("expired"),
    VoucherState.CANCELLED: N_("cancelled"),
    VoucherState.REPLACED: N_("replaced"),
}
VOUCHER_TONES: dict[str, str] = {
    VoucherState.DRAFT: "gold",
    VoucherState.APPROVED: "gold",
    VoucherState.ISSUED: "sky",
    VoucherState.PARTLY_REDEEMED: "sky",
    VoucherState.REDEEMED: "moss",
    HELD: "clay",
    VoucherState.EXPIRED: "grey",
    VoucherState.CANCELLED: "clay",
    VoucherState.REPLACED: "grey",
}
REDEMPTION_LABELS: dict[str, str] = {
    RedemptionState.ACCEPTED: N_("recorded"),
    RedemptionState.UNCONFIRMED: N_("waits for confirmation"),
    RedemptionState.REFUSED: N_("refused"),
    RedemptionState.REVERSED: N_("taken back"),
}
REDEMPTION_TONES: dict[str, str] = {
    RedemptionState.ACCEPTED: "moss",
    RedemptionState.UNCONFIRMED: "gold",
    RedemptionState.REFUSED: "clay",
    RedemptionState.REVERSED: "grey",
}
PROOF_LABELS: dict[str, str] = {
    Proof.PIN: N_("PIN"),
    Proof.STAY: N_("stay"),
    Proof.SIGNED_LIST: N_("signed list"),
    Proof.CASE_MANAGER: N_("your word"),
}
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
    "expire": N_("Expired"),
    "cancel": N_("Cancelled"),
    "replace": N_("Replaced"),
}
"""What the history of a voucher says of each move, of those that are made no more too."""
