"""The lane of payments in a process of its own, which stops where it is told to.

`python -m tests.vouchers.stripe_rail.worker ADDRESS FOLDER PLACE`: it says in FOLDER that it has come
to PLACE (claimed, before_call, after_call, before_settle), and waits to be killed. Without a place it
works off what is due and ends.
"""

import sys
import time
from dataclasses import replace
from pathlib import Path

from reintegration.app import create_app
from reintegration.kernel import clock, outbox
from reintegration.kernel.lanes import Lane
from reintegration.operations import environment, outbox_lane
from tests.vouchers.stripe_rail.rail import hasty
from vouchers.stripe_rail.channels import transfers

PLACES = ("claimed", "before_call", "after_call", "before_settle")


def main(address: str, folder: Path, place: str) -> None:
    """Deliver what is due."""

    def come_to(here: str) -> None:
        if here == place:
            (folder / "reached").touch()
            time.sleep(600)

    app = create_app(environment.settings())
    stripe = hasty(address)
    pay = stripe.transfer

    def transfer(**asked):
        come_to("before_call")
        made = pay(**asked)
        come_to("after_call")
        return made

    def send(message):
        come_to("claimed")
        return transfers.send(message)

    def came_of(*told):
        come_to("before_settle")
        transfers.came_of(*told)

    stripe.transfer = transfer  # type: ignore[method-assign]
    app.extensions["stripe"] = stripe
    outbox.register(replace(transfers.channel(), send=send, came_of=came_of))
    outbox_lane.deliver_due(app, clock.now(), Lane.PAYMENTS)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else "")
