"""A worker of the outbox in a process of its own, whose one channel stops where it is told to.

`python -m tests.operations.worker FOLDER before|after`: it says in FOLDER that it is about to send or
has sent, and waits to be killed.
"""

import sys
import time
from pathlib import Path

from reintegration.app import create_app
from reintegration.kernel import clock, outbox
from reintegration.kernel.outbox import Channel, OutboxMessage
from reintegration.operations import environment, outbox_lane


def main(folder: Path, stops: str) -> None:
    """Deliver what is due."""

    def send(message: OutboxMessage) -> None:
        if stops == "after":
            (folder / f"{message.id}.sent").touch()
        (folder / "reached").touch()
        time.sleep(600)

    app = create_app(environment.settings())
    outbox.register(Channel("email", send))
    outbox_lane.deliver_due(app, clock.now())


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
