"""Who is asking."""

from flask import has_request_context

from reintegration.kernel.actor import ANONYMOUS, Actor
from reintegration.web import credentials


def current_actor() -> Actor:
    """Return the actor of this request; anonymous when nobody is signed in."""
    return credentials.shown().actor if has_request_context() else ANONYMOUS


def current_locale_choice() -> str | None:
    """Return the language that the signed-in person chose, if any."""
    return credentials.shown().locale if has_request_context() else None
