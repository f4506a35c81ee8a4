"""What must be true before anything is served or run: master key, schema and role fit.

The web server and the scheduler ask when they start; a command that writes asks before it does.
Where the database does not answer at the start, the first request asks instead.
"""

import logging
import os
from collections.abc import Iterator

from flask import Flask, current_app, request
from flask.typing import ResponseReturnValue
from sqlalchemy import create_engine, pool, text
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.orm import Session

from reintegration.kernel import clock, key_sample, schema
from reintegration.kernel.actor import SYSTEM
from reintegration.kernel.crypto import Keyring
from reintegration.kernel.db import ENGINE, act_as, passes_walls
from reintegration.settings import HalfConfigured, Settings
from reintegration.web import errors

log = logging.getLogger(__name__)
_BEHIND = (
    "The database is at version %s, this program needs %s. Run `flask --app wsgi upgrade` first (in"
    " production: systemctl restart punte-migrate, see docs/operations.md, Upgrade)."
)
UNBOUND = (
    "DATABASE_URL names a role that owns the database or that row-level security does not bind: the"
    " second wall would not stand. Set the role of the application, made as docs/operations.md says"
    " (NOSUPERUSER NOBYPASSRLS, not the owner)."
)
_UNASKED = "starting.unasked"
_OPEN = frozenset({"static", "healthz"})


def require(app: Flask) -> None:
    """Raise HalfConfigured, and so end this process, when key or schema do not fit.

    A database that does not answer yet is asked at the first request. Commands ask themselves.
    """
    if os.environ.get("FLASK_RUN_FROM_CLI") == "true":
        return
    try:
        refuse_misfits(app)
    except OperationalError:
        log.warning("the database does not answer yet: key and schema are checked once it does")
        app.extensions[_UNASKED] = True


def refuse_misfits(app: Flask) -> None:
    """Raise HalfConfigured, in words, with all that is wrong of key, schema and role."""
    settings: Settings = app.extensions["settings"]
    ring: Keyring = app.extensions["keyring"]
    engine = create_engine(settings.database_url, poolclass=pool.NullPool, **ENGINE)
    try:
        with Session(engine) as session, session.begin():
            if found := list(_misfits(session, settings, ring)):
                raise HalfConfigured("\n".join(found))
    finally:
        engine.dispose()


def _misfits(session: Session, settings: Settings, ring: Keyring) -> Iterator[str]:
    if not settings.is_demo and passes_walls(session):
        yield UNBOUND
    if said := _behind(session):
        yield said
        return
    act_as(session, SYSTEM)  # asks for what only this program's own schema has
    if wrong := key_sample.misfit(session, ring, now=clock.now()):
        yield wrong


def init_app(app: Flask) -> None:
    """Stand before every page while key and schema are not known to fit."""
    app.before_request(_ask_now)


def _behind(session: Session) -> str:
    try:
        with session.begin_nested():
            version = session.scalar(text("SELECT version_num FROM alembic_version"))
    except ProgrammingError:  # there is no such table: nothing was migrated
        version = None
    return _BEHIND % (version or "none", schema.head()) if schema.is_behind(version) else ""


def _ask_now() -> ResponseReturnValue | None:
    if not current_app.extensions.get(_UNASKED) or request.endpoint in _OPEN:
        return None
    if said := _misfit(current_app):
        log.error("%s", said)
        return errors.unavailable()
    return None


def _misfit(app: Flask) -> str:
    """Return why this process must not serve; nothing once it may, or while nobody can tell."""
    try:
        refuse_misfits(app)
    except OperationalError:  # the page itself says that the database does not answer
        return ""
    except HalfConfigured as misfit:
        return str(misfit)
    app.extensions[_UNASKED] = False
    return ""
