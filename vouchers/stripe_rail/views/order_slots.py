"""What the page of an order and of a batch say of what happens at Stripe."""

from collections.abc import Sequence
from uuid import UUID

from flask_babel import gettext as _

from reintegration.kernel import permissions
from reintegration.kernel.db import session
from reintegration.kernel.words import Worded
from reintegration.web import slots
from reintegration.web.current import current_actor
from reintegration.web.filters import day, instant, translated
from vouchers.payments.models import PaymentOrder
from vouchers.payments.states import OrderState, Rail
from vouchers.payments.views.order_story import Step
from vouchers.stripe_rail.models import StripeTransfer
from vouchers.stripe_rail.permissions import StripePermission
from vouchers.stripe_rail.queries import payouts, reversals, under_way
from vouchers.stripe_rail.queries.under_way import UnderWay
from vouchers.stripe_rail.services import reversals as taking_back
from vouchers.stripe_rail.states import PayoutState, ReversalCause, Standing
from vouchers.stripe_rail.views import account_words, refusal_words


def _is_ours(order: PaymentOrder) -> bool:
    return order.batch.rail == Rail.STRIPE_TRANSFER


def steps(*, order: PaymentOrder) -> list[Step]:
    """Return what follows the release of an order: sent, confirmed, paid out."""
    if not _is_ours(order):
        return []
    transfer = reversals.transfer_of(session(), order)
    if transfer is not None:
        return [*_paid(transfer), _paid_out(transfer), *_came_back(order)]
    if order.state == OrderState.FAILED:
        return [Step(_("Not paid"), "clay", refusal_words.not_paid(order.failure))]
    return [_on_its_way(order), Step(_("Confirmed"), "grey", _("not yet"))]


def _paid(transfer: StripeTransfer) -> list[Step]:
    sent = _(
        "%(moment)s, as %(transfer)s", moment=instant(transfer.made_at), transfer=transfer.reference
    )
    return [Step(_("Sent"), "moss", sent), Step(_("Confirmed"), "moss", instant(transfer.known_at))]


def _paid_out(transfer: StripeTransfer) -> Step:
    """Tell of the payout that took the money of a transfer along to the provider's bank."""
    payout = payouts.next_after(session(), transfer)
    if payout is None:
        return Step(_("Paid out"), "grey", _("not yet: it is on the provider's account at Stripe"))
    word, tone = str(translated(payout.state)), payout.state.tone
    if payout.state in payouts.NOT_ARRIVED:
        told = _("It did not reach the provider's bank and is back on its account at Stripe.")
        if payout.state is PayoutState.FAILED:
            told = f"{told} {account_words.not_paid_out(payout.failure_code)}"
    elif payout.state is PayoutState.PAID:
        told = _("at the provider's bank on %(day)s", day=day(payout.arrives_on))
    else:
        told = _("expected at the provider's bank on %(day)s", day=day(payout.arrives_on))
    return Step(word, tone, told)


def _came_back(order: PaymentOrder) -> list[Step]:
    if order.state != OrderState.RETURNED:
        return []
    return [Step(_("Taken back"), "clay", _("All of it came back. Its claims can be paid again."))]


def _on_its_way(order: PaymentOrder) -> Step:
    found = under_way.orders_under_way(session(), [order.id]).get(order.id)
    if found is None:
        return Step(_("Sent"), "grey", _("not yet"))
    return Step(str(translated(found.standing)), found.standing.tone, said(found))


def said(found: UnderWay) -> str:
    """Return in a sentence how a message stands that is under way to Stripe."""
    moment = instant(found.next_at)
    if found.standing is Standing.UNKNOWN:
        told = _(
            "The money may have left. Stripe is asked again at %(moment)s, and never pays twice.",
            moment=moment,
        )
    elif found.standing is Standing.LATER:
        told = _("Nothing left yet. It is sent again at %(moment)s.", moment=moment)
    else:
        told = _("since %(moment)s", moment=instant(found.queued_at))
    return str(told)


def standing(*, orders: Sequence[PaymentOrder]) -> list[tuple[UUID, Worded]]:
    """Return how the messages of those orders stand that Stripe has not settled."""
    away = [one.id for one in orders if one.state == OrderState.RELEASED and _is_ours(one)]
    found = under_way.orders_under_way(session(), away)
    return [(key, one.standing) for key, one in found.items()]


def failure(*, order: PaymentOrder) -> list[str]:
    """Return why Stripe did not pay an order."""
    if _is_ours(order) and order.state == OrderState.FAILED:
        return [refusal_words.not_paid(order.failure)]
    return []


def actions(*, order: PaymentOrder) -> str:
    """Return the way to take an order back, where somebody may and there is something."""
    if not _is_ours(order) or not permissions.permits(
        current_actor(), StripePermission.REVERSE, order
    ):
        return ""
    if taking_back.is_under_way(session(), order):
        return ""
    causes = [one for one in ReversalCause if taking_back.most(session(), order, one)]
    return slots.part("vouchers/stripe_rail/_order_actions.html", order=order, causes=causes)


def cards(*, order: PaymentOrder) -> str:
    """Return what of an order was taken back and shall be."""
    if not _is_ours(order):
        return ""
    found = reversals.of_order(session(), current_actor(), order)
    return slots.part("vouchers/stripe_rail/_order_reversals.html", reversals=found)
