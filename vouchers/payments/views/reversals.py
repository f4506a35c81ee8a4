"""Taking a delivery back: at the provider's desk, and by staff."""

from collections.abc import Callable

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reintegration.kernel.db import session
from reintegration.web.current import acting
from reintegration.web.requires import requires
from reintegration.web.submit import submit
from reintegration.web.transactional import transactional
from vouchers.payments.services import reversal
from vouchers.voucher.forms.redeem import ReasonForm
from vouchers.voucher.models import Redemption
from vouchers.voucher.permissions import RedemptionPermission
from vouchers.voucher.views import redeem, unconfirmed, voucher_text

bp = Blueprint("reversals", __name__)


@bp.get("/redeem/receipts/<uuid:redemption_id>/reverse")
@requires(RedemptionPermission.REVERSE, load=redeem.load_redemption)
def at_desk(redemption: Redemption) -> ResponseReturnValue:
    """Ask before a provider takes its own record back."""
    return _desk_page(redemption, ReasonForm(formdata=None))


@bp.post("/redeem/receipts/<uuid:redemption_id>/reverse", endpoint="at_desk_submit")
@requires(RedemptionPermission.REVERSE, load=redeem.load_redemption)
@transactional
def at_desk_submit(redemption: Redemption) -> ResponseReturnValue:
    """Take a provider's own record back."""
    home = url_for("redeem.recent")
    return _reverse(redemption, _desk_page, _("Taken back. The units can be used again."), home)


@bp.get("/vouchers/redemptions/<uuid:redemption_id>/reverse")
@requires(RedemptionPermission.REVERSE, load=unconfirmed.load_redemption)
def by_staff(redemption: Redemption) -> ResponseReturnValue:
    """Ask before staff takes a delivery back."""
    return _staff_page(redemption, ReasonForm(formdata=None))


@bp.post("/vouchers/redemptions/<uuid:redemption_id>/reverse", endpoint="by_staff_submit")
@requires(RedemptionPermission.REVERSE, load=unconfirmed.load_redemption)
@transactional
def by_staff_submit(redemption: Redemption) -> ResponseReturnValue:
    """Take a delivery back; what was paid for it is owed from then on."""
    home = url_for("vouchers.show", voucher_id=redemption.voucher_id)
    return _reverse(redemption, _staff_page, _("Taken back."), home)


def _reverse(
    redemption: Redemption, page: Callable[[Redemption, ReasonForm], str], said: str, home: str
) -> ResponseReturnValue:
    form = ReasonForm()
    return submit(
        form,
        lambda: reversal.reverse(session(), redemption, reason=form.reason.data or "", **acting()),
        again=lambda: page(redemption, form),
        said=said,
        to=home,
    )


def _desk_page(redemption: Redemption, form: ReasonForm) -> str:
    return render_template(
        "vouchers/payments/reversals/desk.html",
        redemption=redemption,
        form=form,
        words=voucher_text,
    )


def _staff_page(redemption: Redemption, form: ReasonForm) -> str:
    return render_template(
        "vouchers/payments/reversals/staff.html",
        redemption=redemption,
        form=form,
        words=voucher_text,
        settled=reversal.payment_of(session(), redemption) is reversal.Payment.SETTLED,
    )
