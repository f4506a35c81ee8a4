"""The stage of a run: one PostgreSQL with fsync on, our schema, the invented cast, a web server."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from reintegration import settings as configuration
from reintegration.accounts.models import User
from reintegration.accounts.services.sign_in import start_session
from reintegration.app import create_app
from reintegration.kernel import clock
from reintegration.kernel.actor import SYSTEM
from reintegration.kernel.db import act_as
from reintegration.kernel.money import Money
from tests.database import Database, Server, temporary_server
from tests.factories.cast import Cast, make_cast, make_fund
from tests.live import LiveServer, run_live

WORKERS, THREADS = 2, 4  # as `make run` starts them
_ENOUGH = Money(100_000_000_000, "MDL")  # for every voucher of a run


@dataclass
class Stage:
    """What the legs stand on."""

    app: Flask
    server: Server
    database: Database
    session: Session
    cast: Cast

    def cookie(self, user: User) -> dict[str, str]:
        """Sign a person in and return the header that a browser would send."""
        token = start_session(
            self.session, user, device="bench", lifetime=timedelta(hours=8), now=clock.now()
        )
        self.session.commit()
        return {"Cookie": f"punte-session={token}"}


@contextmanager
def stage() -> Iterator[Stage]:
    """Build it, durable: what is acknowledged is on the disk."""
    with temporary_server({}) as server:
        database = server.clone("punte_bench")
        settings = configuration.from_environment(database.environment())
        app = create_app(settings)
        engine = create_engine(database.url)
        with (
            app.app_context(),
            Session(engine, info={"keyring": settings.new_keyring()}) as session,
        ):
            act_as(session, SYSTEM)
            cast = make_cast(session)
            cast.fund, cast.budget_line = make_fund(session, "SPR-3", "MDL", _ENOUGH)
            session.commit()
            yield Stage(app, server, database, session, cast)
        engine.dispose()


@contextmanager
def web(
    database: Database, log: Path, environment: Mapping[str, str] | None = None
) -> Iterator[LiveServer]:
    """Serve the application as `make run` does, under settings beside those of the database."""
    server = run_live(
        *(database, log), workers=WORKERS, threads=THREADS, app="wsgi:app", environment=environment
    )
    try:
        yield server
    finally:
        server.stop()
