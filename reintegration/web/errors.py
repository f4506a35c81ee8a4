"""Errors as pages and as problem+json (RFC 9457), in the reader's language."""

import logging
from http import HTTPStatus
from urllib.parse import urlsplit

from flask import (
    Flask,
    Response,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, SecurityError

from reintegration.kernel.crypto import KeyMissing
from reintegration.kernel.db import session
from reintegration.kernel.errors import N_, Conflict, DomainError
from reintegration.kernel.locking import lost_a_race
from reintegration.web import api, credentials
from reintegration.web.credentials import Credential, Door
from reintegration.web.language import local_target
from reintegration.web.requires import NotSignedIn
from reintegration.web.saying import error_text
from reintegration.web.schemas import Problem, WrongField, WrongFields

log = logging.getLogger(__name__)
_BACK_IN = 30
"""Seconds after which a program may ask again."""
_PAGES = frozenset({400, 401, 403, 404, 409, 413, 422, 429, 500, 503})


def init_app(app: Flask) -> None:
    """Answer each kind of error."""
    app.register_error_handler(NotSignedIn, _not_signed_in)
    app.register_error_handler(DomainError, _domain_error)
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(HTTPException, _http_error)
    for unreachable in (OperationalError, InterfaceError, PoolTimeout):
        app.register_error_handler(unreachable, _database_error)
    app.register_error_handler(IntegrityError, _law)
    app.register_error_handler(KeyMissing, _key_missing)
    app.register_error_handler(Exception, _unexpected)


def problem(
    status: int, code: str, detail: str, errors: tuple[WrongField, ...] | None = None
) -> Response:
    """Return an RFC 9457 answer; it never repeats what was sent."""
    said = Problem(
        type="about:blank",
        title=HTTPStatus(status).phrase,
        status=status,
        code=code,
        detail=detail,
        errors=errors,
    )
    content = said.model_dump_json(exclude_none=True)
    return Response(content, status, content_type="application/problem+json")


def _each_field(error: DomainError) -> tuple[WrongField, ...] | None:
    if not isinstance(error, WrongFields):
        return (WrongField(field=error.field, detail=error_text(error)),) if error.field else None
    return tuple(
        WrongField(field=one.field, detail=str(gettext(one.message, **one.params)))
        for one in error.fields
    )


def page(status: int, detail: str | None = None, **more: str | None) -> ResponseReturnValue:
    """Return the error page of `status`; `more` is what only some of them say."""
    shown = status if status in _PAGES else (500 if status >= 500 else 400)
    return render_template(f"errors/{shown}.html", status=status, detail=detail, **more), status


def is_api() -> bool:
    """Whether a program asks, ours or one of others."""
    return credentials.door() is not Door.PAGES


def _not_signed_in(error: NotSignedIn) -> ResponseReturnValue:
    if is_api():
        return _unproven(credentials.registered()[credentials.door()], error)
    target = request.full_path.rstrip("?") if request.method == "GET" else ""
    return redirect(url_for("accounts.sign_in", next=target or None))


def _unproven(proof: Credential, error: NotSignedIn) -> Response:
    said = str(gettext(proof.asks)) if proof.asks else error_text(error)
    answer = problem(proof.unproven, error.code, said)
    if proof.challenge:
        answer.headers["WWW-Authenticate"] = proof.challenge
    return answer


def _domain_error(error: DomainError) -> ResponseReturnValue:
    session().rollback()
    if is_api():
        return problem(error.status, error.code, error_text(error), _each_field(error))
    return page(error.status, error_text(error))


def _csrf_error(_error: CSRFError) -> ResponseReturnValue:
    return page(400)


def _http_error(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if isinstance(error, SecurityError):  # a host that is not ours: no page can be addressed
        return "400", 400
    if status < 400:
        return error.get_response()
    if is_api():
        said = gettext(api.TO_PROGRAMS[status]) if status in api.TO_PROGRAMS else str(error.name)
        answer = problem(status, HTTPStatus(status).phrase.lower().replace(" ", "_"), said)
    else:
        answer = make_response(_too_large() if status == 413 else page(status))
    answer.headers.extend(one for one in error.get_headers() if one[0] == "Allow")
    return answer


def _too_large() -> ResponseReturnValue:
    """Return the page that says how large a file may be, and leads back to the form."""
    return page(413, _largest(), back=_form_before())


def _form_before() -> str | None:
    """Return the path of our page that sent this form, where the browser says which."""
    came = urlsplit(request.referrer or "")
    if came.netloc != request.host:
        return None
    return local_target(came.path)


def _largest() -> str | None:
    """Return how large a file may be here, and what to do with a larger one."""
    view = current_app.view_functions.get(request.endpoint or "")
    most = getattr(view, "largest", None) or current_app.config.get("MAX_CONTENT_LENGTH")
    if not most:
        return None
    limit = gettext(
        "A file that is sent here has at most %(limit)s MB.", limit=most // (1024 * 1024)
    )
    instead = getattr(view, "instead", "")
    return f"{limit} {gettext(instead)}" if instead else str(limit)


def _database_error(error: OperationalError | InterfaceError | PoolTimeout) -> ResponseReturnValue:
    if isinstance(error, OperationalError) and lost_a_race(error):
        return _lost_twice()
    log.error("the database does not answer", exc_info=error)
    return unavailable()


def unavailable() -> Response:
    """Return the answer that asks the database for nothing."""
    credentials.speak_for_nobody()  # who is here stands in the database, and so does their menu
    session().rollback()
    answer = problem(503, "unavailable", "database") if is_api() else make_response(page(503))
    answer.headers["Retry-After"] = str(_BACK_IN)
    return answer


def _key_missing(error: KeyMissing) -> ResponseReturnValue:
    """Answer what lies under a master key that this process does not have; nothing is kept."""
    log.error("what lies under the master key %s cannot be read: it is not set", error.name)
    return unavailable()


def _law(error: IntegrityError) -> ResponseReturnValue:
    """Answer what the database refuses, a second time: no service saw it coming."""
    if not lost_a_race(error):
        return _unexpected(error)
    log.error("a law of the database refused", exc_info=error)
    return _lost_twice()


def _lost_twice() -> ResponseReturnValue:
    """Answer what lost a race a second time: the edge has tried again already."""
    return _domain_error(Conflict(N_("Somebody else changed this at the same moment. Try again.")))


def _unexpected(error: Exception) -> ResponseReturnValue:
    log.error("unexpected", exc_info=error)
    session().rollback()
    return problem(500, "unexpected", "unexpected") if is_api() else page(500)
