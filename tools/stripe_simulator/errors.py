"""What Stripe answers when it does not do what it is asked."""

from typing import Any


class Refusal(Exception):
    """A request that is answered with an error in Stripe's shape.

    `kept` says whether the answer is stored under the idempotency key: Stripe stores what came
    out of a call that began, and nothing of one that was refused before.
    """

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        kind: str = "invalid_request_error",
        status: int = 400,
        headers: dict[str, str] | None = None,
        kept: bool = True,
    ) -> None:
        super().__init__(message)
        self.error: dict[str, Any] = {"type": kind, "message": message}
        if code is not None:
            self.error |= {"code": code, "doc_url": f"https://stripe.com/docs/error-codes/{code}"}
        if param is not None:
            self.error["param"] = param
        self.status = status
        self.headers = headers or {}
        self.kept = kept


def missing_object(kind: str, key: str, *, param: str = "id", status: int = 404) -> Refusal:
    """Return the refusal for an id that names nothing."""
    return Refusal(f"No such {kind}: '{key}'", code="resource_missing", param=param, status=status)


def wrong_parameter(message: str, code: str, param: str) -> Refusal:
    """Return the refusal of what can be seen to be wrong before the call begins."""
    return Refusal(message, code=code, param=param, kept=False)


def server_error() -> Refusal:
    """Return the answer of a server that broke."""
    return Refusal("Something went wrong on the server.", kind="api_error", status=500)
