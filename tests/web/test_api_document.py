"""What the document of the API says is what reads the request: for each operation in it."""

import json
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reintegration import settings as configuration
from reintegration.app import create_app
from reintegration.kernel.errors import Invalid
from reintegration.kernel.ids import new_id
from reintegration.web import door
from reintegration.web.credentials import API_PREFIX
from tests.factories.vouchers import make_token
from tests.house.test_names import NOWHERE
from tests.web.document import fits, resolved

DOCUMENT = (
    create_app(configuration.from_environment(NOWHERE))
    .test_client()
    .get("/api/v1/openapi.json")
    .json
)
OPERATIONS = [
    (path, method, operation)
    for path, operations in DOCUMENT["paths"].items()
    for method, operation in operations.items()
    if "requestBody" in operation
]
"""Those that take a body."""
each = pytest.mark.parametrize(
    ("path", "method", "operation"), OPERATIONS, ids=[f"{m} {p}" for p, m, _ in OPERATIONS]
)


@pytest.fixture
def token(session, cast):
    return make_token(session, cast.provider.id)[1]


def body_schema(operation):
    return resolved(DOCUMENT, operation["requestBody"]["content"]["application/json"]["schema"])


def example_of(operation):
    """Return what the document shows of each field that must be sent."""
    schema = body_schema(operation)
    return {name: schema["properties"][name]["examples"][0] for name in schema["required"]}


def send(client, token, path, method, body, headers=None):
    given_headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(new_id())}
    return client.open(
        path,
        method=method,
        data=json.dumps(body),
        content_type="application/json",
        headers=headers or given_headers,
    )


def wrong_fields(answer):
    return {one["field"] for one in answer.json["errors"]}


def as_documented(operation, answer):
    """Hold an answer against the document: its status is named, and its content has that shape."""
    said = operation["responses"][str(answer.status_code)]["content"]
    (kind, content), *_ = said.items()
    return answer.mimetype == kind and fits(DOCUMENT, content["schema"], answer.json)


def test_every_address_of_the_programs_door_is_in_the_document():
    app = create_app(configuration.from_environment(NOWHERE))
    addresses = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if rule.rule.startswith(API_PREFIX) and rule.endpoint != "openapi.spec"
    }
    documented = {(path, method) for path, found in DOCUMENT["paths"].items() for method in found}
    assert addresses == documented


def test_a_refusal_of_a_rule_names_its_field_too(app):
    with app.test_request_context("/api/v1/redemptions"):
        refused = app.make_response(app.handle_user_exception(Invalid("No.", field="units")))
    assert refused.json["errors"] == [{"field": "units", "detail": "No."}]


@each
def test_what_the_document_shows_is_read(client, token, path, method, operation):
    properties = body_schema(operation)["properties"]
    for name, described in properties.items():
        for shown in described["examples"]:
            body = {**example_of(operation), name: shown}
            answer = send(client, token, path, method, body)
            assert answer.json.get("code") != "invalid_request", (name, answer.json)
            assert as_documented(operation, answer)


@each
def test_a_field_that_must_be_sent_is_missed_by_its_name(client, token, path, method, operation):
    for name in body_schema(operation)["required"]:
        body = {**example_of(operation)}
        del body[name]
        answer = send(client, token, path, method, body)
        assert (answer.status_code, wrong_fields(answer)) == (422, {name})


@each
def test_a_field_that_may_be_left_out_may_be_null(client, token, path, method, operation):
    schema = body_schema(operation)
    body = dict.fromkeys(set(schema["properties"]) - set(schema["required"]))
    answer = send(client, token, path, method, {**body, **example_of(operation)})
    assert answer.json.get("code") != "invalid_request"


@each
def test_all_that_is_wrong_is_said_at_once_and_nothing_sent_is_repeated(
    client, token, path, method, operation
):
    names = set(body_schema(operation)["properties"])
    answer = send(client, token, path, method, {**{name: [] for name in names}, "sent-by-us": 1})
    assert wrong_fields(answer) == names | {""}
    assert "sent-by-us" not in answer.text


@each
def test_a_header_that_must_be_sent_is_missed_by_its_name(client, token, path, method, operation):
    needed = {one["name"] for one in operation["parameters"] if one["required"]}
    only = {"Authorization": f"Bearer {token}"}
    answer = send(client, token, path, method, example_of(operation), only)
    assert (answer.status_code, wrong_fields(answer)) == (422, needed)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(), below, max_size=3),
    max_leaves=6,
)


def bodies(operation):
    """Bodies that are nearly right: each field as described, or something else, or missing."""
    schema = body_schema(operation)
    fields = {
        name: _like(described) | ANYTHING.filter(lambda value: value is not None)
        for name, described in schema["properties"].items()
    }
    return st.fixed_dictionaries({}, optional=fields) | ANYTHING


def _like(described):
    if described["type"] == "integer":
        return st.integers(min_value=-1)
    texts = st.sampled_from([*described["examples"], "", " ", "x\n", "\0", "2026-02-30", "\ud800"])
    return texts | (st.from_regex(described["pattern"]) if "pattern" in described else st.text())


@each
@settings(max_examples=60, deadline=None, suppress_health_check=[*HealthCheck])
@given(data=st.data())
def test_the_document_and_the_reader_agree(client, token, path, method, operation, data):
    body = data.draw(bodies(operation))
    answer = send(client, token, path, method, body)
    refused = answer.json.get("code") in {"invalid_request", "bad_request"}
    assert refused is not fits(DOCUMENT, body_schema(operation), door._value(body))
    assert as_documented(operation, answer)


@each
@pytest.mark.parametrize("sent", [b"", b"{", b"\xff", b"[" * 9000, b"9" * 6000, b'{"a":1e999}'])
def test_what_is_no_request_is_refused_as_documented(client, token, path, method, operation, sent):
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "k"}
    answer = client.open(
        path, method=method, data=sent, headers=headers, content_type="application/json"
    )
    assert answer.status_code in {400, 422}
    assert as_documented(operation, answer)


def test_the_judge_of_these_tests_refuses_what_a_schema_does_not_describe():
    schema = {
        "type": "object",
        "additionalProperties": False,
        "required": ["day"],
        "properties": {
            "day": {"type": "string", "format": "date"},
            "count": {"type": "integer", "minimum": 1},
        },
    }
    assert fits({}, schema, {"day": "2026-02-28", "count": 1})
    for bad in ({}, {"day": "2026-02-30"}, {"day": "2026-02-28", "count": 0}, {"day": 1}, []):
        assert not fits({}, schema, bad)
