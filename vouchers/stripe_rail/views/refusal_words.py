"""Why Stripe did not pay or take back, and what to do, for each of its codes that we know."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

NOT_PAID = {
    "balance_insufficient": _l(
        "There was not enough money in our balance at Stripe. Top it up from the bank, then pay the"
        " claims in a new batch."
    ),
    "insufficient_capabilities_for_transfer": _l(
        "The provider's account at Stripe cannot receive money now. Ask the provider to give Stripe"
        " what it asks for, then pay the claims in a new batch."
    ),
    "account_closed": _l(
        "The provider's account at Stripe is closed. Have another account of the provider approved,"
        " then pay the claims in a new batch."
    ),
    "invalid_currency": _l(
        "Stripe does not pay this currency from our balance. Have an account of the provider at a"
        " bank approved, then pay the claims in a new batch."
    ),
    "amount_too_large": _l(
        "The amount is more than Stripe takes at once. Pay the claims in several batches."
    ),
    "amount_too_small": _l(
        "The amount is less than Stripe takes. Pay the claims together with later ones."
    ),
    "never_arrived": _l(
        "Stripe did not answer for a day, and then had no transfer of this order: nothing left. Pay"
        " the claims in a new batch."
    ),
}
"""Each code with its sentence; some of Stripe's mean the same, see `_SAME`."""
_SAME = {
    "transfers_not_allowed": "insufficient_capabilities_for_transfer",
    "account_restricted": "insufficient_capabilities_for_transfer",
    "resource_missing": "account_closed",
    "account_invalid": "account_closed",
    "insufficient_funds": "balance_insufficient",
}

NOT_TAKEN_BACK = {
    "balance_insufficient": _l(
        "The provider's account at Stripe does not hold so much any more. Ask the provider to pay"
        " it back to our bank account; what it owes is set off against its next claims."
    ),
    "transfer_already_reversed": _l(
        "This transfer was taken back at Stripe already. Look at it there before anything else."
    ),
    "never_arrived": _l(
        "Stripe did not answer for a day, and nothing was taken back. Ask for it anew."
    ),
    "not_booked": _l(
        "The money came back to our balance at Stripe, but the provider owed less by then: clear"
        " its line of the Stripe balance."
    ),
}


def not_paid(code: str) -> str:
    """Return why an order was not paid and what to do."""
    known = NOT_PAID.get(_SAME.get(code, code))
    if known:
        return str(known)
    return str(
        _(
            "Stripe refused it (%(code)s). Look at our account at Stripe, then pay the claims in a"
            " new batch.",
            code=code or "–",
        )
    )


def not_taken_back(code: str) -> str:
    """Return why nothing was taken back and what to do."""
    known = NOT_TAKEN_BACK.get(_SAME.get(code, code))
    if known:
        return str(known)
    return str(_("Stripe refused it (%(code)s). Look at the transfer at Stripe.", code=code or "–"))
