"""Vouchers of staff: the list, one voucher, and the moves that its table offers."""

from collections.abc import Callable
from typing import Any
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
from reintegration.web.requires import requires
from reintegration.web.submit import press, submit
from reintegration.web.transactional import transactional
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
from vouchers.voucher.services.voucher_moves import VOUCHER
from vouchers.voucher.states import HELD, VOUCHER_HISTORY, VoucherState
from vouchers.voucher.views import voucher_text
from vouchers.voucher.views.blueprints import vouchers_bp as bp


def load_voucher(voucher_id: UUID) -> Voucher:
    """Return a voucher within the actor's reach."""
    return reading.voucher_or_404(session(), current_actor(), voucher_id)


@bp.get("/")
@requires(VoucherPermission.LIST)
def index() -> ResponseReturnValue:
    """List vouchers, newest first; the filter stands in the address."""
    sought = _sought()
    actor = current_actor()
    page = reading.vouchers_page(session(), actor, sought, cursor=parameters.cursor())
    called = parameters.text("called")
    kept: dict[str, Any] = {
        "q": sought.reference,
        "state": sought.state,
        "category": sought.category,
        "provider": sought.provider_id or "",
        "called": called,
    }
    return render_template(
        "vouchers/voucher/index.html",
        page=page,
        sought=sought,
        kept=kept,
        names=organisation_names(session(), [one.provider_id for one in page.rows]),
        codes=reading.case_codes(session(), actor, [one.case_id for one in page.rows]),
        providers=providers(session(), search=called, chosen=sought.provider_id),
        every_state=[*VoucherState, HELD],
        categories=ServiceCategory,
        words=voucher_text,
        newer_url=url_for(".index", page=page.newer, **kept) if page.newer else None,
        older_url=url_for(".index", page=page.older, **kept) if page.older else None,
    )


@bp.get("/<uuid:voucher_id>")
@requires(VoucherPermission.VIEW, load=load_voucher)
def show(voucher: Voucher) -> ResponseReturnValue:
    """Show one voucher: where it stands, what was delivered, what can be done."""
    actor = current_actor()
    redemptions = reading.redemptions_of(session(), voucher)
    names = organisation_names(
        session(), [voucher.provider_id, *(one.provider_id for one in redemptions)]
    )
    held = shown_on(session(), voucher)
    return render_template(
        "vouchers/voucher/show.html",
        voucher=voucher,
        redemptions=redemptions,
        names=names,
        code=reading.case_codes(session(), actor, [voucher.case_id]).get(voucher.case_id),
        may_open_case=permissions.permits(actor, PlanPermission.VIEW, voucher),
        history=moves_of(session(), VOUCHER.name, voucher.id),
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


@bp.post("/<uuid:voucher_id>/approve")
@requires(VoucherPermission.APPROVE, load=load_voucher)
@transactional
def approve(voucher: Voucher) -> ResponseReturnValue:
    """Approve a draft of somebody else."""
    return press(
        lambda: issuing.approve(session(), voucher, **acting()),
        said=_("Approved. The case manager can issue it now."),
        to=url_for(".show", voucher_id=voucher.id),
    )


@bp.get("/<uuid:voucher_id>/issue")
@requires(VoucherPermission.ISSUE, load=load_voucher)
def issue(voucher: Voucher) -> ResponseReturnValue:
    """Ask for the PIN before an approved voucher is issued."""
    return _issue_page(voucher, PinForm(formdata=None))


@bp.post("/<uuid:voucher_id>/issue", endpoint="issue_submit")
@requires(VoucherPermission.ISSUE, load=load_voucher)
@transactional
def issue_submit(voucher: Voucher) -> ResponseReturnValue:
    """Issue an approved voucher and show its PIN, this once."""
    form = PinForm()
    return submit(
        form,
        lambda: issuing.issue_draft(session(), voucher, pin=form.pin.data or None, **acting()),
        again=lambda: _issue_page(voucher, form),
        shown=lambda made: render_template(
            "vouchers/voucher/handed.html", voucher=voucher, pin=made.pin, words=voucher_text
        ),
    )


@bp.get("/<uuid:voucher_id>/cancel")
@requires(VoucherPermission.CANCEL, load=load_voucher)
def cancel(voucher: Voucher) -> ResponseReturnValue:
    """Ask before a voucher is cancelled."""
    return _ask(voucher, ReasonForm(formdata=None), "cancel")


@bp.post("/<uuid:voucher_id>/cancel", endpoint="cancel_submit")
@requires(VoucherPermission.CANCEL, load=load_voucher)
@transactional
def cancel_submit(voucher: Voucher) -> ResponseReturnValue:
    """Cancel a voucher for good."""

    def act(reason: str) -> Voucher:
        cancelling.cancel(session(), voucher, reason=reason, **acting())
        return voucher

    return _acted(voucher, "cancel", act, _("Cancelled. What was not used is free again."))


@bp.get("/<uuid:voucher_id>/replace")
@requires(VoucherPermission.REPLACE, load=load_voucher)
def replace(voucher: Voucher) -> ResponseReturnValue:
    """Ask before a voucher is replaced."""
    return _ask(voucher, ReasonForm(formdata=None), "replace")


@bp.post("/<uuid:voucher_id>/replace", endpoint="replace_submit")
@requires(VoucherPermission.REPLACE, load=load_voucher)
@transactional
def replace_submit(voucher: Voucher) -> ResponseReturnValue:
    """Give the person a new code; the old one is dead."""

    def act(reason: str) -> Voucher:
        new, _secrets = replacing.replace(session(), voucher, reason=reason, **acting())
        return new

    return _acted(voucher, "replace", act, _("Replaced. Print the new one; the PIN is the same."))


def _ask(voucher: Voucher, form: ReasonForm, move: str) -> str:
    return render_template(
        f"vouchers/voucher/{move}.html", voucher=voucher, form=form, words=voucher_text
    )


def _acted(
    voucher: Voucher, move: str, act: Callable[[str], Voucher], done: str
) -> ResponseReturnValue:
    form = ReasonForm()
    return submit(
        form,
        lambda: act(form.reason.data or ""),
        again=lambda: _ask(voucher, form, move),
        said=done,
        to=lambda shown: url_for(".show", voucher_id=shown.id),
    )


def _issue_page(voucher: Voucher, form: PinForm) -> str:
    return render_template(
        "vouchers/voucher/issue_draft.html", voucher=voucher, form=form, words=voucher_text
    )


def _sought() -> VoucherFilter:
    return VoucherFilter(
        state=parameters.choice("state", (*VoucherState, HELD, "open")),
        category=parameters.choice("category", ServiceCategory),
        provider_id=parameters.identifier("provider"),
        reference=codes.compact(parameters.text("q")),
    )
