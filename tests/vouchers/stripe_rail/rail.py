"""Orders that leave for the simulator of Stripe, with the client of the product, over HTTP."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from reintegration.kernel import clock
from reintegration.kernel.lanes import Lane
from reintegration.kernel.outbox import OutboxMessage
from reintegration.operations import outbox_lane
from tests.factories.cast import Cast
from tests.factories.payments import (
    as_system,
    at_stripe,
    make_batch,
    make_checked_claim,
    make_deliveries,
    pay_at,
)
from tests.tools.conftest import Stripe
from tools.stripe_simulator import advance, arm
from vouchers.payments.models import PaymentOrder
from vouchers.payments.states import Rail as By
from vouchers.stripe_rail.gateway import Gateway

CALL = "POST /v1/transfers"


@dataclass
class Rail:
    """Our house and a Stripe; `after` is how far their clocks are ahead, in hours."""

    session: Session
    cast: Cast
    app: Flask
    stripe: Stripe
    account: str = ""
    after: timedelta = field(default_factory=timedelta)

    def open_account(self) -> None:
        """Let the cast's provider be paid at an account there, and fill our balance."""
        self.stripe.top_up(1_000_000, "mdl")
        self.account = self.stripe.account()
        opened = at_stripe(self.session, self.cast.provider, self.account)
        pay_at(self.session, self.cast, opened, self.cast.provider)

    def order(self, deliveries: int = 1) -> PaymentOrder:
        """Release an order of so many deliveries, by three people."""
        made = make_deliveries(self.session, self.cast, deliveries)
        claim = make_checked_claim(self.session, self.cast, deliveries=made)
        batch = make_batch(
            self.session, self.cast, [claim], until="released", by=By.STRIPE_TRANSFER
        )
        return batch.orders[0]

    def wrong(self, switch: str, *, times: int = 1, seconds: float | None = None) -> None:
        """Let the next transfers go wrong at Stripe."""
        arm(self.stripe.state, switch, times=times, matching=CALL, seconds=seconds)

    def later(self, **ahead: float) -> None:
        """Let time pass, here and there."""
        self.after += timedelta(**ahead)
        advance(self.stripe.state, timedelta(**ahead).total_seconds())

    def deliver(self) -> None:
        """Let the lane of payments have its turn."""
        self.session.commit()
        outbox_lane.deliver_due(self.app, clock.now() + self.after, Lane.PAYMENTS)
        as_system(self.session)
        self.session.expire_all()

    def settled(self, order: PaymentOrder, *, turns: int = 8) -> str:
        """Let the lane have turns, hours apart, until the order is settled or failed."""
        for _ in range(turns):
            self.deliver()
            if order.state != "released":
                break
            self.later(hours=5)
        return str(order.state)

    def messages(self) -> list[OutboxMessage]:
        """Return the messages of this lane."""
        as_system(self.session)
        found = select(OutboxMessage).where(OutboxMessage.channel.startswith("stripe."))
        return list(self.session.scalars(found))

    def transfers(self) -> Counter[str]:
        """Return how many transfers Stripe made for each order."""
        made = self.stripe.state.books.transfers.values()
        return Counter(one.metadata["order"] for one in made)


def hasty(url: str, *, key: str = "sk_test_simulator", answer: float = 5.0) -> Gateway:
    """Return the product's way to a simulator, which repeats nothing by itself."""
    return Gateway(key, api_base=url, wait=(2.0, answer), repeats=0)
