"""`flask keys`: the pair for backups, what lies under which master key, and changing it."""

import os
from pathlib import Path

import click
from flask.cli import with_appcontext

from reintegration.kernel import clock, key_sample
from reintegration.kernel.actor import OPERATOR
from reintegration.kernel.crypto import Keyring
from reintegration.kernel.db import act_as, session
from reintegration.operations import key_rotation
from reintegration.operations.backup import sealing
from reintegration.operations.key_rotation import Lying, Status
from reintegration.web.commands import Commands

keys_cli = Commands("keys", help="Keys: of backups, and the master key.")


@keys_cli.command("status")
@with_appcontext
def status() -> None:
    """Say what lies under which master key; exit 0 only if all opens, under the current one."""
    ring = _ring()
    session().commit()
    _tell(key_rotation.status(session(), ring))


@keys_cli.command("rotate")
@with_appcontext
def rotate() -> None:
    """Bring everything that is sealed under the current master key, while people go on working."""
    ring = _ring()
    session().commit()
    found = key_rotation.rotate(session(), ring, now=clock.now, tell=click.echo)
    _tell(found)


@keys_cli.command("backup")
@click.argument("file", type=click.Path(path_type=Path))
def make_backup_keys(file: Path) -> None:
    """Make a pair of keys for backups: the private one into FILE, the public one on the screen."""
    public, private = sealing.new_keys()
    try:
        opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(opened, "w") as kept:
            kept.write(f"# the public key: {public}\n{private}\n")
    except FileExistsError:
        raise click.ClickException("There is a file of this name already.") from None
    click.echo(public)
    click.echo(
        f"Keep {file} where this server cannot reach it, in two places: without it no backup opens."
        " Set the line above as PUNTE_BACKUP_KEY.",
        err=True,
    )


def _ring() -> Keyring:
    """Return the keys of this process, once they fit."""
    opened = session()
    act_as(opened, OPERATOR)
    ring: Keyring = opened.info["keyring"]
    if said := key_sample.misfit(opened, ring, now=clock.now()):
        raise click.ClickException(said)
    return ring


def _tell(found: Status) -> None:
    """Print what lies where; raise with exit 1 unless everything lies under the current key."""
    click.echo(f"current key: {found.current}")
    for name in found.read:
        click.echo(f"only read:   {name}")
    for table in found.tables:
        click.echo(_line(table, found.current))
    for problem in (one for table in found.tables for one in table.problems):
        click.echo(f"✗ {problem}")
    if found.unread:
        raise click.ClickException(
            f"{found.unread} rows are not opened by any key that is set. They are left as they are:"
            " set the key that is missing, or bring damaged rows back from a backup."
        )
    if not found.is_whole and not found.elsewhere:
        raise click.ClickException(
            "A process was started with another current key, though nothing lies under it:"
            " `flask --app wsgi keys rotate` once more when none has it"
        )
    if not found.is_whole:
        raise click.ClickException(
            f"{found.elsewhere} rows lie under another key than the current one:"
            " `flask --app wsgi keys rotate`"
        )
    click.echo("✓ everything lies under the current key, and opens")
    for name in found.read:
        click.echo(
            f"  {name} may be taken out of PUNTE_MASTER_KEYS_READ once no process has it as its"
            " current key, and this says the same a day later; keep it beside the backups that were"
            " made under it"
        )


def _line(table: Lying, current: str) -> str:
    others = [
        f"{count} under {name}" for name, count in sorted(table.under.items()) if name != current
    ]
    return f"{table.table}: {', '.join([f'{table.under[current]} under the current key', *others])}"
