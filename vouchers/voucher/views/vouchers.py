"""Vouchers of staff: the list, one voucher, and the moves that its table offers."""

from collections.abc import Generator
from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reintegration.accounts.queries.history import moves_of
from reintegration.accounts.queries.users import organisation_names, providers
from reintegration.codelists.service_categories import ServiceCategory
from reintegration.kernel import clock, codes, permissions
from reintegration.kernel.db import session
from reintegration.plans.permissions import PlanPermission
from reintegration.web import parameters
from reintegration.web.current import acting, current_actor
from reintegration.web.once import Next, Shown
from reintegration.web.submit import Ask, Asking, asked, asked_why
from vouchers.voucher.forms.redeem import ReasonForm
from vouchers.voucher.forms.vouchers import PinForm
from vouchers.voucher.models import Voucher
from vouchers.voucher.permissions import HoldPermission, RedemptionPermission, VoucherPermission
from vouchers.voucher.queries import vouchers as reading
from vouchers.voucher.queries.holds import shown_on
from vouchers.voucher.queries.vouchers import VoucherFilter
from vouchers.voucher.services import cancelling, issuing, replacing
from vouchers.voucher.services.holds import placeable
from vouchers.voucher.services.return_window import may_still_reverse
from vouchers.voucher.services.validity import recorded_through
from vouchers.voucher.services.voucher_moves import VOUCHER
from vouchers.voucher.states import HELD, VOUCHER_HISTORY, Held, VoucherState
from vouchers.voucher.views import voucher_text
from vouchers.voucher.views.blueprints import vouchers_bp as bp

_WAITS = (reading.TO_APPROVE, reading.TO_ISSUE)


def load_voucher(voucher_id: UUID) -> Voucher:
    """Return a voucher within the actor's reach."""
    return reading.voucher_or_404(session(), current_actor(), voucher_id)


@bp.page("/", VoucherPermission.LIST)
def index() -> ResponseReturnValue:
    """List vouchers, newest first; the filter stands in the address."""
    sought = _sought()
    actor = current_actor()
    page = reading.vouchers_page(session(), actor, sought, cursor=parameters.cursor())
    called = parameters.text("called")
    return render_template(
        "vouchers/voucher/index.html",
        page=page,
        sought=sought,
        names=organisation_names(session(), [one.provider_id for one in page.rows]),
        codes=reading.case_codes(session(), actor, [one.case_id for one in page.rows]),
        providers=providers(session(), search=called, chosen=sought.provider_id),
        every_state=[*VoucherState, HELD],
        categories=ServiceCategory,
        words=voucher_text,
        given=parameters.those("q", "state", "category", "provider", "called"),
    )


@bp.page("/<uuid:voucher_id>", VoucherPermission.VIEW, load=load_voucher)
def show(voucher: Voucher) -> ResponseReturnValue:
    """Show one voucher: where it stands, what was delivered, what can be done."""
    actor = current_actor()
    redemptions = reading.redemptions_of(session(), voucher)
    names = organisation_names(
        session(), [voucher.provider_id, *(one.provider_id for one in redemptions)]
    )
    held = shown_on(session(), voucher)
    is_over = voucher_text.standing(voucher) is Held.OVER
    return render_template(
        "vouchers/voucher/show.html",
        voucher=voucher,
        redemptions=redemptions,
        names=names,
        code=reading.case_codes(session(), actor, [voucher.case_id]).get(voucher.case_id),
        may_open_case=permissions.permits(actor, PlanPermission.VIEW, voucher),
        history=moves_of(session(), VOUCHER.name, voucher.id),
        over_until=recorded_through(voucher.valid_from, voucher.valid_until) if is_over else None,
        successor=reading.successor(session(), voucher),
        moves=VOUCHER.available(voucher, actor),
        held=held,
        may_lift=lambda hold: permissions.permits(actor, HoldPermission.LIFT, hold),
        may_hold=placeable(voucher, [one.hold for one in held], actor),
        may_print=voucher.print_sealed is not None
        and permissions.permits(actor, VoucherPermission.PRINT, voucher),
        may_reverse=lambda one: (
            permissions.permits(actor, RedemptionPermission.REVERSE, one)
            and may_still_reverse(one, actor, clock.now())
        ),
        past_words=VOUCHER_HISTORY,
        words=voucher_text,
    )


@bp.act("/<uuid:voucher_id>/approve", VoucherPermission.APPROVE, load=load_voucher)
def approve(voucher: Voucher) -> Next:
    """Approve a draft of somebody else."""
    issuing.approve(session(), voucher, **acting())
    return _shown(voucher, _("Approved. The case manager can issue it now."))


@bp.form("/<uuid:voucher_id>/issue", VoucherPermission.ISSUE, load=load_voucher)
def issue(voucher: Voucher) -> Asking:
    """Issue an approved voucher and show its PIN, this once."""
    form = PinForm()
    yield asked("vouchers/voucher/issue_draft.html", form, voucher=voucher, words=voucher_text)
    made = issuing.issue_draft(session(), voucher, pin=form.pin.data or None, **acting())
    return Shown(handed_page(voucher, made.pin))


@bp.form("/<uuid:voucher_id>/cancel", VoucherPermission.CANCEL, load=load_voucher)
def cancel(voucher: Voucher) -> Asking:
    """Cancel a voucher for good."""
    reason = yield from _why(voucher, "cancel")
    cancelling.cancel(session(), voucher, reason=reason, **acting())
    return _shown(voucher, _("Cancelled. What was not used is free again."))


@bp.form("/<uuid:voucher_id>/replace", VoucherPermission.REPLACE, load=load_voucher)
def replace(voucher: Voucher) -> Asking:
    """Give the person a new code; the old one is dead."""
    reason = yield from _why(voucher, "replace")
    new, _secrets = replacing.replace(session(), voucher, reason=reason, **acting())
    return _shown(new, _("Replaced. Print the new one; the PIN is the same."))


def _shown(voucher: Voucher, said: str) -> Next:
    return Next(url_for(".show", voucher_id=voucher.id), said)


def _why(voucher: Voucher, move: str) -> Generator[Ask, None, str]:
    page = f"vouchers/voucher/{move}.html"
    return (yield from asked_why(page, ReasonForm(), voucher=voucher, words=voucher_text))


def handed_page(voucher: Voucher, pin: str | None) -> str:
    """Return the page that shows a PIN, this once."""
    return render_template(
        "vouchers/voucher/handed.html", voucher=voucher, pin=pin, words=voucher_text
    )


def _sought() -> VoucherFilter:
    return VoucherFilter(
        state=parameters.choice("state", (*VoucherState, HELD, "open", *_WAITS)),
        category=parameters.choice("category", ServiceCategory),
        provider_id=parameters.identifier("provider"),
        reference=codes.compact(parameters.text("q")),
    )
