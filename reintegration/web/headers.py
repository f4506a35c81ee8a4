"""Security headers on every answer, and the nonce for the few scripts that a page carries."""

import secrets

from flask import Flask, Response, g, request

_POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:"
    " blob:; font-src 'self'; connect-src 'self'; form-action 'self'; manifest-src 'self';"
    " media-src 'self' blob:; base-uri 'none'; frame-ancestors 'none'"
)


def csp_nonce() -> str:
    """Return the nonce of this request."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    nonce: str = g.csp_nonce
    return nonce


def init_app(app: Flask, *, secure: bool) -> None:
    """Put the headers on every answer."""

    @app.after_request
    def protect(response: Response) -> Response:
        headers = response.headers
        if "Content-Security-Policy" not in headers:  # what strangers sent brings a stricter one
            headers["Content-Security-Policy"] = _POLICY.format(nonce=csp_nonce())
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = "same-origin"  # the check of forms needs it over https
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        headers["Permissions-Policy"] = "camera=(self), geolocation=(), microphone=()"
        if request.endpoint != "static":
            headers["Cache-Control"] = "no-store"
        if secure:
            headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
        return response
