"""Our own session cookie behind Flask-Login: whom does this request speak for?"""

from flask import Flask, Request, Response, current_app, g, request
from flask import session as cookie
from flask_login import LoginManager

from reintegration.accounts.models import User
from reintegration.accounts.services import actors, sign_in
from reintegration.kernel import clock
from reintegration.kernel.db import act_as, session
from reintegration.settings import Settings
from reintegration.web.current import SignedIn


def init_app(app: Flask) -> None:
    """Load the actor of each request from our session table."""
    manager = LoginManager(app)
    manager.request_loader(_load)


def settings() -> Settings:
    """Return the settings of the running application."""
    found: Settings = current_app.extensions["settings"]
    return found


def cookie_name() -> str:
    """Return the cookie's name; `__Host-` binds it to this very host over https."""
    return "__Host-session" if settings().secure_cookies else "punte-session"


def presented_token() -> str:
    """Return what the browser sent as its session, or nothing."""
    return request.cookies.get(cookie_name(), "")


def welcome(response: Response, token: str) -> None:
    """Hand the new session to the browser; the signed cookie starts empty (fresh CSRF secret)."""
    locale = cookie.get("locale")
    cookie.clear()
    if locale:
        cookie["locale"] = locale
    response.set_cookie(
        cookie_name(),
        token,
        httponly=True,
        samesite="Lax",
        secure=settings().secure_cookies,
        path="/",
    )


def farewell(response: Response) -> None:
    """Take the session away from the browser and have it forget what it kept."""
    cookie.clear()
    response.delete_cookie(
        cookie_name(), path="/", secure=settings().secure_cookies, httponly=True, samesite="Lax"
    )
    response.headers["Clear-Site-Data"] = '"cache", "storage"'


def signed_in_user() -> User:
    """Return the person of this request."""
    user: User = g.user
    return user


def _load(_request: Request) -> SignedIn | None:
    token = presented_token()
    if not token:
        return None
    now = clock.now()
    found = sign_in.find_session(session(), token, idle=settings().session_idle, now=now)
    if found is None:
        return None
    sign_in.seen(session(), found, now=now)
    actor = actors.actor_of(session(), found.user)
    act_as(session(), actor)
    g.user = found.user
    return SignedIn(actor, found.user.locale)
