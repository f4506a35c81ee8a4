"""How operations join the house: commands, the way that mail leaves, and what did not arrive."""

from flask import Flask

from reintegration.cases.services.erasure import PersonErased
from reintegration.kernel import hooks, jobs, outbox, permissions
from reintegration.kernel.errors import N_
from reintegration.operations import jobs as own_jobs
from reintegration.operations import mail, outgoing_page, starting
from reintegration.operations.backup_cli import backup, drilled, restore
from reintegration.operations.cli import audit_cli, doctor, run_scheduler, run_task
from reintegration.operations.export_cli import export
from reintegration.operations.keys_cli import keys_cli
from reintegration.operations.outbox_cli import outbox_cli
from reintegration.operations.permissions import OutgoingPermission
from reintegration.operations.policy import POLICY
from reintegration.operations.upgrade_cli import upgrade
from reintegration.web import navigation, slots
from reintegration.web.navigation import Place


def register(app: Flask) -> None:
    """Add the commands and the channel."""
    permissions.register(POLICY)
    starting.init_app(app)
    outbox.register(mail.CHANNEL)
    jobs.register(own_jobs.WRITE_DOWN_ERASED)
    hooks.subscribe(PersonErased, own_jobs.write_down, preview=hooks.says_nothing)
    app.register_blueprint(outgoing_page.bp)
    slots.add("today.items", outgoing_page.items)
    navigation.add(
        Place(
            "outgoing.index",
            N_("Outgoing messages"),
            OutgoingPermission.DECIDE,
            88,
            count=outgoing_page.count,
        )
    )
    for group in (audit_cli, outbox_cli, keys_cli):
        app.cli.add_command(group)
    for command in (run_scheduler, run_task, doctor, backup, restore, drilled, export, upgrade):
        app.cli.add_command(command)
