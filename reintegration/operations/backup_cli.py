"""`flask backup`, `flask restore`, `flask drilled`: what an administrator keeps elsewhere."""

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext

from reintegration.faults import OBJECTS
from reintegration.kernel import clock
from reintegration.kernel.crypto import Keyring
from reintegration.kernel.db import keyring, session
from reintegration.kernel.errors import DomainError
from reintegration.operations.backup import drill, erased, making, restoring
from reintegration.settings import Settings
from reintegration.web.commands import Refused

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


class _Backup(click.Path):
    """A file that is there, or an object of a store."""

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        """Look whether a file is there; an object is asked for when it is read."""
        if str(value).startswith(OBJECTS):
            return str(value)
        return str(super().convert(value, param, ctx))


_BACKUP = _Backup(exists=True, dir_okay=False)


@click.command("backup")
@click.argument("target")
@click.option("--to", "public", help="The public key (age1…); otherwise PUNTE_BACKUP_KEY.")
@with_appcontext
def backup(target: str, public: str | None) -> None:
    """Write a sealed backup to TARGET: a file, a folder, s3://bucket/, or - for standard output."""
    settings = _settings()
    to = public or settings.backup_key
    if to is None:
        raise click.ClickException(
            "Set PUNTE_BACKUP_KEY, or say --to: the public key that `flask keys backup` made."
        )
    now = clock.now()
    try:
        made = making.make(settings, _ring(), target=target, to=to, now=now)
    except DomainError as error:
        raise Refused(error) from None
    told = made.told(now)
    click.echo(f"{made.target}: {told['rows']} rows, {made.bytes} bytes, {made.sha256}", err=True)


@click.command("restore")
@click.argument("file", type=_BACKUP)
@click.option("--key", "private", type=_FILE, required=True, help="The file of the private key.")
@click.option(
    "--erased", "listed", type=_FILE, help="The newest erased.jsonl; otherwise the instance's."
)
@click.option("--drill", "is_drill", is_flag=True, help="Only try it, in a database of its own.")
@click.option(
    "--result", type=click.Path(path_type=Path), help="Where the signed result of a drill goes."
)
@with_appcontext
def restore(
    file: str, private: Path, listed: Path | None, is_drill: bool, result: Path | None
) -> None:
    """Bring a backup back into an empty database, or try whether it can be brought back."""
    try:
        if is_drill:
            _drill(file, private, listed, result)
        else:
            _restore(file, private, listed)
    except DomainError as error:
        raise Refused(error) from None


def _restore(file: str, private: Path, listed: Path | None) -> None:
    settings, keys = _settings(), _ring()
    told = restoring.restore(
        settings,
        keys,
        backup=file,
        private_key=private,
        erased=partial(erased.read, listed or settings.instance / erased.NAME),
        now=clock.now(),
    )
    click.echo(
        f"{told.rows} rows and {told.papers} papers of {told.manifest['made_at']} are back;"
        f" {told.erased} persons who were erased since were erased again"
    )
    for name in told.damaged:
        click.echo(f"✗ paper {name} was damaged before the backup was made")


def _drill(file: str, private: Path, listed: Path | None, result: Path | None) -> None:
    settings, keys = _settings(), _ring()
    found = drill.drill(
        settings,
        keys,
        backup=file,
        private_key=private,
        erased=partial(erased.read, listed or settings.instance / erased.NAME),
        now=clock.now(),
    )
    line = found.signed(keys)
    if result is None:
        drill.keep(settings.instance, line, keys)
    else:
        result.write_text(line + "\n", encoding="utf-8")
    click.echo(
        f"{found.rows} rows and {found.papers} papers of {_told(found.made_at)} came back in"
        f" {found.seconds:.0f} s"
    )
    for problem in found.problems:
        click.echo(f"✗ {problem}")
    if found.problems:
        raise click.ClickException("this backup does not hold")
    click.echo("✓ counts, sums, books, trail and papers hold")


@click.command("drilled")
@click.argument("file", type=_FILE)
@with_appcontext
def drilled(file: Path) -> None:
    """Keep the signed result of a drill that ran elsewhere, for the doctor."""
    try:
        found = drill.keep(
            _settings().instance, file.read_text(encoding="utf-8"), keyring(session())
        )
    except DomainError as error:
        raise Refused(error) from None
    click.echo(f"kept: a backup of {_told(found.made_at)} was tried on {_told(found.drilled_at)}")


def _ring() -> Keyring:
    """Return the master keys; those of the house stand in the backup, not in the empty database."""
    found: Keyring = current_app.extensions["keyring"]
    return found


def _told(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _settings() -> Settings:
    found: Settings = current_app.extensions["settings"]
    return found
