"""One small demo for all tests here: it is loaded once and only read, or added to."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy.orm import Session

from demo import load as loading
from reintegration import settings as configuration
from reintegration.accounts.services import passwords
from reintegration.app import create_app
from reintegration.kernel import tries
from reintegration.kernel.db import db
from reintegration.settings import Settings
from tests.database import Database, Server
from tests.release.figures import Figures, figures_of

SCALE = 0.05


@dataclass
class Demo:
    """The application on a database of its own, filled."""

    app: Flask
    database: Database
    settings: Settings
    as_loaded: Figures

    @property
    def logins_file(self) -> Path:
        return self.settings.instance / "demo-logins.tsv"

    @property
    def logins(self) -> list[list[str]]:
        return [line.split("\t") for line in self.logins_file.read_text().splitlines()]

    def run(self, *command: str):
        return self.app.test_cli_runner().invoke(args=list(command))


@pytest.fixture(scope="session")
def demo(postgres: Server, worker_id: str) -> Iterator[Demo]:
    database = postgres.clone(f"punte_demo_{worker_id}")
    settings = configuration.from_environment(database.environment())
    app = create_app(settings)
    app.config["TESTING"] = True
    app.config["WTF_CSRF_ENABLED"] = False
    quick = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    with (
        pytest.MonkeyPatch.context() as patch,
        app.test_request_context(),
        loading.owner_session(settings) as session,
    ):
        patch.setattr(passwords, "_hasher", quick)  # sixty people; what it makes is as valid
        loading.load(session, settings, scale=SCALE, tell=lambda _sentence: None)
    yield Demo(app, database, settings, figures_of(database.owner_url))
    with app.app_context(), Session(db.engine) as any_session:
        tries.companion(any_session).dispose()
        db.engine.dispose()
    postgres.drop(database.name)


@pytest.fixture
def read(demo: Demo) -> Iterator[Session]:
    """The owner's session on the demo; what a test changes in it is not kept."""
    with demo.app.test_request_context(), loading.owner_session(demo.settings) as session:
        yield session
