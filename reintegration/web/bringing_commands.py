"""Bringing a table in by a command, as the logged operator: all rows or none."""

import json
import sys
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from reintegration.kernel import clock
from reintegration.kernel.actor import OPERATOR
from reintegration.kernel.errors import DomainError, Invalid
from reintegration.web.bringing import MOST_BYTES, Done, Kind, bring_in, unreadable
from reintegration.web.commands import encoding_option, operating
from reintegration.web.table_reading import Table, read


def import_command(kind: Kind, said: str) -> click.Command:
    """Return the command that brings in a CSV or XLSX file of one kind; `said` is its help."""

    @click.command("import", help=said)
    @click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @encoding_option
    @click.option("--dry-run", is_flag=True, help="Say what would be done and write nothing.")
    @click.option("--json", "as_json", is_flag=True, help="Print one JSON, also when it refuses.")
    @with_appcontext
    def import_file(file: Path, *, encoding: str | None, dry_run: bool, as_json: bool) -> None:
        try:
            table = _table(file, encoding)
        except DomainError as error:
            done = unreadable(error)
        else:
            done = operating(
                lambda opened: bring_in(
                    opened, kind, table, actor=OPERATOR, now=clock.now(), only_try=dry_run
                )
            )
        _say(done, dry_run=dry_run, as_json=as_json)

    return import_file


def _table(file: Path, encoding: str | None) -> Table:
    with file.open("rb") as opened:
        content = opened.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise Invalid("This file is too large. Divide it.", code="file")
    return read(content, encoding)


def _say(done: Done, *, dry_run: bool, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(_document(done, dry_run=dry_run)))
        sys.exit(int(bool(done.errors)))
    for error in done.errors:
        click.echo(error.line, err=True)
    for column in done.ignored:
        click.echo(f"column not known, left out: {column}", err=True)
    for note in done.notes:
        click.echo(note.message % note.params, err=True)
    if done.errors:
        raise click.ClickException(f"{len(done.errors)} errors, nothing was written")
    click.echo(f"{done.total} rows" + (", nothing was written: a dry run" if dry_run else ""))
    for name, count in done.counts.items():
        click.echo(f"{name.replace('_', ' ')}: {count}")


def _document(done: Done, *, dry_run: bool) -> dict[str, Any]:
    """Return what programs read; a row that is 0 is the whole file."""
    return {
        "rows": done.total,
        "written": not dry_run and not done.errors,
        "counts": dict(done.counts),
        "errors": [
            {"row": one.row or None, "column": one.column, "message": one.words}
            for one in done.errors
        ],
        "ignored": list(done.ignored),
        "notes": [note.message % note.params for note in done.notes],
    }
