"""Fixtures that every test may use: the application on a real database, and servers on it."""

import tempfile
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from _pytest.nodeid import coerce_node_id
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session

from reintegration import settings as configuration
from reintegration.accounts.models import User
from reintegration.accounts.services.sign_in import start_session
from reintegration.app import create_app
from reintegration.kernel import clock, dated_rules, tries
from reintegration.kernel import db as kernel_db
from reintegration.kernel.actor import SYSTEM
from reintegration.papers import store
from tests import sampling
from tests.budget import Budget
from tests.database import Database, Restorer, Server, temporary_server
from tests.factories.cast import Cast
from tests.factories.remembered import RememberedCast
from tests.live import LiveServer, run_live
from tests.lock_order import Watch

_SERVER = pytest.StashKey[Server]()
_ASKED = pytest.StashKey[str]()
_LONGEST_FIRST = ("browser-walk", "browser-phone", "load", "demo")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a run ask everything instead of a sample."""
    parser.addoption("--deep", action="store_true", help="ask big matrices completely")


def pytest_configure(config: pytest.Config) -> None:
    """Settle what this run asks, before any test is looked for."""
    config.stash[_ASKED] = sampling.begin(deep=config.getoption("--deep"))
    config.pluginmanager.register(Budget(config, lambda: _database_pid(config)))


def _database_pid(config: pytest.Config) -> int | None:
    return config.stash[_SERVER].cluster._postmaster_pid() if _SERVER in config.stash else None


def pytest_report_header(config: pytest.Config) -> str:
    """Say how to ask the same again."""
    return f"big matrices: {config.stash[_ASKED]}"


def _run_server(config: pytest.Config) -> Server:
    """Return this run's PostgreSQL, which the controller of the run starts and stops."""
    if _SERVER not in config.stash:
        folder = getattr(config, "workerinput", {}).get("server_folder")
        if folder is not None:
            config.stash[_SERVER] = Server(Path(folder))
        else:
            server = Server(Path(tempfile.mkdtemp(prefix="punte-test-")))
            config.stash[_SERVER] = server
            server.start()
    return config.stash[_SERVER]


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of pytest-xdist where the run's PostgreSQL is."""
    node.workerinput["server_folder"] = str(_run_server(node.config).folder)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the run's PostgreSQL where it was started."""
    if not hasattr(config, "workerinput") and _SERVER in config.stash:
        config.stash[_SERVER].stop()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what only a complete run asks, begin with what takes longest, keep groups whole.

    xdist 3.8 names an `xdist_group` where pytest 9.2 does not look.
    """
    sampling.leave_out(config, items)
    items.sort(key=_begins)
    for item in items:
        grouped = getattr(item, "_nodeid", None)
        if grouped is not None:
            item._id = coerce_node_id(grouped)


def _begins(item: pytest.Item) -> int:
    """Return when an item begins: a long one that began last would leave one worker alone with it."""
    group = item.get_closest_marker("xdist_group")
    named = group.args[0] if group else ""
    return _LONGEST_FIRST.index(named) if named in _LONGEST_FIRST else len(_LONGEST_FIRST)


@pytest.fixture(scope="session")
def postgres(request: pytest.FixtureRequest) -> Server:
    """The run's PostgreSQL; not crash-safe (see `durable_postgres`)."""
    return _run_server(request.config)


@pytest.fixture(scope="session")
def _database(postgres: Server, worker_id: str) -> Database:
    return postgres.clone(f"punte_{worker_id}")


@pytest.fixture(scope="session")
def _restorer(postgres: Server, _database: Database) -> Iterator[Restorer]:
    restorer = Restorer(postgres, _database)
    yield restorer
    restorer.close()


@pytest.fixture(scope="session")
def app(_database: Database) -> Iterator[Flask]:
    """The application, connected as the role that is not the owner."""
    app = create_app(configuration.from_environment(_database.environment()))
    app.config["TESTING"] = True
    app.config["WTF_CSRF_ENABLED"] = False  # tests/web/test_csrf.py turns it on
    app.test_client_class = _Client
    app.extensions["keyring"].open_new_house()
    yield app
    with app.app_context():
        engine = kernel_db.db.engine
    with Session(engine) as any_session:
        tries.companion(any_session).dispose()
    engine.dispose()


@pytest.fixture
def committed_db(_database: Database, _restorer: Restorer) -> Iterator[Database]:
    """The worker's database, migrated and otherwise empty, brought back to that afterwards.

    Commits are real; other processes may connect with `committed_db.process_environment()`.
    """
    yield _database
    _restorer.restore()


@pytest.fixture
def session(app: Flask, committed_db: Database) -> Iterator[Session]:
    """A session that acts as the system: it sees and may write every row.

    What it holds is committed before each request of `client`; commit it yourself before
    anything else shall see it.
    """
    assert committed_db.name
    store.use(store.Folder(app.extensions["settings"].papers))
    opened = _system_session(app)
    _Client.before_request = opened.commit
    yield opened
    _Client.before_request = None
    opened.rollback()
    opened.close()


def _system_session(app: Flask) -> Session:
    keyring = app.extensions["keyring"]
    with app.app_context():
        opened = Session(kernel_db.db.engine, info={"keyring": keyring})
    kernel_db.act_as(opened, SYSTEM)
    return opened


@pytest.fixture(autouse=True)
def _locks_in_order(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever a test does, it takes locks in the written order."""
    watch = Watch()
    with watch.on_all_engines():
        yield
    if request.node.get_closest_marker("out_of_order") is None:
        assert not watch.found, "\n".join(dict.fromkeys(watch.found))


@pytest.fixture
def sent(session: Session) -> Iterator[list[str]]:
    """The statements that go to PostgreSQL; a test clears them where it begins to look."""
    found: list[str] = []
    engine = session.get_bind().engine

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        found.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield found
    event.remove(engine, "before_cursor_execute", note)


@pytest.fixture(autouse=True)
def rules_as_punte_came() -> Iterator[None]:
    """Let no test be judged by a rule that another one set, though it asks no database."""
    yield
    if dated_rules._book.versions:
        dated_rules._book = dated_rules.Book()


@pytest.fixture
def client(app: Flask, committed_db: Database) -> FlaskClient:
    """A browser without a page: keeps cookies, follows nothing by itself."""
    assert committed_db.name
    return app.test_client()


class _Client(FlaskClient):
    """Commits what the test's session holds, so that the request finds it; gives forms a key."""

    before_request: Callable[[], None] | None = None
    _one_session = threading.Lock()  # browsers may send at once, from threads of their own

    def open(self, *args: Any, **kwargs: Any) -> Any:
        if _Client.before_request is not None:
            with self._one_session:
                _Client.before_request()
        fields = kwargs.get("data") or {}
        if kwargs.get("method") == "POST" and "json" not in kwargs and isinstance(fields, dict):
            kwargs["data"] = {"form_key": uuid4().hex} | fields
        return super().open(*args, **kwargs)


@pytest.fixture(scope="session")
def _remembered_cast(app: Flask, _restorer: Restorer) -> RememberedCast:
    with _system_session(app) as session:
        return RememberedCast(session, _restorer)


@pytest.fixture
def cast(session: Session, _remembered_cast: RememberedCast) -> Cast:
    """One invented person for each role, two providers and a fund."""
    return _remembered_cast.put_back(session)


@pytest.fixture
def sign_in(app: Flask, session: Session) -> Callable[[User], FlaskClient]:
    """Return a function that gives a browser in which a person is signed in."""

    def browser(user: User) -> FlaskClient:
        token = start_session(
            session, user, device="test", lifetime=timedelta(hours=8), now=clock.now()
        )
        session.commit()
        client = app.test_client()
        client.set_cookie("punte-session", token)
        return client

    return browser


@pytest.fixture
def new_database(postgres: Server, worker_id: str) -> Iterator[Callable[[], Database]]:
    """Return a function that makes one more migrated database, for this test alone."""
    made: list[Database] = []

    def make() -> Database:
        database = postgres.clone(f"punte_{worker_id}_{len(made)}")
        made.append(database)
        return database

    yield make
    for database in made:
        postgres.drop(database.name)


@pytest.fixture
def live_server(tmp_path: Path) -> Iterator[Callable[..., LiveServer]]:
    """Return a function that runs the application on a free port: `live_server(database, workers=4)`."""
    running: list[LiveServer] = []

    def start(
        database: Database, *, workers: int = 1, threads: int = 4, app: str = "wsgi:app"
    ) -> LiveServer:
        log = tmp_path / f"server-{len(running)}.log"
        running.append(run_live(database, log, workers=workers, threads=threads, app=app))
        return running[-1]

    yield start
    for server in running:
        server.stop()


@pytest.fixture
def durable_postgres() -> Iterator[Server]:
    """A PostgreSQL of its own with fsync on, for tests that kill it."""
    with temporary_server({}) as server:
        yield server


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user may pass through, as PostgreSQL needs where tests run as root."""
    with tempfile.TemporaryDirectory(prefix="punte-test-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o711)
        yield Path(name)
