"""Stopping a voucher for a while, for one reason, and lifting one of the reasons again."""

from uuid import UUID

from flask import url_for
from flask_babel import gettext as _

from reintegration.kernel.db import session
from reintegration.kernel.errors import N_, Conflict
from reintegration.web.current import acting, current_actor
from reintegration.web.once import Next
from reintegration.web.submit import Asking, asked
from vouchers.voucher.forms.vouchers import HoldForm, LiftForm
from vouchers.voucher.models import Voucher, VoucherHold
from vouchers.voucher.permissions import VoucherPermission
from vouchers.voucher.queries import holds as reading
from vouchers.voucher.services import holds
from vouchers.voucher.views import voucher_text
from vouchers.voucher.views.blueprints import vouchers_bp as bp
from vouchers.voucher.views.vouchers import load_voucher


@bp.form("/<uuid:voucher_id>/suspend", VoucherPermission.SUSPEND, load=load_voucher)
def suspend(voucher: Voucher) -> Asking:
    """Stop a voucher for a while."""
    form = _form(voucher)
    yield asked("vouchers/voucher/suspend.html", form, voucher=voucher, words=voucher_text)
    _place(voucher, form)
    return Next(
        url_for(".show", voucher_id=voucher.id),
        _("Stopped. Nobody can use it until you resume it."),
    )


@bp.act("/<uuid:voucher_id>/resume", VoucherPermission.RESUME, load=load_voucher)
def resume(voucher: Voucher) -> Next:
    """Lift one hold; the voucher can be used again when it was the last one."""
    done = _lift(voucher, LiftForm().hold.data)
    return Next(url_for(".show", voucher_id=voucher.id), _said(done))


def _place(voucher: Voucher, form: HoldForm) -> VoucherHold:
    cause, reference = form.chosen
    return holds.place(
        session(), voucher, cause, reason=form.reason.data or "", reference=reference, **acting()
    )


def _lift(voucher: Voucher, hold_id: UUID | None) -> Voucher:
    hold = reading.hold_or_404(session(), voucher, hold_id)
    return holds.lift(session(), hold, **acting())


def _said(voucher: Voucher) -> str:
    said = _("It can be used again.")
    if voucher.is_held:
        said = _("Lifted. Something else still stops it.")
    return str(said)


def _form(voucher: Voucher) -> HoldForm:
    held = reading.live_on(session(), voucher)
    causes = holds.placeable(voucher, held, current_actor())
    if not causes:
        raise Conflict(N_("It is stopped for this reason already."), code="held")
    form = HoldForm()
    form.offer(causes)
    return form
