"""What a line of the Stripe balance is, in words."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

_KINDS = {
    "transfer": _l("Payment of an order"),
    "transfer_refund": _l("Payment taken back"),
    "transfer_failure": _l("Payment that failed"),
    "transfer_cancel": _l("Payment cancelled"),
    "topup": _l("From our bank"),
    "topup_reversal": _l("Back to our bank"),
    "payout": _l("To our bank"),
    "payout_failure": _l("Did not arrive at our bank"),
    "payout_cancel": _l("Not sent to our bank"),
    "stripe_fee": _l("Fee of Stripe"),
    "stripe_fx_fee": _l("Fee for an exchange"),
    "adjustment": _l("Correction by Stripe"),
}


def kind(code: str) -> str:
    """Return Stripe's kind of a line in words; one that is not known keeps its code."""
    return str(_KINDS[code]) if code in _KINDS else _("Something else (%(code)s)", code=code)
