"""The one door for text: whatever a browser or a program sends is freed before anybody reads it.

Address, query string, form, names of files and JSON: nobody behind this has another way to them.
How long a text may be is said where it is read: by `parameters`, a form's field, a schema.
"""

from typing import Any
from wsgiref.types import WSGIEnvironment

from flask import Flask, Request, current_app, request
from werkzeug.datastructures import FileStorage, ImmutableMultiDict
from werkzeug.routing import UnicodeConverter

from reintegration.kernel.text import freed

_AROUND_A_FILE = 64 * 1024
"""What a form sends beside its file."""


class _Freed(ImmutableMultiDict[str, Any]):
    """Names and values of a query string or a form."""

    def __init__(self, mapping: Any = None) -> None:
        sent = ImmutableMultiDict(mapping).items(multi=True)
        super().__init__([(freed(name), _value(value)) for name, value in sent])


class CleanRequest(Request):
    """A request whose text is freed."""

    parameter_storage_class = _Freed

    def __init__(self, environ: WSGIEnvironment, *args: Any, **kwargs: Any) -> None:
        super().__init__(environ, *args, **kwargs)
        self.query_string = self.query_string.decode(errors="ignore").encode()

    def get_json(self, *args: Any, **kwargs: Any) -> Any:
        """Return the body of a program's request."""
        return _value(super().get_json(*args, **kwargs))


class _FreedPart(UnicodeConverter):
    """A word in an address."""

    def to_python(self, value: str) -> str:
        return freed(super().to_python(value))


def init_app(app: Flask) -> None:
    """Let every request come in through here."""
    app.request_class = CleanRequest
    app.url_map.converters |= {"default": _FreedPart, "string": _FreedPart}
    app.before_request(_let_in_a_large_file)


def as_it_came(largest: int) -> bytes:
    """Return the bytes of a body, which a signature is of; a larger one is not read."""
    request.max_content_length = largest
    return request.get_data()


def _let_in_a_large_file() -> None:
    """Read more of the body than of others where the form says that its file may be larger."""
    largest = getattr(current_app.view_functions.get(request.endpoint or ""), "largest", None)
    if largest is not None:
        request.max_content_length = largest + _AROUND_A_FILE


def _value(sent: Any) -> Any:
    """Return a value of a form or of JSON, its text freed; breaks stay, mere blanks are none."""
    match sent:
        case str():
            text = freed(sent, lines=True)
            return text if text.strip() else ""
        case dict():
            return {freed(name): _value(value) for name, value in sent.items()}
        case list():
            return [_value(value) for value in sent]
        case FileStorage(filename=str(name)):
            sent.filename = freed(name)
    return sent
