"""`flask bank …`: statements from the command line, as the logged operator."""

import json
import sys
from pathlib import Path

import click
from sqlalchemy.orm import Session

from reintegration.kernel import clock
from reintegration.kernel.actor import OPERATOR
from reintegration.kernel.errors import N_, Invalid
from reintegration.web.commands import Commands, Refused, encoding_option, operating
from vouchers.bank.queries.bank import accounts
from vouchers.bank.services.bank_answers import import_answer
from vouchers.bank.services.import_report import (
    ImportReport,
    StatementReport,
    all_of,
    document,
    refused,
    spelled_line,
)
from vouchers.bank.services.statement_import import import_file
from vouchers.books.models import BankAccount
from vouchers.formats.iban import compact
from vouchers.formats.pain002 import is_answer
from vouchers.formats.sniff import HEAD_BYTES

MOST_BYTES = 200 * 1024 * 1024
"""What the command reads; a page takes less, because it travels through a browser."""
bank_cli = Commands("bank", help="Statements of the bank.")


@bank_cli.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@encoding_option
@click.option("--account", help="Of a file that does not say it: the IBAN of one of ours.")
@click.option("--dry-run", is_flag=True, help="Say what would happen; write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON, also when it refuses.")
@click.option("--lines", is_flag=True, help="Print every line as it was read.")
def import_statement(
    file: Path,
    *,
    encoding: str | None,
    account: str | None,
    dry_run: bool,
    as_json: bool,
    lines: bool,
) -> None:
    """Import a camt.053, camt.054, MT940 or CSV file, or an answer to payments (pain.002).

    Exits 1 and says why when it is refused.

    A dry run reads any account and says when it is not one of ours. A table is read by the columns
    that somebody said of its account, where they are kept.
    """
    content = _read(file)
    if is_answer(content[:HEAD_BYTES]):
        _import_answer(file.name, content, dry_run=dry_run, as_json=as_json)
        return
    try:
        report = operating(
            lambda opened: import_file(
                opened,
                actor=OPERATOR,
                name=file.name,
                content=content,
                now=clock.now(),
                dry_run=dry_run,
                shown=sys.maxsize if lines else 0,
                encoding=encoding,
                chosen=_ours(opened, account) if account else None,
                most=MOST_BYTES,
            )
        )
    except Refused as said:
        if as_json:
            click.echo(json.dumps(refused(said.error)))
            sys.exit(1)
        for other in all_of(said.error)[1:]:
            click.echo(f"  ! {other}", err=True)
        raise
    click.echo(json.dumps(document(report)) if as_json else _text(report))


def _import_answer(name: str, content: bytes, *, dry_run: bool, as_json: bool) -> None:
    try:
        report = operating(
            lambda opened: import_answer(
                opened,
                actor=OPERATOR,
                name=name,
                content=content,
                now=clock.now(),
                dry_run=dry_run,
                most=MOST_BYTES,
            )
        )
    except Refused as said:
        if as_json:
            click.echo(json.dumps(refused(said.error)))
            sys.exit(1)
        raise
    if as_json:
        click.echo(json.dumps({"status": "ok", **report.as_json()}))
        return
    before = (
        ["this answer was imported before: nothing was added"] if report.imported_before else []
    )
    counted = (
        f"batch {report.batch}: {report.status or 'nothing said'} of the whole;"
        f" {report.failed} failed, {report.waiting} to decide, {report.noted} noted,"
        f" {len(report.unknown)} not of it"
    )
    click.echo("\n".join([*before, counted]))


def _read(file: Path) -> bytes:
    """Return the content; of a file that is too large no more than shows it."""
    with file.open("rb") as opened:
        return opened.read(MOST_BYTES + 1)


def _ours(session: Session, iban: str) -> BankAccount:
    """Return the account of ours that was named."""
    found = next((one for one in accounts(session) if one.iban == compact(iban)), None)
    if found is None:
        raise Invalid(N_("%(iban)s is not one of our accounts."), code="account", iban=iban)
    return found


def _text(report: ImportReport) -> str:
    lines = [line for one in report.statements for line in _statement(one)]
    if report.imported_before:
        lines.append("this file was imported before: nothing was added")
    lines.append(
        f"{report.matched} matched by themselves, {report.returned} returned,"
        f" {report.suggested} proposed, {report.exceptions} to look at"
    )
    return "\n".join(lines)


def _statement(one: StatementReport) -> list[str]:
    skipped = f", {one.skipped} left out" if one.skipped else ""
    read = ["  read by the columns that are kept of the account"] if one.columns else []
    return [
        f"{one.iban} {one.since}..{one.until}: {one.lines} lines, {one.new} new{skipped}",
        *read,
        *(f"  ! {problem['message'] % problem['params']}" for problem in one.problems),
        *(f"  {spelled_line(line)}" for line in one.read),
    ]
