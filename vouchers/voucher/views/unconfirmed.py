"""What was delivered without a PIN, and who confirms it."""

from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reintegration.accounts.queries.users import organisation_names
from reintegration.kernel.db import session
from reintegration.web.current import acting, current_actor
from reintegration.web.once import Next
from reintegration.web.submit import Asking, asked_why
from vouchers.voucher.forms.redeem import ReasonForm
from vouchers.voucher.models import Redemption
from vouchers.voucher.permissions import RedemptionPermission
from vouchers.voucher.queries import redemptions as reading
from vouchers.voucher.queries import vouchers as voucher_reading
from vouchers.voucher.services import confirmation
from vouchers.voucher.views import voucher_text
from vouchers.voucher.views.blueprints import vouchers_bp as bp


def load_redemption(redemption_id: UUID) -> Redemption:
    """Return a delivery within the actor's reach."""
    return reading.redemption_or_404(session(), current_actor(), redemption_id)


@bp.page("/unconfirmed", RedemptionPermission.LIST_UNCONFIRMED)
def unconfirmed() -> ResponseReturnValue:
    """List what waits for a confirmation, oldest first."""
    found = reading.unconfirmed(session(), current_actor())
    return render_template(
        "vouchers/voucher/unconfirmed.html",
        redemptions=found,
        names=organisation_names(session(), [one.provider_id for one in found]),
        codes=voucher_reading.case_codes(
            session(), current_actor(), [one.voucher.case_id for one in found]
        ),
        words=voucher_text,
    )


@bp.act(
    "/redemptions/<uuid:redemption_id>/confirm", RedemptionPermission.CONFIRM, load=load_redemption
)
def confirm(redemption: Redemption) -> Next:
    """Confirm a delivery: from now on it is owed."""
    confirmation.confirm(session(), redemption, **acting())
    return Next(
        url_for(".unconfirmed"),
        _("Confirmed: %(receipt)s will be paid.", receipt=redemption.receipt),
    )


@bp.form(
    "/redemptions/<uuid:redemption_id>/refuse", RedemptionPermission.REFUSE, load=load_redemption
)
def refuse(redemption: Redemption) -> Asking:
    """Refuse a delivery that did not happen."""
    page = "vouchers/voucher/refuse_redemption.html"
    reason = yield from asked_why(page, ReasonForm(), redemption=redemption, words=voucher_text)
    confirmation.refuse(session(), redemption, reason=reason, **acting())
    return Next(
        url_for(".unconfirmed"),
        _("Refused. While the voucher is valid, what is refused can be used again."),
    )
