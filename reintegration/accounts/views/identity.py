"""Our own session cookie: handed out and taken away, and the person behind it."""

from urllib.parse import urlsplit

from flask import Flask, Response, after_this_request, current_app, g, request
from flask import session as cookie
from flask_babel import gettext

from reintegration.accounts.models import Deputyship, User
from reintegration.codelists.languages import Locale
from reintegration.kernel.actor import PROVIDER_ROLES, Role
from reintegration.settings import Settings
from reintegration.web import slots
from reintegration.web.current import current_actor


def init_app(app: Flask) -> None:
    """Show each page who is here."""
    slots.add("i18n.chosen", remember_locale)
    app.context_processor(lambda: {"identity": who_is_here(), "desk": desk()})


def settings() -> Settings:
    """Return the settings of the running application."""
    found: Settings = current_app.extensions["settings"]
    return found


def cookie_name() -> str:
    """Return the cookie's name; `__Host-` binds it to this very host over https."""
    return "__Host-session" if settings().secure_cookies else "punte-session"


def welcome(token: str) -> None:
    """Hand the new session to the browser; the signed cookie starts empty (fresh CSRF secret)."""
    locale = cookie.get("locale")
    cookie.clear()
    if locale:
        cookie["locale"] = locale

    @after_this_request
    def hand_over(response: Response) -> Response:
        response.set_cookie(
            cookie_name(),
            token,
            httponly=True,
            samesite="Lax",
            secure=settings().secure_cookies,
            path="/",
        )
        return response


def farewell() -> None:
    """Take the session away from the browser and have it forget what it kept."""
    cookie.clear()

    @after_this_request
    def take_away(response: Response) -> Response:
        response.delete_cookie(
            cookie_name(), path="/", secure=settings().secure_cookies, httponly=True, samesite="Lax"
        )
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response


def is_right_host(user: User) -> bool:
    """Whether this host is where such a person signs in: staff and providers have one each."""
    if not settings().separate_hosts:
        return True
    home = settings().service_url if user.role_set & PROVIDER_ROLES else settings().base_url
    return request.host == urlsplit(home).netloc


def signed_in_user() -> User:
    """Return the person of this request."""
    user: User = g.user
    return user


def who_is_here() -> dict[str, str] | None:
    """Return the role and the place that each page shows of the signed-in person."""
    if not current_actor().is_signed_in or "user" not in g:
        return None
    user = signed_in_user()
    roles = sorted(current_actor().roles, key=list(Role).index)
    return {
        "name": user.name,
        "role": ", ".join(gettext(role.label) for role in roles),
        "organisation": user.organisation.name,
    }


def desk() -> Deputyship | None:
    """Return by which deputyship the person of this request acts; None: as themselves."""
    found: Deputyship | None = g.get("stands_in")
    return found


def remember_locale(locale: Locale) -> list[None]:
    """Keep the language that the signed-in person chose."""
    if current_actor().is_signed_in and "user" in g:
        signed_in_user().locale = locale
    return []
