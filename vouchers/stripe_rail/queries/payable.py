"""Whether a provider can be paid at Stripe on a day: what stops orders before they are made."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from reintegration.kernel.clock import local_day
from reintegration.kernel.errors import N_
from vouchers.payments.services.rails import NotPayable
from vouchers.stripe_rail.models import StripeAccount
from vouchers.stripe_rail.objects import Due
from vouchers.stripe_rail.states import AccountState, TransfersState

_UNKNOWN = N_(
    "The account of %(name)s at Stripe was not opened here, so nothing is known of it. Let the"
    " provider open one, or have an account of the provider at a bank approved."
)
_CLOSED = N_(
    "The account of %(name)s at Stripe is closed. Have another account of the provider approved."
)
_NOT_SHOWN = N_(
    "Stripe does not show the account of %(name)s any more (%(code)s). Have another account of the"
    " provider approved."
)
_LATE = N_(
    "Stripe waits for something that %(name)s should have given it. The provider gives it on its"
    " page, then it can be paid."
)
_DUE = N_(
    "Stripe stops the account of %(name)s on %(day)s if something is missing until then. The"
    " provider gives it on its page, then it can be paid."
)
_STANDS = {
    TransfersState.PENDING: N_(
        "Stripe is still checking the account of %(name)s. Wait until it can be paid."
    ),
    TransfersState.RESTRICTED: N_(
        "Stripe lets the account of %(name)s receive nothing now. The provider sees on its page"
        " what Stripe asks for."
    ),
    TransfersState.REJECTED: N_(
        "Stripe refused the account of %(name)s. Have an account of the provider at a bank"
        " approved."
    ),
    TransfersState.UNSUPPORTED: N_(
        "Stripe cannot pay the account of %(name)s. Have an account of the provider at a bank"
        " approved."
    ),
}


def why_not(session: Session, service_accounts: Collection[str], on: date) -> list[NotPayable]:
    """Return which of these accounts cannot be paid on a day, and why; what is unknown cannot."""
    rows = session.scalars(
        select(StripeAccount).where(StripeAccount.reference.in_(list(service_accounts)))
    )
    known = {one.reference: one for one in rows}
    unknown = [one for one in service_accounts if one not in known]
    found = (stops(one, on) for one in known.values())
    return [
        *(one for one in found if one is not None),
        *(NotPayable(one, _UNKNOWN, {}) for one in unknown),
    ]


def stops(account: StripeAccount, on: date) -> NotPayable | None:
    """Return why an account cannot be paid on a day; None: it can."""
    why, values = _why(account, on)
    return NotPayable(account.reference or "", why, values) if why else None


def dues(account: StripeAccount) -> list[Due]:
    """Return what Stripe asks of a provider, what is late first."""
    found = (Due(**one) for one in account.due)
    return sorted(found, key=lambda one: (one.by_stripe, _URGENCIES.index(one.urgency)))


def asks_now(account: StripeAccount) -> bool:
    """Whether the provider can give Stripe something that is due."""
    return any(one.urgency != "eventually_due" and not one.by_stripe for one in dues(account))


_URGENCIES = ("past_due", "currently_due", "eventually_due")


def _why(account: StripeAccount, on: date) -> tuple[str, dict[str, Any]]:
    ends = local_day(account.due_at) if account.due_at else None
    if account.state is AccountState.CLOSED:
        return _CLOSED, {}
    if account.problem:
        return _NOT_SHOWN, {"code": account.problem}
    if _is_late(dues(account)):
        return _LATE, {}
    if account.transfers is not TransfersState.ACTIVE:
        return _STANDS[account.transfers], {}
    if ends is not None and ends <= on:
        return _DUE, {"day": ends}
    return "", {}


def _is_late(asked: Iterable[Due]) -> bool:
    return any(one.urgency == "past_due" and not one.by_stripe for one in asked)
