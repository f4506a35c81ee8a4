"""Taking a delivery back: at the provider's desk, and by staff."""

from collections.abc import Generator

from flask import url_for
from flask_babel import gettext as _

from reintegration.kernel.db import session
from reintegration.web.current import acting
from reintegration.web.once import Next
from reintegration.web.pages import Pages
from reintegration.web.submit import Ask, Asking, asked_why
from vouchers.payments.services import reversal
from vouchers.voucher.forms.redeem import ReasonForm
from vouchers.voucher.models import Redemption
from vouchers.voucher.permissions import RedemptionPermission
from vouchers.voucher.views import redeem, unconfirmed, voucher_text

bp = Pages("reversals", __name__)


@bp.form(
    "/redeem/receipts/<uuid:redemption_id>/reverse",
    RedemptionPermission.REVERSE,
    load=redeem.load_redemption,
)
def at_desk(redemption: Redemption) -> Asking:
    """Take a provider's own record back."""
    yield from _reverse(redemption, "vouchers/payments/reversals/desk.html")
    return Next(
        url_for("redeem.recent"), _("Taken back. While the voucher is valid, it can be used again.")
    )


@bp.form(
    "/vouchers/redemptions/<uuid:redemption_id>/reverse",
    RedemptionPermission.REVERSE,
    load=unconfirmed.load_redemption,
)
def by_staff(redemption: Redemption) -> Asking:
    """Take a delivery back; what was paid for it is owed from then on."""
    settled = reversal.payment_of(session(), redemption) is reversal.Payment.SETTLED
    yield from _reverse(redemption, "vouchers/payments/reversals/staff.html", settled=settled)
    return Next(url_for("vouchers.show", voucher_id=redemption.voucher_id), _("Taken back."))


def _reverse(redemption: Redemption, page: str, **shown: bool) -> Generator[Ask, None, None]:
    reason = yield from asked_why(
        page, ReasonForm(), redemption=redemption, words=voucher_text, **shown
    )
    reversal.reverse(session(), redemption, reason=reason, **acting())
