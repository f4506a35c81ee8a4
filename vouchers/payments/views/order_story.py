"""The story of an order in words: who did what, when it left, and what became of it.

Of what happens at a payment service its rail tells: `payment_order.steps` are the steps after the
release, `payment_orders.standing` how orders stand that left, `payment_order.failure` why one
failed. `payment_order.answers` are what the bank answered before it paid.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from reintegration.accounts.views.doers import signed_by
from reintegration.kernel.words import Worded
from reintegration.web import slots
from reintegration.web.filters import day, instant, money
from vouchers.payments.models import PaymentBatch, PaymentOrder
from vouchers.payments.services import rails
from vouchers.payments.states import OrderState

DONE = (
    (_l("Prepared"), "prepared_by", "prepared_at"),
    (_l("Approved"), "approved_by", "approved_at"),
    (_l("Released"), "released_by", "released_at"),
)
"""The steps of a batch: what they are called, who did them, and when."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an order: its word, its tone (grey: not yet), and when, by whom or what then."""

    word: str
    tone: str
    text: str


def story(order: PaymentOrder, names: Mapping[UUID, str]) -> list[Step]:
    """Return the steps of an order, those to come too."""
    batch = order.batch
    steps = [_done(str(word), batch, field, getattr(batch, at), names) for word, field, at in DONE]
    if order.state == OrderState.CANCELLED:
        return [*steps, Step(_("Cancelled"), "grey", _("It never left."))]
    if not order.amount:
        return [*steps, Step(_("Set off"), "moss", _("All of it is set off: nothing is sent."))]
    if rails.of(batch.rail).service:
        return [*steps, *slots.collect("payment_order.steps", order=order)]
    return [*steps, *slots.collect("payment_order.answers", order=order), _at_bank(order)]


def _done(
    word: str, batch: PaymentBatch, field: str, when: datetime | None, names: Mapping[UUID, str]
) -> Step:
    if when is None:
        return Step(word, "grey", _("not yet"))
    who = signed_by(names, batch, field) or _("the programme")
    return Step(word, "moss", f"{who}, {instant(when)}")


def _at_bank(order: PaymentOrder) -> Step:
    if order.state == OrderState.FAILED:
        return Step(_("The bank refused it"), "clay", failure(order))
    if order.state == OrderState.RETURNED:
        return Step(_("It came back"), "clay", failure(order))
    if order.settled_on:
        return Step(_("Paid by the bank"), "moss", day(order.settled_on))
    if order.paid:
        parts = _("%(paid)s of %(whole)s", paid=money(order.paid), whole=money(order.amount))
        return Step(_("Paid by the bank"), "gold", parts)
    return Step(_("Paid by the bank"), "grey", _("not yet"))


def failure(order: PaymentOrder) -> str:
    """Return why an order failed or came back, in words."""
    told: list[str] = slots.collect("payment_order.failure", order=order)
    return next(iter(told), order.failure)


def standing(orders: Iterable[PaymentOrder]) -> dict[UUID, Worded]:
    """Return how those of these orders stand that are under way at a payment service."""
    return dict(slots.collect("payment_orders.standing", orders=list(orders)))
