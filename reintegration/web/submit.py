"""The one edge of a write: load and authorise come before it, here are act and redirect.

What a service refuses stands beside the field that the error names, with everything that was typed
still there, and nothing of it is kept. What it did is answered once (`reintegration.web.once`).
"""

from collections.abc import Callable
from typing import TypeVar

from flask.typing import ResponseReturnValue

from reintegration.kernel.db import session
from reintegration.kernel.errors import DomainError
from reintegration.web.forms import Form
from reintegration.web.once import Answer, Shown, Went, once, respond

T = TypeVar("T")
Said = str | Callable[[T], str]


def submit(
    form: Form,
    act: Callable[[], T],
    *,
    again: Callable[[], str],
    to: Said[T] = "",
    said: Said[T] = "",
    shown: Callable[[T], str | None] | None = None,
    remembered: bool = True,
) -> ResponseReturnValue:
    """Validate, act, and lead on; an invalid or refused form is shown `again` (422, 409, …).

    `to` and `said` are what they are or made from what `act` returned; `shown` makes a page instead
    (or returns None). What is not `remembered` is done each time that it is sent.
    """
    if not form.validate():
        return again(), 422
    try:
        return _do(lambda: _answer(act(), to, said, shown), remembered=remembered)
    except DomainError as error:
        session().rollback()  # the page shows what stands, not what was tried
        form.refuse(error)
        return again(), error.status


def press(
    act: Callable[[], T],
    *,
    to: Said[T] = "",
    said: Said[T] = "",
    shown: Callable[[T], str | None] | None = None,
) -> ResponseReturnValue:
    """Act on a form that is only a button; what a service refuses is a page of its own."""
    return once(lambda: _answer(act(), to, said, shown))


def _do(act: Callable[[], Answer], *, remembered: bool) -> ResponseReturnValue:
    return once(act) if remembered else respond(act())


def _answer(done: T, to: Said[T], said: Said[T], shown: Callable[[T], str | None] | None) -> Answer:
    page = shown(done) if shown is not None else None
    if page is not None:
        return Shown(page)
    return Went(_made(to, done), _made(said, done))


def _made(value: Said[T], done: T) -> str:
    return value(done) if callable(value) else value
