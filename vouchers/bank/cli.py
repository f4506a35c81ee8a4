"""`flask bank …`: statements from the command line, as the logged operator."""

import json
from pathlib import Path

import click

from reintegration.kernel import clock
from reintegration.kernel.actor import OPERATOR
from reintegration.web.commands import Commands, encoding_option, operating
from vouchers.bank.services.statement_import import MAX_BYTES, ImportReport, import_file

bank_cli = Commands("bank", help="Statements of the bank.")


@bank_cli.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@encoding_option
@click.option("--dry-run", is_flag=True, help="Say what would happen; write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def import_statement(file: Path, *, encoding: str | None, dry_run: bool, as_json: bool) -> None:
    """Import a camt.053, MT940 or CSV statement; exit 1 and say why when it is refused."""
    report = operating(
        lambda opened: import_file(
            opened,
            actor=OPERATOR,
            name=file.name,
            content=_read(file),
            now=clock.now(),
            dry_run=dry_run,
            encoding=encoding,
        )
    )
    click.echo(json.dumps(report.as_json()) if as_json else _text(report))


def _read(file: Path) -> bytes:
    """Return the content; of a file that is too large no more than shows it."""
    with file.open("rb") as opened:
        return opened.read(MAX_BYTES + 1)


def _text(report: ImportReport) -> str:
    lines = [
        f"{one.iban} {one.since}..{one.until}: {one.lines} lines, {one.new} new"
        + "".join(f"\n  ! {p['message'] % p['params']}" for p in one.problems)
        for one in report.statements
    ]
    if report.imported_before:
        lines.append("this file was imported before: nothing was added")
    lines.append(
        f"{report.matched} matched by themselves, {report.returned} returned,"
        f" {report.suggested} proposed, {report.exceptions} to look at"
    )
    return "\n".join(lines)
