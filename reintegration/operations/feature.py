"""How operations join the house: commands, and the way that mail leaves; no page."""

from flask import Flask

from reintegration.operations import mail, outbox_lane
from reintegration.operations.cli import audit_cli, doctor, run_scheduler, run_task
from reintegration.operations.outbox_cli import outbox_cli
from reintegration.settings import Settings


def register(app: Flask) -> None:
    """Add the commands and the channel."""
    settings: Settings = app.extensions["settings"]
    outbox_lane.register(app, mail.channel(settings))
    for command in (audit_cli, outbox_cli, run_scheduler, run_task, doctor):
        app.cli.add_command(command)
