"""How a request shows whom it speaks for: one table of proofs, each with the same answers.

A floor that owns a kind of proof registers a row. Nothing else reads headers or cookies to learn
who asks: `shown` looks at the one kind that the door of this address takes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from flask import Request, g, request
from sqlalchemy.orm import Session

from reintegration.kernel.actor import ANONYMOUS, Actor, ActorKind
from reintegration.kernel.db import session

API_PREFIX = "/api/"
MESSAGES_PREFIX = "/stripe/events"


class Door(Enum):
    """Where one comes in: an address belongs to one door, and a door takes one kind of proof."""

    PAGES = "pages"
    PROGRAMS = "programs"
    MESSAGES = "messages"


PREFIXES: Mapping[Door, str] = {Door.PROGRAMS: API_PREFIX, Door.MESSAGES: MESSAGES_PREFIX}
"""How the addresses of a door begin; what begins otherwise is a page."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Whom a request speaks for, and the language that they chose."""

    actor: Actor = ANONYMOUS
    locale: str | None = None


@dataclass(frozen=True, slots=True)
class Credential:
    """A kind of proof, and what must be known of each.

    `verify` returns None for what is not living: expired, revoked, or of somebody closed; it lets
    the session act for whom it returns. `acts` are the trail's words for its life. Who shows
    nothing that lives is answered `unproven`, with the marked sentence `asks` if there is one.
    """

    name: str
    door: Door
    find: Callable[[Request], str]
    verify: Callable[[Session, str], Shown | None]
    speaks_as: ActorKind
    sent_by_browser: bool
    acts: tuple[str, ...]
    challenge: str = ""
    unproven: int = 401
    asks: str = ""
    scheme: Mapping[str, str] = field(default_factory=dict)


_kinds: dict[Door, Credential] = {}


def register(kind: Credential) -> None:
    """Let `kind` open its door.

    Only pages take a form token, so what a browser sends by itself must open nothing else.
    """
    if kind.door is not Door.PAGES and kind.sent_by_browser:
        raise ValueError(f"{kind.name}: another site's page could come in at {kind.door.value}")
    if _kinds.get(kind.door, kind).name != kind.name:
        raise ValueError(f"{kind.door.value} is opened by {_kinds[kind.door].name}")
    _kinds[kind.door] = kind


def registered() -> Mapping[Door, Credential]:
    """Return the table."""
    return _kinds


def door() -> Door:
    """Return the door of this request's address."""
    found = (door for door, prefix in PREFIXES.items() if request.path.startswith(prefix))
    return next(found, Door.PAGES)


def shown() -> Shown:
    """Return whom this request speaks for; asked once, and nobody while it is being asked."""
    if "shown" not in g:
        g.shown = Shown()
        g.shown = _asked(_kinds.get(door()))
    found: Shown = g.shown
    return found


def speak_for_nobody() -> None:
    """Let what is left of this request ask nothing of anybody; their language stays, if known."""
    g.shown = Shown(locale=g.get("shown", Shown()).locale)
    g.pop("user", None)


def _asked(kind: Credential | None) -> Shown:
    text = kind.find(request) if kind else ""
    found = kind.verify(session(), text) if kind and text else None
    if kind and found and found.actor.kind is not kind.speaks_as:
        raise LookupError(f"{kind.name} speaks as {kind.speaks_as}, not as {found.actor.kind}")
    return found or Shown()
