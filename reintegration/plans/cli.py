"""`flask cases …`: running cases in and out, as the logged operator; no name is among it."""

import os
from pathlib import Path

import click

from reintegration.kernel import clock
from reintegration.kernel.actor import OPERATOR
from reintegration.plans.services.bringing_cases import taking_out
from reintegration.plans.services.bringing_cases.columns import NAMES
from reintegration.web.commands import Commands, operating
from reintegration.web.table_files import FILES

cases_cli = Commands("cases", help="Running cases, without names.")
ABOUT_IMPORT = """Import running cases with needs and plans from a CSV or XLSX file, without names.

All cases come in, or none; a case that is in already stays as it is. Plans come in as drafts."""


@cases_cli.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export(file: Path) -> None:
    """Write the cases that are not closed to a CSV or XLSX file, as they can be imported.

    No name is in it, but what people need and plan: only its owner may read the file.
    """
    kind = file.suffix.lower().removeprefix(".")
    if kind not in FILES:
        raise click.ClickException("the name of the file ends in .csv or .xlsx")
    rows = operating(lambda opened: taking_out.rows(opened, actor=OPERATOR, now=clock.now()))
    write, _ = FILES[kind]
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
            opened.writelines(write(NAMES, rows))
    except FileExistsError:
        raise click.ClickException(f"{file} is there already") from None
    click.echo(f"{len(rows)} rows written to {file}")
