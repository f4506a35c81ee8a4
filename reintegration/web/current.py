"""Who is asking. Flask-Login's `current_user` is untyped: it is wrapped here, once."""

from flask import g
from flask_login import UserMixin, current_user

from reintegration.kernel.actor import ANONYMOUS, Actor


class SignedIn(UserMixin):  # type: ignore[misc]  # Flask-Login has no types
    """Flask-Login's view of an actor."""

    def __init__(self, actor: Actor, locale: str | None = None) -> None:
        self.actor = actor
        self.locale = locale

    def get_id(self) -> str:
        """Return the person's id."""
        return str(self.actor.id)


def speak_for(actor: Actor) -> None:
    """Let this request speak for a program that showed its token, whatever cookies came along."""
    g.speaks_for = actor


def current_actor() -> Actor:
    """Return the actor of this request; anonymous when nobody is signed in."""
    if "speaks_for" in g:
        program: Actor = g.speaks_for
        return program
    return current_user.actor if current_user.is_authenticated else ANONYMOUS


def current_locale_choice() -> str | None:
    """Return the language that the signed-in person chose, if any."""
    return current_user.locale if current_user.is_authenticated else None
