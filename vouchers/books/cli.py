"""`flask ledger …`: the books from the command line, as the logged operator."""

import click

from reintegration.kernel.actor import OPERATOR
from reintegration.kernel.db import act_as, session
from reintegration.web.commands import Commands
from vouchers.books.services.laws import broken, laws
from vouchers.books.services.settling import marks

ledger_cli = Commands("ledger", help="The ledger.")
books_cli = Commands("books", help="What the books begin with.")
ABOUT_IMPORT = """Propose the balances that the books begin with, from a CSV or XLSX file.

A finance approver posts them in the browser. A dry run shows each entry, and whether the laws
hold."""


@ledger_cli.command("check")
@click.option("--all", "everything", is_flag=True, help="Everything, not only what is new.")
def check(everything: bool) -> None:
    """Check every law of the books; exit 1 and name each one that does not hold."""
    act_as(session(), OPERATOR)
    found = broken(session(), None if everything else marks(session()))
    failing = {failure.law.name: failure for failure in found}
    for law in laws():
        if law.name in failing:
            click.echo(f"✗ {failing[law.name]}")
        else:
            click.echo(f"✓ {law.says}")
    if found:
        raise click.ClickException(f"{len(found)} of {len(laws())} laws do not hold")
    click.echo(f"{len(laws())} laws hold")
