"""The table of proofs: a person's session in a cookie, and the token of a program or device.

Beside it stands what else a browser shows: where it is, whether its person is known there, and
whether it is a device of a desk.
"""

from ipaddress import ip_address, ip_network

from flask import Request, g, request
from sqlalchemy.orm import Session

from reintegration.accounts.services import actors, sign_in, tokens
from reintegration.accounts.services.sign_in import Place
from reintegration.accounts.views import identity
from reintegration.kernel import clock
from reintegration.kernel.actor import ActorKind
from reintegration.web.credentials import Credential, Door, Shown

LONGEST_TOKEN = 200


def _cookie(asked: Request) -> str:
    return asked.cookies.get(identity.cookie_name(), "")


def _person(session: Session, token: str) -> Shown | None:
    now = clock.now()
    found = sign_in.find_session(session, token, idle=identity.settings().session_idle, now=now)
    if found is None or not identity.is_right_host(found.user):
        return None
    sign_in.seen(session, found, now=now)
    g.user, g.sign_in = found.user, found
    actor, g.stands_in = actors.speak_for(session, found.user, found.deputyship_id)
    return Shown(actor, found.user.locale)


def _bearer(asked: Request) -> str:
    kind, _, token = asked.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" and len(token) <= LONGEST_TOKEN else ""


def _program(session: Session, token: str) -> Shown | None:
    actor = tokens.speak_by_token(session, token)
    return Shown(actor) if actor else None


def presented_session() -> str:
    """Return what the browser sent as its session, or nothing."""
    return _cookie(request)


def desk_secret() -> str:
    """Return what the browser shows as a device of the desk, or nothing."""
    return request.cookies.get(identity.desk_cookie_name(), "")[:LONGEST_TOKEN]


def place() -> Place:
    """Return where this request comes from, as signing in counts it."""
    return Place(
        network=network(),
        device=request.user_agent.string,
        browser=request.cookies.get(identity.browser_cookie_name(), "")[:LONGEST_TOKEN],
    )


def network() -> str:
    """Return the network of this request: an IPv6 house is counted as one, whatever it ends in."""
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    prefix = 64 if address.version == 6 else 32
    return str(ip_network((address, prefix), strict=False))


TABLE = (
    Credential(
        name="session",
        door=Door.PAGES,
        find=_cookie,
        verify=_person,
        speaks_as=ActorKind.PERSON,
        sent_by_browser=True,
        acts=("session:start", "session:end", "session:refuse"),
    ),
    Credential(
        name="bearer",
        door=Door.PROGRAMS,
        find=_bearer,
        verify=_program,
        speaks_as=ActorKind.TOKEN,
        sent_by_browser=False,
        acts=("token:create", "token:revoke"),
        challenge="Bearer",
        scheme={"type": "http", "scheme": "bearer"},
    ),
)
