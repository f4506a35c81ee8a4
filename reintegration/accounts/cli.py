"""`flask user …`: accounts from the command line, as the logged operator."""

from datetime import datetime

import click
from flask.cli import AppGroup
from sqlalchemy import select

from reintegration.accounts.models import Organisation, User
from reintegration.accounts.services import users
from reintegration.accounts.states import OrganisationKind
from reintegration.codelists.languages import Locale
from reintegration.kernel import clock
from reintegration.kernel.actor import OPERATOR, Role
from reintegration.kernel.db import act_as, session
from reintegration.kernel.errors import DomainError
from reintegration.kernel.ids import new_id
from reintegration.kernel.locking import committed

_ROLES = click.Choice([str(role) for role in Role])
_LOCALES = click.Choice([str(locale) for locale in Locale])
user_cli = AppGroup("user", help="Accounts of people.")


@user_cli.command("create")
@click.option("--email", required=True)
@click.option("--name", required=True)
@click.option("--role", "roles", multiple=True, required=True, type=_ROLES)
@click.option("--organisation", required=True, help="Made as an office of the programme if new.")
@click.option("--locale", default=str(Locale.RO), type=_LOCALES)
@click.password_option(help="The first password; it must be changed at the first sign-in.")
def create(
    email: str, name: str, roles: tuple[str, ...], organisation: str, locale: str, password: str
) -> None:
    """Make an account, such as the first administrator's."""
    act_as(session(), OPERATOR)
    now = clock.now()

    def create() -> User:
        return users.create_user(
            session(),
            actor=OPERATOR,
            email=email,
            name=name,
            password=password,
            organisation=_organisation(organisation, now),
            roles=[Role(role) for role in roles],
            locale=Locale(locale),
            now=now,
        )

    try:
        user = committed(session(), create)
    except DomainError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"created {user.email}")


def _organisation(name: str, now: datetime) -> Organisation:
    """Return the organisation of that name, made now if there is none."""
    found = session().scalar(select(Organisation).where(Organisation.name == name))
    if found is None:
        found = Organisation(
            id=new_id(), name=name, kind=OrganisationKind.PROGRAMME, created_at=now
        )
        session().add(found)
        session().flush()
    return found
