"""`flask user …`: accounts from the command line, as the logged operator."""

from datetime import datetime

import click
from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reintegration.accounts.models import Organisation, User
from reintegration.accounts.services import organisations, users
from reintegration.accounts.services import second_factor_reset as resetting
from reintegration.codelists.languages import Locale
from reintegration.kernel import clock
from reintegration.kernel.actor import OPERATOR, Role
from reintegration.kernel.errors import or_404
from reintegration.settings import Settings
from reintegration.web.commands import Commands, operating

_ROLES = click.Choice([str(role) for role in Role])
_LOCALES = click.Choice([str(locale) for locale in Locale])
user_cli = Commands("user", help="Accounts of people.")
users_cli = Commands("users", help="Everybody who works here.")
ABOUT_IMPORT = """Import people and their offices from a CSV or XLSX file, and invite them by mail.

All rows come in, or none. Who has an account already stays as they are."""


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
    now = clock.now()
    user = operating(
        lambda opened: users.create_user(
            opened,
            actor=OPERATOR,
            email=email,
            name=name,
            password=password,
            organisation=_organisation(opened, organisation, now),
            roles=[Role(role) for role in roles],
            locale=Locale(locale),
            names=_names(),
            now=now,
        )
    )
    click.echo(f"created {user.email}")


@user_cli.command("reset")
@click.argument("email")
def reset_second_factor(email: str) -> None:
    """Remove the second factor of an administrator whom no other one can help."""

    def reset(opened: Session) -> None:
        user = opened.scalar(select(User).where(func.lower(User.email) == email.strip().lower()))
        resetting.reset(opened, or_404(user), actor=OPERATOR, now=clock.now())

    operating(reset)
    click.echo(f"{email} sets up a second factor at the next sign-in")


def _names() -> tuple[str, str]:
    """Return what the outside calls us: no password is made of it."""
    settings: Settings = current_app.extensions["settings"]
    return settings.public_name, settings.sender


def _organisation(opened: Session, name: str, now: datetime) -> Organisation:
    """Return the organisation of that name, made now if there is none."""
    found = opened.scalar(select(Organisation).where(Organisation.name == name))
    return found or organisations.create_office(opened, actor=OPERATOR, name=name, now=now)
