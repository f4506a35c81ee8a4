"""The database session, and who it acts for.

Row-level security reads the actor from settings that live as long as the transaction. They are
set again at each transaction's begin, so a pooled connection never carries a former actor, and
a transaction without an actor sees no row of the three planes.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import current_app
from flask_sqlalchemy import SQLAlchemy
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, text
from sqlalchemy import event as sa_event
from sqlalchemy.orm import Session, SessionTransaction

from reintegration.kernel import clock, dated_rules, house_keys
from reintegration.kernel.actor import ANONYMOUS, SYSTEM, Actor, ActorKind
from reintegration.kernel.base import Base
from reintegration.kernel.crypto import Keyring
from reintegration.kernel.statements import ConstantStatement

db = SQLAlchemy(metadata=Base.metadata)
ENGINE = {"hide_parameters": True, "pool_pre_ping": True}
"""How an engine is made: no error says a parameter, and a connection that died is made anew."""

_SET_ACTOR = ConstantStatement(
    text(
        "SELECT set_config('punte.actor', :actor, true), set_config('punte.roles', :roles, true),"
        " set_config('punte.organisation', :organisation, true),"
        " set_config('punte.deputyship', :deputyship, true), clock_timestamp() AS moment,"
        " punte_edition() AS edition"
    )
)


def session() -> Session:
    """Return the session of the present request, command or job, with its application's keys."""
    opened = db.session()
    if "keyring" not in opened.info:
        opened.info["keyring"] = current_app.extensions["keyring"]
    return opened


def session_to_close() -> Session:
    """Return a session of the same actor that outlives the request; whoever reads it closes it."""
    return Session(db.engine, info=dict(session().info))


def actor_settings(actor: Actor) -> dict[str, str]:
    """Return the settings that row-level security reads, as text."""
    roles = set[str](actor.roles)
    if actor.kind in (ActorKind.SYSTEM, ActorKind.OPERATOR):
        roles.add("system")
    return {
        "actor": str(actor.id or ""),
        "roles": ",".join(sorted(roles)),
        "organisation": str(actor.organisation_id or ""),
        "deputyship": str(actor.deputyship_id or ""),
    }


def act_as(session: Session, actor: Actor) -> None:
    """Make `actor` the one whose rows `session` sees, now and in its later transactions."""
    session.info["actor"] = actor
    if session.in_transaction():
        _set_actor(session.connection(), actor)


def _set_actor(connection: Connection, actor: Actor) -> None:
    asked = clock.counted()
    told = _SET_ACTOR.on(connection, actor_settings(actor)).one()
    clock.hear(told.moment, asked)
    dated_rules.hear(connection, told.edition)


def remember_actor(session: Session, actor: Actor) -> None:
    """Note an actor whose settings the running transaction already carries."""
    session.info["actor"] = actor


def acting(session: Session) -> Actor:
    """Return the actor of `session`."""
    actor: Actor = session.info.get("actor", ANONYMOUS)
    return actor


@contextmanager
def acting_as_system(session: Session) -> Iterator[None]:
    """See all rows for one narrow step that the actor triggers but may not look at."""
    before = acting(session)
    session.flush()
    if actor_settings(before) == actor_settings(SYSTEM):  # sees all rows already
        yield from _called_system(session, before)
        return
    act_as(session, SYSTEM)
    try:
        yield
        session.flush()
    finally:
        session.info["actor"] = before
        if _can_go_on(session):
            act_as(session, before)


def _called_system(session: Session, before: Actor) -> Iterator[None]:
    session.info["actor"] = SYSTEM
    try:
        yield
        session.flush()
    finally:
        session.info["actor"] = before


def _can_go_on(session: Session) -> bool:
    """Whether the transaction takes another statement; one that failed is only rolled back."""
    if not (session.is_active and session.in_transaction()):
        return False
    driver: Any = session.connection().connection.dbapi_connection
    return bool(driver.info.transaction_status is not TransactionStatus.INERROR)


def passes_walls(session: Session) -> bool:
    """Whether the role that connects owns the database or is not bound by row-level security."""
    asked = text(
        "SELECT rolsuper OR rolbypassrls OR pg_get_userbyid(datdba) = current_user"
        " FROM pg_roles, pg_database"
        " WHERE rolname = current_user AND datname = current_database()"
    )
    return bool(session.scalar(asked))


def keyring(session: Session) -> Keyring:
    """Return the keys that this session's application was started with, and those of the house.

    Whoever asks first in a process that asked nothing at its start reads them, as the system and
    without flushing what waits in the session. Raises KeyMissing, SealBroken or NotOpened then.
    """
    found: Keyring = session.info["keyring"]
    if not found.is_open:
        connection = session.connection()
        _set_actor(connection, SYSTEM)
        try:
            house_keys.open_house(connection, found)
        finally:
            if _can_go_on(session):
                _set_actor(connection, acting(session))
    return found


@sa_event.listens_for(Session, "after_begin")
def _carry_actor(session: Session, _transaction: SessionTransaction, connection: Connection) -> Any:
    actor = session.info.get("actor")
    if actor is not None:
        _set_actor(connection, actor)
