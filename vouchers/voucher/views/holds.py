"""Stopping a voucher for a while, for one reason, and lifting one of the reasons again."""

from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reintegration.kernel.db import session
from reintegration.kernel.errors import N_, Conflict
from reintegration.web.current import acting, current_actor
from reintegration.web.requires import requires
from reintegration.web.submit import press, submit
from reintegration.web.transactional import transactional
from vouchers.voucher.forms.vouchers import HoldForm, LiftForm
from vouchers.voucher.models import Voucher, VoucherHold
from vouchers.voucher.permissions import VoucherPermission
from vouchers.voucher.queries import holds as reading
from vouchers.voucher.services import holds
from vouchers.voucher.views import voucher_text
from vouchers.voucher.views.blueprints import vouchers_bp as bp
from vouchers.voucher.views.vouchers import load_voucher


@bp.get("/<uuid:voucher_id>/suspend")
@requires(VoucherPermission.SUSPEND, load=load_voucher)
def suspend(voucher: Voucher) -> ResponseReturnValue:
    """Ask before a voucher is stopped."""
    return _ask(voucher, _form(voucher, HoldForm(formdata=None)))


@bp.post("/<uuid:voucher_id>/suspend", endpoint="suspend_submit")
@requires(VoucherPermission.SUSPEND, load=load_voucher)
@transactional
def suspend_submit(voucher: Voucher) -> ResponseReturnValue:
    """Stop a voucher for a while."""
    form = _form(voucher, HoldForm())
    return submit(
        form,
        lambda: _place(voucher, form),
        again=lambda: _ask(voucher, form),
        to=url_for(".show", voucher_id=voucher.id),
        said=_("Stopped. Nobody can use it until you resume it."),
    )


@bp.post("/<uuid:voucher_id>/resume")
@requires(VoucherPermission.RESUME, load=load_voucher)
@transactional
def resume(voucher: Voucher) -> ResponseReturnValue:
    """Lift one hold; the voucher can be used again when it was the last one."""
    return press(
        lambda: _lift(voucher, LiftForm().hold.data),
        to=url_for(".show", voucher_id=voucher.id),
        said=_said,
    )


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


def _form(voucher: Voucher, form: HoldForm) -> HoldForm:
    held = reading.live_on(session(), voucher)
    causes = holds.placeable(voucher, held, current_actor())
    if not causes:
        raise Conflict(N_("It is stopped for this reason already."), code="held")
    form.offer(causes)
    return form


def _ask(voucher: Voucher, form: HoldForm) -> str:
    return render_template(
        "vouchers/voucher/suspend.html", voucher=voucher, form=form, words=voucher_text
    )
