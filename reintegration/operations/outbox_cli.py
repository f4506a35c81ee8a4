"""`flask outbox …`: messages that did not arrive, or of which nobody knows."""

from uuid import UUID

import click

from reintegration.kernel import clock, outbox
from reintegration.kernel.actor import OPERATOR
from reintegration.kernel.db import act_as, session
from reintegration.kernel.errors import DomainError
from reintegration.kernel.locking import committed
from reintegration.kernel.outbox import OutboxMessage
from reintegration.operations import outgoing
from reintegration.operations.outgoing import Decision
from reintegration.web.commands import Commands

outbox_cli = Commands("outbox", help="Messages to the outside.")


@outbox_cli.command("list")
def list_open() -> None:
    """List what failed and what may or may not have left, without what it says."""
    act_as(session(), OPERATOR)
    oldest_first = outbox.undecided().order_by(OutboxMessage.queued_at, OutboxMessage.id)
    for one in session().scalars(oldest_first.limit(500)):
        click.echo(
            f"{one.id} {one.state} {one.channel} since {one.queued_at:%Y-%m-%d %H:%M}"
            f" ({one.attempts} attempts) {one.problem}"
        )


@outbox_cli.command("settle")
@click.argument("message", type=click.UUID)
@click.option(
    "--again", "decision", flag_value=Decision.AGAIN, help="Send it again, under its key."
)
@click.option(
    "--sent", "decision", flag_value=Decision.SENT, help="Take it as sent: it has arrived."
)
def settle(message: UUID, decision: str | None) -> None:
    """Decide on a message that failed or of which nobody knows."""
    if decision is None:
        raise click.UsageError("Say --again or --sent.")
    act_as(session(), OPERATOR)
    taken, now = Decision(decision), clock.now()
    try:
        committed(
            session(), lambda: outgoing.decide(session(), message, taken, actor=OPERATOR, now=now)
        )
    except DomainError as error:
        raise click.ClickException(str(error)) from None
    click.echo("queued again" if taken is Decision.AGAIN else "taken as sent")
