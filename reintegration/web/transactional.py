"""Returning commits, raising rolls back; what lost a race against another is done once more."""

from collections.abc import Callable
from functools import partial, wraps
from typing import ParamSpec

from flask import request
from flask import session as cookie
from flask.typing import ResponseReturnValue

from reintegration.kernel.db import session
from reintegration.kernel.locking import once_more

P = ParamSpec("P")
_SAID = "_flashes"


def transactional(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Commit what the view did; roll back when it raised or answered with an error status."""

    @wraps(view)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        said = cookie.get(_SAID)

        def attempt() -> ResponseReturnValue:
            _ask_anew(said)
            return _committed(partial(view, *args, **kwargs))

        return once_more(session(), attempt)

    wrapper.writes = True  # type: ignore[attr-defined]  # read by the house tests
    return wrapper


def _committed(act: Callable[[], ResponseReturnValue]) -> ResponseReturnValue:
    try:
        answer = act()
    except BaseException:
        session().rollback()
        raise
    if status_of(answer) < 400:
        session().commit()
    else:
        session().rollback()
    return answer


def _ask_anew(said: list[tuple[str, str]] | None) -> None:
    """Put the request back as it came: uploads are read from their start, nothing was said yet."""
    for upload in request.files.values():
        upload.seek(0)
    if cookie.get(_SAID) != said:
        cookie[_SAID] = said or []


def status_of(answer: ResponseReturnValue) -> int:
    """Return the HTTP status of whatever a view returned."""
    if isinstance(answer, tuple):
        return next((int(part) for part in answer[1:] if isinstance(part, int)), 200)
    return int(getattr(answer, "status_code", 200))
