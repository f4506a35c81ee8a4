"""Orders of which Stripe said nothing or said no, and transfers that are taken back."""

from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reintegration.accounts.queries.users import names_behind
from reintegration.kernel import clock
from reintegration.kernel.db import session
from reintegration.kernel.errors import NotFound
from reintegration.web import parameters
from reintegration.web.current import acting, current_actor
from reintegration.web.once import Next
from reintegration.web.pages import Pages
from reintegration.web.submit import Asking, asked, asked_why
from vouchers.payments.forms.claims import ReasonForm
from vouchers.payments.models import PaymentOrder
from vouchers.payments.queries import batches
from vouchers.payments.states import Rail
from vouchers.stripe_rail.forms import ReversalForm
from vouchers.stripe_rail.models import StripeReversal
from vouchers.stripe_rail.permissions import StripePermission
from vouchers.stripe_rail.queries import reversals as reading
from vouchers.stripe_rail.queries import under_way
from vouchers.stripe_rail.services import reversals
from vouchers.stripe_rail.states import ReversalCause, ReversalState
from vouchers.stripe_rail.views import order_slots, refusal_words

bp = Pages("stripe_orders", __name__, url_prefix="/stripe/orders")
UNKNOWN, FAILED, TAKEN_BACK = "unknown", "failed", "taken_back"


def load_order(transfer_id: UUID) -> PaymentOrder:
    """Return an order of this rail within reach: its one transfer has its id."""
    order = batches.order_or_404(session(), current_actor(), transfer_id)
    if order.batch.rail != Rail.STRIPE_TRANSFER:
        raise NotFound
    return order


def load_reversal(reversal_id: UUID) -> StripeReversal:
    """Return a reversal within reach."""
    return reading.reversal_or_404(session(), current_actor(), reversal_id)


@bp.page("/", StripePermission.VIEW)
def index() -> ResponseReturnValue:
    """List what waits: orders without an answer, orders that failed, what shall be taken back."""
    show = parameters.choice("show", (UNKNOWN, FAILED, TAKEN_BACK), UNKNOWN)
    orders = _orders(show)
    waiting = reading.waiting(session(), current_actor()) if show == TAKEN_BACK else []
    return render_template(
        "vouchers/stripe_rail/orders.html",
        show=show,
        orders=orders,
        standing=under_way.orders_under_way(session(), [one.id for one in orders]),
        said=order_slots.said,
        why=refusal_words.not_paid,
        waiting=waiting,
    )


def _orders(show: str) -> list[PaymentOrder]:
    if show == UNKNOWN:
        return list(under_way.unknown(session(), current_actor()))
    if show == FAILED:
        return list(under_way.failed(session(), current_actor(), now=clock.now()))
    return []


@bp.form("/<uuid:transfer_id>/reversal", StripePermission.REVERSE, load=load_order)
def reverse(order: PaymentOrder) -> Asking:
    """Ask that a transfer is taken back, for one of the causes that apply."""
    cause = ReversalCause(parameters.choice("cause", list(ReversalCause), ReversalCause.CLAWBACK))
    most = reversals.most(session(), order, cause)
    form = ReversalForm(order.currency, amount=most)
    yield asked("vouchers/stripe_rail/reverse.html", form, order=order, cause=cause, most=most)
    reversal = reversals.ask(
        session(), order, cause=cause, amount=form.money, reason=form.reason.data or "", **acting()
    )
    return _back(reversal, _("It is asked. Nothing is taken back before an approver confirms it."))


@bp.page("/reversals/<uuid:reversal_id>", StripePermission.VIEW, load=load_reversal)
def reversal(reversal: StripeReversal) -> ResponseReturnValue:
    """Show what shall be taken back, and how far it is."""
    order = load_order(reversal.order_id)
    found = None
    if reversal.state == ReversalState.ASKED:
        found = under_way.under_way(session(), reversals.key_of(reversal.id))
    return render_template(
        "vouchers/stripe_rail/reversal.html",
        reversal=reversal,
        order=order,
        standing=found,
        said=order_slots.said,
        problem=_problem(reversal),
        people=names_behind(session(), (reversal, "asked_by"), (reversal, "confirmed_by")),
        P=StripePermission,
    )


def _problem(reversal: StripeReversal) -> str:
    declined = reversal.state == ReversalState.DECLINED
    if declined or not reversal.problem:
        return reversal.problem
    return refusal_words.not_taken_back(reversal.problem)


@bp.form(
    "/reversals/<uuid:reversal_id>/confirm", StripePermission.CONFIRM_REVERSAL, load=load_reversal
)
def confirm(reversal: StripeReversal) -> Asking:
    """Confirm what somebody else asked; it is sent to Stripe then."""
    yield asked(
        "vouchers/stripe_rail/confirm.html", reversal=reversal, order=load_order(reversal.order_id)
    )
    reversals.confirm(session(), reversal, **acting())
    return _back(reversal, _("It is confirmed and sent to Stripe. What became of it stands here."))


@bp.form(
    "/reversals/<uuid:reversal_id>/decline", StripePermission.CONFIRM_REVERSAL, load=load_reversal
)
def decline(reversal: StripeReversal) -> Asking:
    """Take nothing back."""
    page = "vouchers/stripe_rail/decline.html"
    reason = yield from asked_why(
        page, ReasonForm(), reversal=reversal, order=load_order(reversal.order_id)
    )
    reversals.decline(session(), reversal, reason=reason, **acting())
    return _back(reversal, _("Declined. Nothing is taken back."))


def _back(reversal: StripeReversal, said: str) -> Next:
    return Next(url_for(".reversal", reversal_id=reversal.id), said)
