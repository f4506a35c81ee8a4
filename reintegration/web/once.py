"""A form that was sent twice, or twice at once, is answered what it was answered first.

Each form carries a random key (`form_key()` in the templates). A page that is opened again has
another key, so wanting the same twice is possible; a second click is not a second wish.
"""

import hashlib
import json
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from flask import Flask, flash, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from reintegration.kernel import answered, clock
from reintegration.kernel.db import session
from reintegration.kernel.errors import N_, Invalid
from reintegration.kernel.jobs import Job, register
from reintegration.web.current import current_actor

FIELD = "form_key"
_LONGEST = 100
_NOT_ASKED = frozenset({FIELD, "csrf_token"})


@dataclass(frozen=True, slots=True)
class Next:
    """The answer is another page: which comes next, and what it says on top."""

    to: str
    said: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """The answer is a page that is shown only now."""

    page: str


Answer = Next | Shown


def init_app(app: Flask) -> None:
    """Give templates the key, and forget what nobody sends again."""
    app.jinja_env.globals["form_key"] = form_key
    register(Job("forms.forget", answered.PAGE_SHOWN_AGAIN, answered.forget))


def form_key() -> str:
    """Return the key of one more form."""
    return secrets.token_urlsafe(16)


def form_id() -> UUID:
    """Return an id for what this form makes: the same however often the form is sent.

    Raise Invalid for a form without a key: what it makes must not be made twice.
    """
    return uuid5(NAMESPACE_OID, f"{current_actor().id}|{_key()}")


def _key() -> str:
    key = request.form.get(FIELD, "")[:_LONGEST]
    if not key:
        raise Invalid(N_("Open the page again."))
    return key


def once(act: Callable[[], Answer], *, remembered: bool = True) -> ResponseReturnValue:
    """Return what `act` answers, or what the same form was answered before.

    What is not `remembered`, and what nobody signed in sends, is done each time.
    Raise Invalid for the form of a signed-in person that has no key.
    """
    actor = current_actor()
    if actor.id is None or not remembered:
        return respond(act())
    key = _key()
    said_before = answered.claim(
        session(), actor_id=actor.id, key=key, request=_asked(), now=clock.now()
    )
    if said_before is not None:
        return respond(_read(said_before))
    answer = act()
    answered.keep(
        session(),
        actor_id=actor.id,
        key=key,
        answer=json.dumps(asdict(answer)).encode(),
        is_page=isinstance(answer, Shown),
    )
    return respond(answer)


def respond(answer: Answer) -> ResponseReturnValue:
    """Return the page, or lead to it."""
    if isinstance(answer, Shown):
        return answer.page
    if answer.said:
        flash(answer.said, "done")
    return redirect(answer.to)


def _read(kept: bytes) -> Answer:
    content: dict[str, Any] = json.loads(kept)
    return Shown(**content) if "page" in content else Next(**content)


def _asked() -> bytes:
    """Return all that was sent: where to, what was typed, and what the files hold."""
    typed = sorted((k, v) for k, v in request.form.items(multi=True) if k not in _NOT_ASKED)
    files = [(k, file.filename, _print_of(file)) for k, file in request.files.items(multi=True)]
    return json.dumps([request.path, typed, files]).encode()


def _print_of(file: FileStorage) -> str:
    """Return a hash of a file, which can be read again afterwards."""
    found = hashlib.file_digest(file.stream, "sha256").hexdigest()  # type: ignore[arg-type]
    file.stream.seek(0)
    return found
