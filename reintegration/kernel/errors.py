"""Domain errors: what a rule refuses, in words that a person can act on.

The message is a gettext source string with named placeholders, and what fills them is a value
(Money, a day, a state), not text: the edge (web, API, command line) translates the one and formats
the other. `code` is the machine reason that the API states; `field` is the parameter of the
service that the refusal is about, beside which a form shows it.
"""

from typing import Any, ClassVar, TypeVar

Found = TypeVar("Found")


def N_(message: str) -> str:  # noqa: N802 - the name that message extractors know
    """Mark `message` for extraction and return it unchanged; the edge translates it."""
    return message


class DomainError(Exception):
    """A rule said no. `status` is the HTTP status that the edge answers with."""

    status: ClassVar[int] = 422
    code = "refused"

    def __init__(
        self, message: str, *, code: str | None = None, field: str | None = None, **params: Any
    ) -> None:
        super().__init__(message % params if params else message)
        self.message = message
        self.field = field
        self.params = params
        if code is not None:
            self.code = code


class Invalid(DomainError):
    """The input breaks a rule; correct it and try again."""

    code = "invalid"


class Conflict(DomainError):
    """The thing is not in a state that allows this, or somebody else was faster."""

    status = 409
    code = "conflict"


class NotPermitted(DomainError):
    """The actor may not do this to a thing that they may see."""

    status = 403
    code = "forbidden"


class NotFound(DomainError):
    """There is no such thing within the actor's scope: foreign and missing look the same."""

    status = 404
    code = "not_found"

    def __init__(
        self, message: str = N_("There is nothing here that you can open."), **kw: Any
    ) -> None:
        super().__init__(message, **kw)


def or_404(found: Found | None) -> Found:
    """Return what a reader found within the actor's scope; raise NotFound when it is None."""
    if found is None:
        raise NotFound
    return found


class TooManyTries(DomainError):
    """A counter of tries is used up; `retry_after` says when the next one counts."""

    status = 429
    code = "locked"
