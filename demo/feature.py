"""How the demo joins the house: a group of commands, and nothing in production."""

import json
import sys
import time

import click
from flask import Flask, current_app
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from demo import load as loading
from demo import logins
from demo.handing_out import hand_out
from reintegration.accounts.models import User
from reintegration.accounts.services import second_factor
from reintegration.kernel import clock
from reintegration.kernel.errors import DomainError
from reintegration.settings import Settings
from reintegration.web.commands import Commands

demo_cli = Commands("demo", help="Invented data; refused in production.")
_SCALE = click.option(
    "--scale",
    type=click.FloatRange(0.05, 20),
    default=1.0,
    show_default=True,
    help="How much of everything: 1 is 120 cases and 600 vouchers, besides four paid in euro and"
    " three that came in by a file.",
)


def register(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(demo_cli)


@demo_cli.command("load")
@_SCALE
@click.option("--if-empty", is_flag=True, help="Do nothing when there is data already.")
def load(scale: float, if_empty: bool) -> None:
    """Invent a year of people, providers, vouchers and payments, and their sign-ins."""
    settings = _demo_settings()
    with current_app.test_request_context(), loading.owner_session(settings) as session:
        if not loading.is_empty(session):
            loading.finish(session, settings)
            if if_empty:
                return
            raise click.ClickException("there is data already: `demo reset` replaces all of it")
        logins.forget(settings.instance)
        _load(session, settings, scale)


@demo_cli.command("reset")
@_SCALE
def reset(scale: float) -> None:
    """Throw everything away and load the demo anew."""
    settings = _demo_settings()
    with current_app.test_request_context(), loading.owner_session(settings) as session:
        loading.reset(session)
        _load(session, settings, scale)


@demo_cli.command("vouchers")
@click.option("--count", type=click.IntRange(1, 100_000), required=True)
@click.option("--json", "as_json", is_flag=True, required=True, help="Print a JSON list.")
def vouchers(count: int, as_json: bool) -> None:
    """Issue fresh vouchers with code, PIN and a token that may redeem each of them."""
    assert as_json
    settings = _demo_settings()
    with current_app.test_request_context(), loading.owner_session(settings) as session:
        try:
            made = hand_out(session, count)
            session.commit()
        except DomainError as error:
            raise click.ClickException(str(error)) from None
    json.dump(made, sys.stdout, indent=1)
    sys.stdout.write("\n")


@demo_cli.command("code")
@click.argument("email")
def code(email: str) -> None:
    """Print the code that the app of EMAIL would show now, for whoever has no app at hand."""
    settings = _demo_settings()
    with current_app.test_request_context(), loading.owner_session(settings) as session:
        user = session.scalar(select(User).where(func.lower(User.email) == email.strip().lower()))
        found = second_factor.next_code(session, user, now=clock.now()) if user else None
    if found is None:
        raise click.ClickException(f"{email} is asked for no code")
    shown, waits = found
    time.sleep(waits)  # two codes of this half minute have served already
    click.echo(shown)


def _demo_settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    if not settings.is_demo:
        raise click.ClickException("the demo is refused in production: its data are invented")
    return settings


def _load(session: Session, settings: Settings, scale: float) -> None:
    try:
        loading.load(session, settings, scale=scale)
    except loading.DemoBroken as error:
        raise click.ClickException(f"the books of the demo do not hold: {error}") from None
