"""The edge of a command: it acts as the logged operator, and all of it is kept or none."""

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import click
from click import ClickException, Context
from flask import Flask
from flask.cli import AppGroup
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from reintegration.kernel import clock, key_sample
from reintegration.kernel.actor import OPERATOR
from reintegration.kernel.crypto import KeyMissing, NotOpened
from reintegration.kernel.db import act_as, session
from reintegration.kernel.encodings import Encoding
from reintegration.kernel.errors import DomainError
from reintegration.kernel.locking import committed
from reintegration.kernel.text import freed

Done = TypeVar("Done")
_PASSWORD = ("28P01", "28000")
_NOT_REACHED = (None, "57P01", "57P02", "57P03", "08000", "08003", "08006", *_PASSWORD)
"""What PostgreSQL, or the driver without it, calls a connection that is not there."""


class Commands(AppGroup):
    """The commands of a feature; what is typed behind them is freed like any text that comes in."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: Context | None = None, **extra: Any
    ) -> Context:
        """Read the words of a line."""
        return super().make_context(info_name, [freed(one) for one in args], parent, **extra)


encoding_option = click.option(
    "--encoding", type=click.Choice([str(one) for one in Encoding]), help="Otherwise: found out."
)
"""In which letters a file is written, by Python's name of the encoding."""


class Refused(ClickException):
    """What a service refuses, said as a sentence with exit 1; `error` has its parts."""

    def __init__(self, error: DomainError) -> None:
        super().__init__(str(error))
        self.error = error


def unreachable(error: OperationalError) -> str:
    """Say why the database is not reached: a wrong password is no stopped server."""
    said = str(error.orig)
    if getattr(error.orig, "sqlstate", None) in _PASSWORD or "password authentication" in said:
        return "the database refuses the password or role in DATABASE_URL"
    return "the database does not answer; is it running, and is DATABASE_URL its address?"


def in_words(app: Flask) -> None:
    """Let every command, of ours and of others, say in words that the database is not reached."""
    for command in app.cli.commands.values():
        command.invoke = partial(_told, command.invoke)  # type: ignore[method-assign]


def _told(invoke: Callable[[Context], Any], context: Context) -> Any:
    try:
        return invoke(context)
    except (KeyMissing, NotOpened) as unread:
        raise click.ClickException(str(unread)) from None
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) not in _NOT_REACHED:
            raise
        raise click.ClickException(unreachable(error)) from None


def operating(act: Callable[[Session], Done]) -> Done:
    """Return what `act` did, committed; what a service refuses is said, with exit 1."""
    opened = session()
    act_as(opened, OPERATOR)
    if said := key_sample.misfit(opened, opened.info["keyring"], now=clock.now()):
        raise click.ClickException(said)
    try:
        return committed(opened, lambda: act(opened))
    except DomainError as error:
        raise Refused(error) from None
