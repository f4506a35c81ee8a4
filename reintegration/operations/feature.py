"""How operations join the house: commands, and no page."""

from flask import Flask

from reintegration.operations.cli import audit_cli, doctor, run_scheduler


def register(app: Flask) -> None:
    """Add the commands."""
    for command in (audit_cli, run_scheduler, doctor):
        app.cli.add_command(command)
