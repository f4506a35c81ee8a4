"""`flask outbox …`: messages that did not arrive, or of which nobody knows."""

from datetime import datetime
from uuid import UUID

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from reintegration.kernel import audit, clock, outbox
from reintegration.kernel.actor import OPERATOR
from reintegration.kernel.db import act_as, session
from reintegration.kernel.errors import DomainError
from reintegration.kernel.locking import committed

outbox_cli = AppGroup("outbox", help="Messages to the outside.")


@outbox_cli.command("list")
def list_open() -> None:
    """List what failed and what may or may not have left, without what it says."""
    act_as(session(), OPERATOR)
    for one in outbox.undecided(session()):
        click.echo(
            f"{one.id} {one.state} {one.channel} since {one.queued_at:%Y-%m-%d %H:%M}"
            f" ({one.attempts} attempts) {one.error or ''}"
        )


@outbox_cli.command("settle")
@click.argument("message", type=click.UUID)
@click.option("--again", "decision", flag_value="again", help="Send it again, under its key.")
@click.option("--sent", "decision", flag_value="sent", help="Take it as sent: it has arrived.")
def settle(message: UUID, decision: str | None) -> None:
    """Decide on a message that failed or of which nobody knows."""
    if decision is None:
        raise click.UsageError("Say --again or --sent.")
    act_as(session(), OPERATOR)
    now = clock.now()
    try:
        committed(session(), lambda: _settle(session(), message, decision, now))
    except DomainError as error:
        raise click.ClickException(str(error)) from None
    click.echo("queued again" if decision == "again" else "taken as sent")


def _settle(opened: Session, message: UUID, decision: str, now: datetime) -> None:
    if decision == "again":
        outbox.send_again(opened, message, now=now)
    else:
        outbox.take_as_sent(opened, message, now=now)
    audit.record(
        opened,
        "outbox:send_again" if decision == "again" else "outbox:take_as_sent",
        audit.Subject("outbox_message", message),
        actor=OPERATOR,
        now=now,
    )
