"""What a log says: when, at which page, which kind of fault, and never a word that somebody typed.

The text of an exception may hold a parameter of a statement, a row of the database or a field of a
form, whoever raised it. So an exception is told by its kind and by the lines of code that led to
it. This holds for every logger of the process, those of libraries and of the web server too.
"""

import logging
import sys
import time
import traceback
from collections.abc import Iterator
from types import TracebackType
from typing import Any

import psycopg
from flask import has_request_context, request
from sqlalchemy.exc import DBAPIError

_plain_record = logging.getLogRecordFactory()
FORM = "%(asctime)s %(levelname)s %(name)s%(page)s: %(message)s"


def init_app() -> None:
    """Have this process log so, from now on; twice is as once."""
    logging.setLogRecordFactory(_record)
    sys.excepthook = _uncaught
    if not logging.getLogger().handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(formatter())
        logging.getLogger().addHandler(handler)


def formatter() -> logging.Formatter:
    """Return the form of a line: its time in UTC, how grave, who says it, at which page, what."""
    made = logging.Formatter(FORM, datefmt="%Y-%m-%dT%H:%M:%SZ")
    made.converter = time.gmtime
    return made


def kind(error: BaseException) -> str:
    """Return what may be said of an exception: its class, and what the database names of it."""
    name = f"{type(error).__module__}.{type(error).__qualname__}"
    if isinstance(error, DBAPIError):
        return f"{name} ({kind(error.orig)})" if error.orig is not None else name
    if isinstance(error, psycopg.Error):
        return f"{name}: {_said_by_the_database(error)}"
    if isinstance(error, OSError) and error.errno is not None:
        return f"{name}: errno {error.errno}"
    return name


def told(error: BaseException) -> str:
    """Return the lines of code that led to an exception, and of what caused it before."""
    parts = []
    for one in _causes(error):
        parts += traceback.format_tb(one.__traceback__)
        parts.append(f"{kind(one)}\n")
    return "".join(parts).rstrip("\n")


def _said_by_the_database(error: psycopg.Error) -> str:
    """Return its code and the names in it; a connection that failed has told no value."""
    if error.sqlstate is None:
        return str(error)
    diag = error.diag
    names = (error.sqlstate, diag.table_name, diag.column_name, diag.constraint_name)
    return " ".join(name for name in names if name)


def _causes(error: BaseException) -> Iterator[BaseException]:
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        yield from _causes(before)
    yield error


def _record(*args: Any, **kwargs: Any) -> logging.LogRecord:
    record = _plain_record(*args, **kwargs)
    record.page = _page()
    if isinstance(record.args, tuple):
        record.args = tuple(_harmless(record.name, one) for one in record.args)
    if record.exc_info and record.exc_info[1] is not None:
        record.exc_text = told(record.exc_info[1])
    return record


def _harmless(logger: str, value: Any) -> Any:
    if isinstance(value, BaseException):
        return kind(value)
    if logger.startswith("gunicorn") and isinstance(value, str):
        return value.partition("?")[0]  # what was searched for stands behind it
    return value


def _page() -> str:
    """Return the rule of the page, never the address that was asked for."""
    if not has_request_context():
        return ""
    rule = request.url_rule.rule if request.url_rule is not None else "no page of ours"
    return f" at {request.method} {rule}"


def _uncaught(
    _kind: type[BaseException], error: BaseException, _trace: TracebackType | None
) -> None:
    sys.stderr.write(told(error) + "\n")
