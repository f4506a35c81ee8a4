"""Who is asking, and when."""

from datetime import datetime
from typing import TypedDict

from flask import has_request_context

from reintegration.kernel import clock
from reintegration.kernel.actor import ANONYMOUS, Actor
from reintegration.web import credentials


class Acting(TypedDict):
    """What each service that writes is told beside its own: who acts, and when."""

    actor: Actor
    now: datetime


def acting() -> Acting:
    """Return who acts here and now, for a call that says `**acting()`."""
    return {"actor": current_actor(), "now": clock.now()}


def current_actor() -> Actor:
    """Return the actor of this request; anonymous when nobody is signed in."""
    return credentials.shown().actor if has_request_context() else ANONYMOUS


def current_locale_choice() -> str | None:
    """Return the language that the signed-in person chose, if any."""
    return credentials.shown().locale if has_request_context() else None
