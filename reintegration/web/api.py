"""The programs' doors: each operation is declared once, and read and documented by that.

A feature makes its blueprint here and adds it; the document at `/api/v1/openapi.json` is put
together from those that were added.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from apiflask import APIBlueprint, APIFlask
from flask import Flask, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest

from reintegration.kernel.errors import N_
from reintegration.web import credentials
from reintegration.web.credentials import API_PREFIX, Door
from reintegration.web.schemas import Answer, Problem, Request

LARGEST_BODY = 16 * 1024
View = Callable[..., ResponseReturnValue]
ALWAYS: Mapping[int, str] = {
    401: "No living token",
    404: "Nothing that this token may see",
    422: "A field is missing or not readable; `errors` names each",
}
WITH_BODY: Mapping[int, str] = {
    400: "The body is not JSON",
    413: f"The body is larger than {LARGEST_BODY // 1024} kB",
    415: "The body is not sent as application/json",
}
TO_PROGRAMS = {
    400: N_("The request cannot be read. Send JSON as the description of the API says."),
    404: N_("Nothing stands at this address of the API."),
    405: N_("This address of the API does not take such a request."),
    413: N_("The request is too large."),
    415: N_("Send JSON, with the header Content-Type: application/json."),
}
"""What the library would say in English only."""


@dataclass(frozen=True, slots=True)
class Operation:
    """What one address takes and answers. The view gets `body` and `headers` as they are read."""

    answer: type[Answer]
    body: type[Request] | None = None
    headers: type[Request] | None = None
    status: int = 200
    done: str = "Done"
    refusals: Mapping[int, str] = field(default_factory=dict)
    summary: str = ""
    description: str = ""

    def __call__(self, view: View) -> View:
        """Let `view` get what was sent, read by the classes that the document is made of."""

        @wraps(view)
        def reading(**variables: Any) -> ResponseReturnValue:
            if self.headers is not None:
                variables["headers"] = self.headers.read(_sent_headers(self.headers))
            if self.body is not None:
                variables["body"] = self.body.read(_sent_json())
            return view(**variables)

        vars(reading)["_spec"] = self._documented()
        return reading

    def _documented(self) -> Any:
        """Return what the library makes the document of, without its own readers."""
        noted: Any = lambda: None  # noqa: E731 - bears the notes only
        if self.body is not None:
            noted = _NOTES.input(self.body)(noted)
        if self.headers is not None:
            noted = _NOTES.input(self.headers, location="headers")(noted)
        noted = _NOTES.output(self.answer, status_code=self.status, description=self.done)(noted)
        words = {**ALWAYS, **(WITH_BODY if self.body else {}), **self.refusals}
        noted = _NOTES.doc(
            summary=self.summary, description=self.description, responses=_refusals(words)
        )(noted)
        return vars(noted)["_spec"]


_NOTES = APIBlueprint("notes", __name__)
_SCHEMAS = "#/components/schemas/{model}"


def _refusals(words: Mapping[int, str]) -> dict[int | str, Any]:
    content = {"application/problem+json": {"schema": {"$ref": _SCHEMAS.format(model="Problem")}}}
    return {
        status: {"description": said, "content": content} for status, said in sorted(words.items())
    }


def _limit() -> None:
    request.max_content_length = LARGEST_BODY


def _sent_headers(model: type[Request]) -> dict[str, str]:
    names = (known.alias or name for name, known in model.model_fields.items())
    return {name: request.headers[name] for name in names if name in request.headers}


def _sent_json() -> Any:
    try:
        return request.get_json()
    except RecursionError:
        raise BadRequest from None


def blueprint(name: str, *, tag: str) -> APIBlueprint:
    """Return the blueprint of one feature's operations."""
    doors = APIBlueprint(f"api_{name}", __name__, url_prefix=f"{API_PREFIX}v1", tag=tag)
    doors.before_request(_limit)
    return doors


def add(app: Flask, doors: APIBlueprint) -> None:
    """Add operations; programs show a token, so there is no cookie that a page could misuse."""
    app.extensions["csrf"].exempt(doors)
    app.register_blueprint(doors)


def _finish(document: Any) -> Any:
    """Add what the library leaves out: refusals, the proof to show, that a body is needed."""
    problem = Problem.model_json_schema(ref_template=_SCHEMAS)
    parts = document.setdefault("components", {})
    parts.setdefault("schemas", {}).update(problem.pop("$defs"), Problem=problem)
    proof = credentials.registered()[Door.PROGRAMS]
    parts["securitySchemes"] = {proof.name: dict(proof.scheme)}
    for operations in document["paths"].values():
        for operation in operations.values():
            if "requestBody" in operation:
                operation["requestBody"]["required"] = True
            operation["security"] = [{proof.name: []}]
    return document


def init_app(app: APIFlask) -> None:
    """Say what the document is and leave pages out of it."""
    app.config.update(
        AUTO_200_RESPONSE=False,
        AUTO_VALIDATION_ERROR_RESPONSE=False,
        AUTO_AUTH_ERROR_RESPONSE=False,
        AUTO_404_RESPONSE=False,
        AUTO_SERVERS=False,
    )
    app.spec_processor(_finish)
