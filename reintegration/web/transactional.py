"""Returning commits, raising rolls back."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask.typing import ResponseReturnValue

from reintegration.kernel.db import session

P = ParamSpec("P")


def transactional(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Commit what the view did; roll back when it raised or answered with an error status."""

    @wraps(view)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        try:
            answer = view(*args, **kwargs)
        except BaseException:
            session().rollback()
            raise
        if status_of(answer) < 400:
            session().commit()
        else:
            session().rollback()
        return answer

    wrapper.writes = True  # type: ignore[attr-defined]  # read by the house tests
    return wrapper


def status_of(answer: ResponseReturnValue) -> int:
    """Return the HTTP status of whatever a view returned."""
    if isinstance(answer, tuple):
        return next((int(part) for part in answer[1:] if isinstance(part, int)), 200)
    return int(getattr(answer, "status_code", 200))
