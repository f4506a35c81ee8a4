"""Commands of the house itself: the audit trail, the scheduler, and the doctor."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import text
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from reintegration.accounts.queries import access
from reintegration.kernel import audit_chain, bounded, clock, key_sample, outbox
from reintegration.kernel.actor import OPERATOR
from reintegration.kernel.crypto import Keyring, NotOpened, SealBroken
from reintegration.kernel.db import act_as, keyring, passes_walls, session
from reintegration.operations import checkup, key_rotation, scheduler, starting, task_lane
from reintegration.operations.backup import drill
from reintegration.settings import Settings
from reintegration.web import slots
from reintegration.web.commands import Commands, unreachable

T = TypeVar("T")
audit_cli = Commands("audit", help="The audit trail.")


@audit_cli.command("verify")
def verify() -> None:
    """Recompute the chain over the trail; exit 1 and say why when it does not hold."""
    act_as(session(), OPERATOR)
    log = _settings().audit_log
    report = audit_chain.verify(session(), keyring(session()), now=clock.now(), log=log)
    click.echo(f"{report.sealed} events sealed, {report.unsealed} waiting")
    if not report.holds:
        raise click.ClickException("; ".join(report.problems))


@click.command("scheduler")
def run_scheduler() -> None:
    """Run scheduled jobs and background tasks until stopped; one leader at a time."""
    scheduler.run(current_app._get_current_object())  # type: ignore[attr-defined]  # noqa: SLF001


@click.command("task", hidden=True)
@click.argument("task", type=click.UUID)
def run_task(task: UUID) -> None:
    """Run one claimed task; the scheduler starts a process for each."""
    task_lane.run_here(task)


@click.command("doctor")
@with_appcontext
def doctor() -> None:
    """Check that this installation can serve; exit 1 and say what to do when it cannot."""
    problems = [problem for check in _CHECKS for problem in check(clock.now())]
    for problem in problems:
        click.echo(f"✗ {problem}")
    for said in _told_of_drills():
        click.echo(f"  {said}")
    for note in _empty_tomorrow(clock.now()):
        click.echo(f"! {note}")
    if problems:
        raise click.ClickException(f"{len(problems)} to mend")
    click.echo("✓ everything holds")


def _as_operator(ask: Callable[[Session], T], otherwise: T) -> T:
    """Ask with all rows in sight; `otherwise` where schema or keys do not fit, which is told once.

    Before the schema is this program's, even naming the actor fails.
    """
    try:
        act_as(session(), OPERATOR)
        return ask(session())
    except (SQLAlchemyError, SealBroken, NotOpened):
        return otherwise
    finally:
        session().rollback()


def _empty_tomorrow(now: datetime) -> list[str]:
    """Say which roles somebody holds today, and too few can act in tomorrow."""
    tomorrow = clock.local_day(now) + timedelta(days=1)

    def too_few(session: Session) -> list[str]:
        already = access.understaffed(session)
        return [
            f"tomorrow too few can act as {role}: name a deputy, or give the role to somebody"
            for role in access.too_few_on(session, tomorrow)
            if role not in already
        ]

    return _as_operator(too_few, [])


def _settings() -> Settings:
    found: Settings = current_app.extensions["settings"]
    return found


def _check_database(_now: datetime) -> list[str]:
    try:
        return [starting.UNBOUND] if passes_walls(session()) else []
    except OperationalError as error:
        session().rollback()
        return [unreachable(error)]


def _check_schema(_now: datetime) -> list[str]:
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - only the doctor needs it

    config = current_app.extensions["migrate"].migrate.get_config()
    head = ScriptDirectory.from_config(config).get_current_head()
    try:
        present = session().scalar(text("SELECT version_num FROM alembic_version"))
    except SQLAlchemyError:
        session().rollback()
        present = None
    return [] if present == head else [f"the schema is at {present}, not {head}: run `upgrade`"]


def _check_audit(now: datetime) -> list[str]:
    def wrong(session: Session) -> list[str]:
        count, oldest = audit_chain.unsealed(session)
        found = audit_chain.compare_ends(session, _settings().audit_log)
        if oldest is not None and (now - oldest).total_seconds() > 600:
            found.append(f"{count} audit events wait for a seal: is the scheduler running?")
        return found

    return _as_operator(wrong, [])


def _check_outbox(_now: datetime) -> list[str]:
    waiting = _as_operator(lambda session: bounded.count(session, outbox.undecided()), 0)
    return [f"{waiting} messages may not have arrived: see `flask outbox list`"] if waiting else []


def _check_key(now: datetime) -> list[str]:
    def wrong(session: Session) -> str:
        said = key_sample.misfit(session, session.info["keyring"], now=now)
        session.commit()
        return said

    said = _as_operator(wrong, "")
    return [said] if said else []


def _check_backup(now: datetime) -> list[str]:
    ring = _opened_ring()
    return drill.doctor(_settings(), ring, now) if ring is not None else []


def _told_of_drills() -> list[str]:
    ring = _opened_ring()
    return drill.told(_settings(), ring) if ring is not None else []


def _opened_ring() -> Keyring | None:
    """Return the keys; nothing where they do not fit, which another check has told."""
    return _as_operator(keyring, None)


def _check_rotation(_now: datetime) -> list[str]:
    return _as_operator(lambda session: key_rotation.doctor(session, session.info["keyring"]), [])


def _check_what_the_database_says(now: datetime) -> list[str]:
    del now  # the clock of this machine is what is looked at
    try:
        connection = session().connection()
        return [
            *checkup.clock(connection, clock.of_machine()),
            *checkup.server(connection, _settings()),
            *checkup.writes(connection),
            *checkup.schema(connection),
        ]
    except SQLAlchemyError:
        session().rollback()
        return []


def _check_around(_now: datetime) -> list[str]:
    settings = _settings()
    return [
        *checkup.folder(settings),
        *checkup.papers(settings),
        *checkup.mail(settings),
        *checkup.production(settings),
    ]


def _check_features(now: datetime) -> list[str]:
    return _as_operator(
        lambda session: slots.collect("doctor.checks", session=session, now=now), []
    )


_CHECKS = (
    _check_around,
    _check_database,
    _check_what_the_database_says,
    _check_schema,
    _check_key,
    _check_rotation,
    _check_audit,
    _check_outbox,
    _check_backup,
    _check_features,
)
