"""`flask providers …`: the directory from the command line, as the logged operator."""

import json
import sys
from pathlib import Path
from typing import Any

import click

from providers.vetting.services.imports import providers_import
from providers.vetting.services.imports.providers_import import Summary
from providers.vetting.services.imports.rows import ImportRow
from reintegration.kernel import clock
from reintegration.kernel.actor import OPERATOR
from reintegration.web.commands import Commands, Refused, encoding_option, operating
from reintegration.web.table_cells import CellError, Checked

providers_cli = Commands("providers", help="The directory of providers.")


@providers_cli.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@encoding_option
@click.option("--dry-run", is_flag=True, help="Say what is wrong and write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON, also when it refuses.")
@click.option("--take-valid", is_flag=True, help="Write the valid rows although others are wrong.")
def import_file(
    file: Path, *, encoding: str | None, dry_run: bool, as_json: bool, take_valid: bool
) -> None:
    """Import organisations, sites, offerings and prices from a CSV or XLSX file.

    Nothing is written unless every row is valid, or the valid part is asked for.
    """
    try:
        checked = operating(
            lambda opened: providers_import.compared(
                opened, providers_import.examine(file.read_bytes(), encoding=encoding)
            )
        )
    except Refused as refused:
        if not as_json:
            raise
        checked = Checked(0, (), (CellError(0, "", refused.error.message, refused.error.params),))
    stops = bool(checked.errors) and not take_valid
    summary = None if stops or dry_run else _write(checked)
    if as_json:
        click.echo(json.dumps(_document(checked, summary)))
        sys.exit(int(stops))
    _report(checked, summary)
    if stops:
        raise click.ClickException(f"{len(checked.errors)} errors, nothing was written")


def _write(checked: Checked[ImportRow]) -> Summary:
    return operating(
        lambda opened: providers_import.write(
            opened, actor=OPERATOR, rows=checked.rows, now=clock.now()
        )
    )


def _document(checked: Checked[ImportRow], summary: Summary | None) -> dict[str, Any]:
    """Return what was read and what is wrong as programs read it."""
    errors = [
        {"row": one.row or None, "column": one.column, "message": one.words}
        for one in checked.errors
    ]
    written = {"written": summary.as_json()} if summary else {}
    return {"rows": [row.as_told() for row in checked.rows], "errors": errors, **written}


def _report(checked: Checked[ImportRow], summary: Summary | None) -> None:
    for error in checked.errors:
        click.echo(error.line, err=True)
    for column in checked.ignored:
        click.echo(f"column not known, left out: {column}", err=True)
    for note in checked.notes:
        click.echo(note.message % note.params, err=True)
    click.echo(f"{checked.total} rows, {len(checked.rows)} valid, {len(checked.errors)} errors")
    for name, count in summary.as_json().items() if summary else ():
        click.echo(f"{name.replace('_', ' ')}: {count}")
