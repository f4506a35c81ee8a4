"""Health: is the process alive, and can it serve?"""

from flask import Flask, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from reintegration.kernel import clock, lanes, schema
from reintegration.kernel.db import session
from reintegration.kernel.lanes import Lane
from reintegration.web import filling
from reintegration.web.requires import public


def init_app(app: Flask) -> None:
    """Add both addresses."""
    app.add_url_rule("/healthz", "healthz", public(healthz))
    app.add_url_rule("/readyz", "readyz", public(readyz))


def healthz() -> ResponseReturnValue:
    """Answer: the process is alive."""
    return jsonify(status="ok")


def readyz() -> ResponseReturnValue:
    """Answer 200 when database, schema and, in the demo, its data are there.

    A lane of the scheduler that stands still is only `degraded`, and named. A schema that is newer
    than this code serves it.
    """
    try:
        version = session().scalar(text("SELECT version_num FROM alembic_version"))
        standing = lanes.standing(session(), now=clock.now())
    except SQLAlchemyError:
        session().rollback()
        return jsonify(status="unready", database="unreachable or not migrated"), 503
    if schema.is_behind(version):
        return jsonify(status="unready", database="not migrated", schema=version), 503
    if filling.is_going_on():
        return jsonify(status="filling", schema=version), 503
    silent = len(standing) == len(Lane)
    return jsonify(
        status="degraded" if standing else "ok",
        schema=version,
        scheduler="silent" if silent else "running",
        standing_still=list(standing),
    )
