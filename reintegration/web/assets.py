"""Sending static files: those under a name that says their content may be kept for good."""

import posixpath
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask, Response, request, send_from_directory
from flask.sessions import SecureCookieSessionInterface
from werkzeug.security import safe_join

from reintegration.web.asset_build import BUILT, ENCODINGS, SOURCES, build

_KEPT_FOR = int(timedelta(days=365).total_seconds())
_TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}


class _PagesOnly(SecureCookieSessionInterface):
    """Leaves files alone: one that varied by the cookie would be fetched anew at each sign-in."""

    def save_session(self, *args: Any) -> None:
        if request.endpoint != "static":
            super().save_session(*args)


def init_app(app: Flask) -> None:
    """Give `url_for("static", …)` the built names, and answer for them."""
    names = build()
    app.session_interface = _PagesOnly()
    app.view_functions["static"] = _send

    @app.url_defaults
    def by_content(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static":
            values["filename"] = names.get(values["filename"], values["filename"])


def _send(filename: str) -> Response:
    """Send a built file in the best encoding that is taken, else the source by its name."""
    if not _is_kept(filename):
        source = send_from_directory(SOURCES, filename)
        source.cache_control.no_cache = True
        return source
    encoding = next(filter(partial(_is_taken, filename), ENCODINGS), "")
    response = send_from_directory(
        BUILT,
        filename + ENCODINGS.get(encoding, ""),
        mimetype=_TYPES[posixpath.splitext(filename)[1]],
        etag=f"{filename}-{encoding}",
        max_age=_KEPT_FOR,
    )
    _may_be_kept(response, encoding)
    return response


def _is_kept(filename: str) -> bool:
    return posixpath.splitext(filename)[1] in _TYPES and _exists(filename)


def _is_taken(filename: str, encoding: str) -> bool:
    return bool(request.accept_encodings[encoding]) and _exists(filename + ENCODINGS[encoding])


def _exists(name: str) -> bool:
    path = safe_join(str(BUILT), name)
    return path is not None and Path(path).is_file()


def _may_be_kept(response: Response, encoding: str) -> None:
    response.cache_control.public = True
    response.cache_control.immutable = True
    response.vary.add("Accept-Encoding")
    if encoding:
        response.content_encoding = encoding
