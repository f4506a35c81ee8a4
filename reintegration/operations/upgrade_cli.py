"""`flask upgrade`: what an upgrade of the schema will change, and the upgrade, with a way back."""

from pathlib import Path

import click
import flask_migrate
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import create_engine, pool

from reintegration.kernel import clock
from reintegration.kernel.db import ENGINE
from reintegration.kernel.errors import DomainError
from reintegration.operations import upgrading
from reintegration.settings import Settings
from reintegration.web.commands import Refused


@click.command("upgrade")
@click.option("--plan", "only_plan", is_flag=True, help="Only say what will change.")
@click.option(
    "--backup",
    metavar="PATH",
    type=click.Path(path_type=Path),
    help="The backup to go back to, not older than a day; of a folder the newest.",
)
@click.option("--without-backup", is_flag=True, help="There is another way back.")
@with_appcontext
def upgrade(only_plan: bool, backup: Path | None, without_backup: bool) -> None:
    """Bring the schema up to date; refused without a backup of the last day to go back to."""
    try:
        waiting, way_back = _look(backup, asked=not (only_plan or without_backup))
    except DomainError as error:
        raise Refused(error) from None
    if not waiting:
        click.echo("Nothing waits: the schema is that of this program.")
        return
    click.echo(f"{len(waiting)} steps wait:")
    for step in waiting:
        for line in step.told():
            click.echo(f"  {line}")
    click.echo(f"Backup to go back to: {way_back}" if way_back else "No backup was named.")
    click.echo(upgrading.WAY_BACK)
    if not only_plan:
        flask_migrate.upgrade()
        click.echo("The schema is that of this program.")


def _look(backup: Path | None, *, asked: bool) -> tuple[list[upgrading.Step], Path | None]:
    """Return what waits and the backup that was named; raise where one is asked for and missing."""
    settings: Settings = current_app.extensions["settings"]
    engine = create_engine(settings.database_url, poolclass=pool.NullPool, **ENGINE)
    try:
        with engine.connect() as connection:
            present, waiting = upgrading.version(connection), upgrading.steps(connection)
    finally:
        engine.dispose()
    if not waiting or present is None:  # nothing to do, or nothing to lose
        return waiting, None
    if backup is not None:
        return waiting, upgrading.check_backup(backup, present=present, now=clock.now())
    if asked:
        raise click.ClickException(
            "Name the backup to go back to, --backup PATH, or say --without-backup where you have"
            " another way back. --plan only says what will change."
        )
    return waiting, None
