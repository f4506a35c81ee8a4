"""`flask providers …`: the directory from the command line, as the logged operator."""

from pathlib import Path

import click

from providers.vetting.services.imports import providers_import
from providers.vetting.services.imports.rows import Checked
from reintegration.kernel import clock
from reintegration.kernel.actor import OPERATOR
from reintegration.web.commands import Commands, encoding_option, operating

providers_cli = Commands("providers", help="The directory of providers.")


@providers_cli.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@encoding_option
@click.option("--dry-run", is_flag=True, help="Say what is wrong and write nothing.")
@click.option("--take-valid", is_flag=True, help="Write the valid rows although others are wrong.")
def import_file(file: Path, *, encoding: str | None, dry_run: bool, take_valid: bool) -> None:
    """Import organisations, sites, offerings and prices from a CSV or XLSX file.

    Nothing is written unless every row is valid, or the valid part is asked for.
    """
    checked = operating(
        lambda opened: providers_import.compared(
            opened, providers_import.examine(file.read_bytes(), encoding=encoding)
        )
    )
    _report(checked)
    if checked.errors and not take_valid:
        raise click.ClickException(f"{len(checked.errors)} errors, nothing was written")
    if dry_run:
        return
    summary = operating(
        lambda opened: providers_import.write(
            opened, actor=OPERATOR, rows=checked.rows, now=clock.now()
        )
    )
    for name, count in summary.as_json().items():
        click.echo(f"{name.replace('_', ' ')}: {count}")


def _report(checked: Checked) -> None:
    for error in checked.errors:
        words = error.message % error.params if error.params else error.message
        click.echo(f"row {error.row}, {error.column}: {words}", err=True)
    for column in checked.ignored:
        click.echo(f"column not known, left out: {column}", err=True)
    click.echo(f"{checked.total} rows, {len(checked.rows)} valid, {len(checked.errors)} errors")
