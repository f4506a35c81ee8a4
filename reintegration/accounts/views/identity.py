"""Our own session cookie: handed out and taken away, and the person behind it."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, after_this_request, current_app, g, request
from flask import session as cookie
from flask_babel import gettext
from sqlalchemy.orm import Session

from reintegration.accounts.models import Deputyship, SignInSession, User
from reintegration.accounts.services import desk_devices, passkeys, second_factor, step_up
from reintegration.accounts.services.browsers import KEPT_FOR
from reintegration.accounts.services.house import House
from reintegration.accounts.services.passkeys import Relying
from reintegration.accounts.services.sign_in import Begun
from reintegration.codelists.languages import Locale
from reintegration.kernel import clock
from reintegration.kernel.actor import PROVIDER_ROLES, Role
from reintegration.settings import Settings
from reintegration.web import slots
from reintegration.web import step_up as between
from reintegration.web.current import acting, current_actor


def init_app(app: Flask) -> None:
    """Show each page who is here."""
    slots.add("i18n.chosen", remember_locale)
    app.context_processor(lambda: {"identity": who_is_here(), "desk": desk()})
    between.is_fresh.answer_with(_is_fresh)
    between.asks_for.answer_with(_asks_for)
    between.confirm.answer_with(confirm)
    between.passkey.answer_with(passkey_asked)


def settings() -> Settings:
    """Return the settings of the running application."""
    found: Settings = current_app.extensions["settings"]
    return found


def house() -> House:
    """Return what a letter says of this house."""
    found = settings()
    return House(found.base_url, found.service_url, names())


def names() -> tuple[str, ...]:
    """Return what the outside calls us: no password is made of it."""
    return settings().public_name, settings().sender


def outside_name() -> str:
    """Return what an app on the person's phone calls us: providers see the sender's name."""
    return settings().sender if current_actor().is_provider else settings().public_name


def confirm(opened: Session, typed: str) -> None:
    """Note that the person of this request showed who they are; raise a DomainError."""
    step_up.confirm(opened, this_session(), typed, relying=relying(), **acting())


def relying() -> Relying:
    """Return the address that a passkey is for: the host of this request, by its name."""
    host = urlsplit(f"//{request.host}").hostname or ""
    scheme = urlsplit(settings().base_url).scheme
    return Relying(host, f"{scheme}://{request.host}", outside_name())


def passkey_asked(opened: Session) -> dict[str, Any] | None:
    """Return what the person of this request can sign in place of a code; None without passkeys."""
    user_id = this_session().user_id
    if not passkeys.of(opened, user_id):
        return None
    return passkeys.ask_to_show(opened, user_id, relying=relying(), now=clock.now())


def _is_fresh(opened: Session) -> bool:
    del opened
    return step_up.is_fresh(this_session(), now=clock.now())


def _asks_for(opened: Session) -> str:
    return step_up.asks_for(opened, signed_in_user())


def must_enrol(user: User) -> bool:
    """Whether such a person sets up a second factor first; a demo insists on none."""
    return not settings().is_demo and second_factor.is_required(user)


def cookie_name() -> str:
    """Return the cookie's name; `__Host-` binds it to this very host over https."""
    name = "__Host-session" if settings().secure_cookies else "punte-session"
    return name + settings().cookie_mark


def browser_cookie_name() -> str:
    """Return the name of the cookie by which a browser is known; it opens nothing."""
    name = "__Host-browser" if settings().secure_cookies else "punte-browser"
    return name + settings().cookie_mark


def desk_cookie_name() -> str:
    """Return the name of the cookie of a device of the desk; alone it opens nothing."""
    name = "__Host-desk" if settings().secure_cookies else "punte-desk"
    return name + settings().cookie_mark


def keep_desk(secret: str) -> None:
    """Let the browser keep what makes it a device of the desk, for another half year."""
    _hand_over(desk_cookie_name(), secret, desk_devices.KEPT_FOR)


def enter(begun: Begun) -> None:
    """Hand a session that began to the browser, with what makes the browser known."""
    welcome(begun.token)
    if begun.browser:
        _hand_over(browser_cookie_name(), begun.browser, KEPT_FOR)


def welcome(token: str) -> None:
    """Hand the new session to the browser; the signed cookie starts empty (fresh CSRF secret)."""
    locale = cookie.get("locale")
    cookie.clear()
    if locale:
        cookie["locale"] = locale

    _hand_over(cookie_name(), token)


def _hand_over(name: str, text: str, keep: timedelta | None = None) -> None:
    @after_this_request
    def hand_over(response: Response) -> Response:
        response.set_cookie(
            name,
            text,
            max_age=keep,
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


def this_session() -> SignInSession:
    """Return the session of this request, of somebody who is signed in."""
    found: SignInSession = g.sign_in
    return found


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
