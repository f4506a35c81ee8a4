"""The story of an order in words: who did what, when it left, and what became of it.

Of what happens at a payment service its rail tells: `payment_order.steps` are the steps after the
release, `payment_orders.standing` how orders stand that left, `payment_order.failure` why one
failed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from flask_babel import gettext as _

from reintegration.kernel.words import Worded
from reintegration.web import slots
from reintegration.web.filters import day, instant
from vouchers.payments.models import PaymentOrder
from vouchers.payments.services import rails
from vouchers.payments.states import OrderState


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an order: its word, its tone (grey: not yet), and when, by whom or what then."""

    word: str
    tone: str
    text: str


def story(order: PaymentOrder, names: Mapping[UUID, str]) -> list[Step]:
    """Return the steps of an order, those to come too."""
    batch = order.batch
    told = (
        (_("Prepared"), batch.prepared_by, batch.prepared_at),
        (_("Approved"), batch.approved_by, batch.approved_at),
        (_("Released"), batch.released_by, batch.released_at),
    )
    steps = [
        Step(
            word,
            "moss" if when else "grey",
            f"{(who and names.get(who)) or _('the programme')}, {instant(when)}"
            if when
            else _("not yet"),
        )
        for word, who, when in told
    ]
    if order.state == OrderState.CANCELLED:
        return [*steps, Step(_("Cancelled"), "grey", _("It never left."))]
    if not order.amount:
        return [*steps, Step(_("Set off"), "moss", _("All of it is set off: nothing is sent."))]
    if rails.of(batch.rail).service:
        return [*steps, *slots.collect("payment_order.steps", order=order)]
    return [*steps, _at_bank(order)]


def _at_bank(order: PaymentOrder) -> Step:
    if order.state == OrderState.FAILED:
        return Step(_("The bank refused it"), "clay", order.failure)
    if order.state == OrderState.RETURNED:
        return Step(_("It came back"), "clay", order.failure)
    if order.settled_on:
        return Step(_("Paid by the bank"), "moss", day(order.settled_on))
    return Step(_("Paid by the bank"), "grey", _("not yet"))


def failure(order: PaymentOrder) -> str:
    """Return why an order failed or came back, in words."""
    told: list[str] = slots.collect("payment_order.failure", order=order)
    return next(iter(told), order.failure)


def standing(orders: Iterable[PaymentOrder]) -> dict[UUID, Worded]:
    """Return how those of these orders stand that are under way at a payment service."""
    return dict(slots.collect("payment_orders.standing", orders=list(orders)))
