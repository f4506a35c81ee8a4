"""Every endpoint says which permission it needs; one that says nothing is denied to everyone."""

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Any
from uuid import UUID

from flask import Flask, abort, request
from flask.typing import ResponseReturnValue

from reintegration.kernel import audit, permissions
from reintegration.kernel.db import session
from reintegration.kernel.errors import N_, DomainError, NotPermitted
from reintegration.kernel.rules import anyone, signed_in
from reintegration.web import step_up
from reintegration.web.current import acting, current_actor

View = Callable[..., ResponseReturnValue]
_OWN_POLICY = frozenset({"static", "openapi.spec"})


class NotSignedIn(DomainError):
    """Nobody is signed in: a page leads to sign-in, the API answers 401."""

    status = 401
    code = "unauthenticated"

    def __init__(self) -> None:
        super().__init__(N_("Sign in first."))


class WebPermission(StrEnum):
    """What the web floor itself asks for."""

    ANYONE = "web:anyone"
    SIGNED_IN = "web:signed_in"


permissions.register({WebPermission.ANYONE: anyone, WebPermission.SIGNED_IN: signed_in})


def requires(
    permission: StrEnum,
    *,
    load: Callable[..., Any] | None = None,
    leaves: str = "",
    fresh: bool = False,
) -> Callable[[View], View]:
    """Let the view run only for who has `permission`.

    `load` takes the address's variables and returns the object, raising NotFound outside the
    actor's scope; the view then gets that object instead of the variables. Who could never have
    the permission is refused before anything is looked up. `leaves` is the act that the trail
    keeps of each look at what was loaded, with its case. What is `fresh` opens to who showed
    lately that it is they (`reintegration.web.step_up`).
    """

    def decorator(view: View) -> View:
        @wraps(view)
        def wrapper(**variables: Any) -> ResponseReturnValue:
            if load is None:
                _demand(permission, None)
                return (step_up.ask_anew() if fresh else None) or view(**variables)
            if permission is not WebPermission.ANYONE and not current_actor().is_signed_in:
                raise NotSignedIn
            if not permissions.could(current_actor(), permission):
                raise NotPermitted(permissions.REFUSAL)
            subject = load(**variables)
            _demand(permission, subject)
            if fresh and (between := step_up.ask_anew()) is not None:
                return between
            if leaves and request.method == "GET":
                _leave(leaves, subject.case_id)
            return view(subject)

        wrapper.permission = permission  # type: ignore[attr-defined]
        wrapper.loads = load  # type: ignore[attr-defined]
        wrapper.leaves = leaves  # type: ignore[attr-defined]
        wrapper.fresh = fresh  # type: ignore[attr-defined]
        return wrapper

    return decorator


def public(view: View) -> View:
    """Mark an endpoint that anybody may open."""
    return requires(WebPermission.ANYONE)(view)


def _leave(action: str, case_id: UUID) -> None:
    """Keep in the trail who looks at which page of a case, before it is shown."""
    of_case = audit.Subject("case", case_id, case_id)
    page = (request.endpoint or "").rpartition(".")[2]
    audit.leave(session(), action, of_case, **acting(), fields=[page])


def _demand(permission: StrEnum, subject: Any) -> None:
    try:
        permissions.demand(current_actor(), permission, subject)
    except NotPermitted:
        if not current_actor().is_signed_in:
            raise NotSignedIn from None
        raise


def can(permission: StrEnum, subject: Any = None) -> bool:
    """Whether the present actor may: for templates."""
    return permissions.permits(current_actor(), permission, subject)


def deny_unmarked(app: Flask) -> None:
    """Answer 404 for an endpoint that names no permission: forgetting one opens nothing."""

    @app.before_request
    def deny() -> None:
        endpoint = request.endpoint
        if endpoint is None or endpoint in _OWN_POLICY:
            return
        if not hasattr(app.view_functions[endpoint], "permission"):
            abort(404)
