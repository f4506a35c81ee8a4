"""`flask export`: everything that an institution owns, in files that any program reads."""

from pathlib import Path

import click
from flask.cli import with_appcontext

from reintegration.kernel import clock
from reintegration.kernel.errors import DomainError
from reintegration.operations.export import making
from reintegration.operations.export.making import Names
from reintegration.web.commands import Refused


@click.command("export")
@click.argument("target", metavar="FOLDER", type=click.Path(path_type=Path))
@click.option(
    "--identity", metavar="NUMBER", help="With names: the number of the request that two approved."
)
@click.option("--to", "public", help="With names: the public key (age1…) of whoever receives them.")
@with_appcontext
def export(target: Path, identity: str | None, public: str | None) -> None:
    """Write everything into FOLDER, without names unless two people approved it."""
    if (identity is None) != (public is None):
        raise click.ClickException(
            "Names leave with both: --identity NUMBER of an approved request, and --to PUBLIC_KEY."
        )
    with_names = Names(identity, public) if identity and public else None
    try:
        made = making.export(target, with_names=with_names, now=clock.now())
    except DomainError as error:
        raise Refused(error) from None
    click.echo(f"{target}: {made.files} files, {made.rows} rows")
    click.echo("with names, sealed" if with_names else "without names")
    for part in made.closed:
        click.echo(f"✗ page {part} of a paper does not open any more: a backup may hold it")
