"""The desk: find a voucher by its code, record a delivery, get a receipt, take a mistake back.

A provider sees the service, what is left and until when, and nothing of the person.
"""

from datetime import datetime, time
from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from reintegration.kernel import clock, permissions
from reintegration.kernel.db import session
from reintegration.kernel.errors import N_, Invalid, TooManyTries
from reintegration.kernel.money import Money
from reintegration.web.current import acting, current_actor
from reintegration.web.once import Next, form_id
from reintegration.web.saying import error_text
from reintegration.web.submit import Ask, Asking, asked
from vouchers.voucher.forms.redeem import DeliveryForm, FindForm, RedeemForm, WithoutPinForm
from vouchers.voucher.models import Redemption
from vouchers.voucher.permissions import RedemptionPermission
from vouchers.voucher.queries import redemptions as reading
from vouchers.voucher.services.code_entry import look_again, look_up
from vouchers.voucher.services.pricing import at_most, is_value
from vouchers.voucher.services.redeemability import WrongPin, is_only_past, why_unusable
from vouchers.voucher.services.redemption import Delivery, Outcome, redeem_once
from vouchers.voucher.services.return_window import may_still_reverse
from vouchers.voucher.services.validity import earliest_recorded, recorded_through
from vouchers.voucher.services.voucher_by_code import Found
from vouchers.voucher.states import BIG, RedemptionState
from vouchers.voucher.views import voucher_text
from vouchers.voucher.views.blueprints import redeem_bp as bp
from vouchers.voucher.views.handles import make_handle, read_handle


def load_redemption(redemption_id: UUID) -> Redemption:
    """Return a delivery that the provider recorded."""
    return reading.receipt_or_404(session(), current_actor(), redemption_id)


def load_found(handle: str) -> Found:
    """Return the voucher whose code this person showed a moment ago."""
    return look_again(session(), actor=current_actor(), voucher_id=read_handle(handle))


@bp.form("/", RedemptionPermission.RECORD, remembered=False)
def find() -> Asking:
    """Find the voucher; what is wrong with it is said here already."""
    form = FindForm()
    yield asked("vouchers/voucher/redeem/find.html", form)
    found = look_up(session(), code=form.code.data or "", **acting())
    return Next(url_for(".show", handle=make_handle(found.id)))


@bp.form("/v/<handle>", RedemptionPermission.RECORD, load=load_found, remembered=False)
def show(found: Found) -> Asking:
    """Record a delivery with its PIN."""
    form = RedeemForm()
    form.measure_by(found.kind, found.currency)
    yield Ask(lambda: _redeem_page(found, form), form)
    done = _record(found, form, pin=form.pin.data or "")
    return Next(_receipt_of(done))


@bp.form("/v/<handle>/without-pin", RedemptionPermission.RECORD, load=load_found, remembered=False)
def without_pin(found: Found) -> Asking:
    """Record a delivery that a case person will confirm."""
    form = WithoutPinForm()
    form.measure_by(found.kind, found.currency)
    yield Ask(lambda: _without_pin_page(found, form), form)
    done = _record(found, form, without_pin=form.reason.data)
    return Next(_receipt_of(done))


def _record(
    found: Found, form: DeliveryForm, *, pin: str | None = None, without_pin: str | None = None
) -> Outcome:
    """Record it under the form's own key, which the delivery remembers for good."""
    if isinstance(form, RedeemForm) and _is_big(found, form) and not form.sure.data:
        raise Invalid(
            N_("This is much money: check it, tick this, and confirm again."), field="sure"
        )
    delivery = Delivery(
        key=form_id().hex,
        voucher_id=found.id,
        units=form.counted,
        amount=form.sum,
        delivered_on=form.delivered_on.data,
        pin=pin,
        without_pin=without_pin,
    )
    return redeem_once(session(), delivery=delivery, **acting())


def _receipt_of(outcome: Outcome) -> str:
    return url_for(".receipt", redemption_id=outcome.redemption_id)


@bp.page("/receipts/<uuid:redemption_id>", RedemptionPermission.READ_RECEIPT, load=load_redemption)
def receipt(redemption: Redemption) -> ResponseReturnValue:
    """Show the receipt."""
    return render_template(
        "vouchers/voucher/redeem/receipt.html",
        redemption=redemption,
        words=voucher_text,
        unconfirmed=redemption.state == RedemptionState.UNCONFIRMED,
        label=redemption.state.label,
        may_reverse=_may_reverse(redemption),
    )


@bp.page("/today", RedemptionPermission.LIST_OWN)
def recent() -> ResponseReturnValue:
    """Show what was recorded today."""
    now = clock.now()
    midnight = datetime.combine(clock.local_day(now), time.min, clock.LOCAL)
    actor = current_actor()
    return render_template(
        "vouchers/voucher/redeem/recent.html",
        redemptions=reading.recorded_since(session(), actor, midnight),
        words=voucher_text,
        may_reverse=_may_reverse,
    )


def _redeem_page(found: Found, form: RedeemForm) -> str:
    reason = why_unusable(found, today=clock.local_day(clock.now()))
    return render_template(
        "vouchers/voucher/redeem/voucher.html",
        **_page(found, form),
        problem=error_text(reason) if reason else None,
        locked=_locked(form),
        may_be_big=found.amount_free >= _big_from(found.currency),
    )


def _locked(form: RedeemForm) -> str:
    """Return what is said of a PIN that nobody may try any more; nothing while one may."""
    refused = form.refused
    is_over = isinstance(refused, TooManyTries) or (
        isinstance(refused, WrongPin) and not refused.params["left"]
    )
    return error_text(refused) if refused is not None and is_over else ""


def _without_pin_page(found: Found, form: WithoutPinForm) -> str:
    return render_template("vouchers/voucher/redeem/without_pin.html", **_page(found, form))


def _page(found: Found, form: DeliveryForm) -> dict[str, object]:
    by_value, today = is_value(found), clock.local_day(clock.now())
    return {
        "found": found,
        "form": form,
        "handle": make_handle(found.id),
        "is_value": by_value,
        "price": None if by_value else found.unit_price,
        "words": voucher_text,
        "earliest": max(earliest_recorded(today), found.valid_from),
        "until": recorded_through(found.valid_from, found.through)
        if is_only_past(found, today=today)
        else None,
    }


def _may_reverse(redemption: Redemption) -> bool:
    actor = current_actor()
    return permissions.permits(
        actor, RedemptionPermission.REVERSE, redemption
    ) and may_still_reverse(redemption, actor, clock.now())


def _big_from(currency: str) -> Money:
    return BIG.today()[currency]


def _is_big(found: Found, form: RedeemForm) -> bool:
    units = max(form.units.data or 0, 0)
    asked: object = form.amount.data if is_value(found) else at_most(found, units)
    return isinstance(asked, Money) and asked >= _big_from(found.currency)
