"""Working in an application without anybody who is signed in."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from sqlalchemy.orm import Session

from reintegration.kernel.actor import SYSTEM
from reintegration.kernel.db import act_as
from reintegration.kernel.db import session as current_session


@contextmanager
def as_system(app: Flask) -> Iterator[Session]:
    """Give a session that sees every row; it ends with the block, and only what is committed stays."""
    with app.app_context():
        session = current_session()
        act_as(session, SYSTEM)
        yield session
