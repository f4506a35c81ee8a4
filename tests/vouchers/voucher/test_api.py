"""The programs' door: tokens, keys, answers, and what it never says."""

import json

import pytest
from sqlalchemy import event, select

from reintegration.kernel.db import db
from reintegration.kernel.ids import new_id
from tests.factories.vouchers import PIN, living_voucher, make_token
from vouchers.voucher.models import Redemption

URL = "/api/v1/redemptions"


@pytest.fixture
def token(session, cast):
    return make_token(session, cast.provider.id)[1]


def send(client, token, body, key=None, **more):
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key or str(new_id())}
    return client.post(URL, json=body, headers=headers | more)


def test_a_delivery_answers_201_with_its_receipt(session, cast, client, token):
    issued = living_voucher(session, cast)
    answer = send(client, token, {"code": issued.secrets.code, "pin": PIN, "units": 2})
    assert answer.status_code == 201
    assert answer.json["amount"] == "1000.00"
    assert (answer.json["state"], answer.json["units_left"]) == ("accepted", 3)


def test_the_program_is_noted_and_nobody_else(session, cast, client, token):
    issued = living_voucher(session, cast)
    send(client, token, {"code": issued.secrets.qr, "pin": PIN, "units": 1})
    redemption = session.scalars(select(Redemption)).one()
    assert redemption.recorded_by is None
    assert redemption.token_id is not None


def test_repeating_a_request_answers_with_the_same_bytes(session, cast, client, token):
    issued = living_voucher(session, cast)
    body = {"code": issued.secrets.code, "pin": PIN, "units": 1}
    first, again = (send(client, token, body, key="k-1") for _ in range(2))
    assert (again.status_code, again.data) == (201, first.data)
    assert again.headers["Idempotency-Replayed"] == "true"


def test_the_same_key_with_another_body_is_a_conflict(session, cast, client, token):
    issued = living_voucher(session, cast)
    send(client, token, {"code": issued.secrets.code, "pin": PIN, "units": 1}, key="k-1")
    answer = send(client, token, {"code": issued.secrets.code, "pin": PIN, "units": 2}, key="k-1")
    assert (answer.status_code, answer.json["code"]) == (409, "idempotency_mismatch")


def test_two_providers_may_choose_the_same_key(session, cast, client, token):
    issued = living_voucher(session, cast)
    other = make_token(session, cast.other_provider.id)[1]
    send(client, token, {"code": issued.secrets.code, "pin": PIN, "units": 1}, key="k-1")
    answer = send(client, other, {"code": issued.secrets.code, "pin": PIN, "units": 1}, key="k-1")
    assert (answer.status_code, answer.json["code"]) == (404, "unknown_voucher")


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer nobody", "Basic dTpw", "Bearer " + "x" * 300]
)
def test_without_a_living_token_nothing_opens(client, header):
    answer = client.post(URL, json={}, headers={"Authorization": header})
    assert (answer.status_code, answer.json["code"]) == (401, "unauthenticated")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_revoked_token_opens_nothing(session, cast, client):
    from tests.factories.cast import NOW

    row, text = make_token(session, cast.provider.id)
    row.revoked_at = NOW
    assert send(client, text, {}).status_code == 401


def test_a_cookie_is_no_token(session, cast, sign_in):
    issued = living_voucher(session, cast)
    body = {"code": issued.secrets.code, "pin": PIN, "units": 1}
    answer = sign_in(cast.rita).post(URL, json=body, headers={"Idempotency-Key": "k"})
    assert answer.status_code == 401


BAD = [
    {},
    [],
    "text",
    {"code": 7, "pin": PIN, "units": 1},
    {"code": "\ud800", "pin": PIN, "units": 1},
    {"code": "x" * 201, "pin": PIN, "units": 1},
    {"code": "x\n", "pin": PIN, "units": 1},
    {"code": "x", "pin": 402917, "units": 1},
    {"code": "x", "pin": "12", "units": 1},
    {"code": "x", "pin": PIN, "units": "1"},
    {"code": "x", "pin": PIN, "units": True},
    {"code": "x", "pin": PIN, "units": 1.5},
    {"code": "x", "pin": PIN, "amount": 5},
    {"code": "x", "pin": PIN, "amount": "1,5"},
    {"code": "x", "pin": PIN, "amount": "1e5"},
    {"code": "x", "pin": PIN, "units": 1, "delivered_on": "yesterday"},
    {"code": "x", "pin": PIN, "units": 1, "delivered_on": 5},
    {"code": "x", "pin": PIN, "units": 1, "without_pin": ""},
    {"code": "x", "pin": PIN, "units": 1, "more": 1},
]


@pytest.mark.parametrize("body", BAD, ids=range(len(BAD)))
def test_garbage_is_refused_with_a_reason(client, token, body):
    answer = send(client, token, body)
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize("key", ["", " ", "x" * 201, "naïve"])
def test_a_key_is_needed(client, token, key):
    headers = {"Authorization": f"Bearer {token}"} | ({"Idempotency-Key": key} if key else {})
    answer = client.post(URL, json={}, headers=headers)
    assert (answer.status_code, answer.json["code"]) == (422, "idempotency_key")


def test_broken_json_is_refused(client, token):
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "k"}
    answer = client.post(URL, data="{", content_type="application/json", headers=headers)
    assert answer.status_code == 400
    answer = client.post(URL, data="code=1", headers=headers)
    assert answer.status_code == 415


def test_a_large_body_is_refused(client, token):
    answer = send(client, token, {"code": "x" * 50_000, "units": 1})
    assert answer.status_code == 413


def test_an_error_repeats_nothing_that_was_sent(session, cast, client, token):
    issued = living_voucher(session, cast)
    for body in (
        {"code": issued.secrets.code, "pin": "913580", "units": 1},
        {"code": issued.secrets.code, "pin": PIN, "units": 913_580},
        {"code": "913580913580", "pin": PIN, "units": 1},
        {"code": issued.secrets.code, "pin": PIN, "amount": "913580"},
    ):
        answer = send(client, token, body)
        assert answer.status_code >= 400
        for sent in ("913580", PIN, issued.secrets.code):
            assert sent not in answer.text


def test_a_wrong_pin_says_how_many_tries_are_left(session, cast, client, token):
    issued = living_voucher(session, cast)
    answer = send(client, token, {"code": issued.secrets.code, "pin": "913580", "units": 1})
    assert (answer.status_code, answer.json["code"]) == (422, "wrong_pin")
    assert "4" in answer.json["detail"]


def test_a_value_voucher_takes_a_decimal_string(session, cast, client, token):
    from reintegration.codelists.service_categories import ServiceCategory
    from reintegration.codelists.units import Unit
    from reintegration.kernel.money import Money
    from tests.factories.casework import make_casework

    work = make_casework(
        session, cast, category=ServiceCategory.MEDICAL, units=1, unit_price=Money(60_000, "MDL")
    )
    work.line.unit = Unit.AMOUNT.value
    issued = living_voucher(session, cast, work=work, amount=Money(60_000, "MDL"))
    answer = send(client, token, {"code": issued.secrets.code, "pin": PIN, "amount": "149.50"})
    assert (answer.status_code, answer.json["amount_left"]) == (201, "450.50")


def test_an_unconfirmed_delivery_says_so(session, cast, client, token):
    issued = living_voucher(session, cast)
    body = {"code": issued.secrets.code, "units": 1, "without_pin": "Nu ține minte"}
    answer = send(client, token, body)
    assert (answer.status_code, answer.json["state"]) == (201, "unconfirmed")


def test_a_redemption_takes_at_most_twelve_statements(app, session, cast, client, token):
    issued = living_voucher(session, cast)
    send(client, token, {"code": issued.secrets.code, "pin": PIN, "units": 1})
    with app.app_context():
        engine = db.engine
    from sqlalchemy.orm import Session

    from reintegration.kernel import tries

    statements = []

    def count(_connection, _cursor, statement, *_rest):
        statements.append(statement)

    with Session(engine) as any_session:
        engines = (engine, tries.companion(any_session))
    session.commit()
    for one in engines:
        event.listen(one, "before_cursor_execute", count)
    try:
        app.test_client().post(
            URL,
            json={"code": issued.secrets.code, "pin": PIN, "units": 1},
            headers={"Authorization": f"Bearer {token}", "Idempotency-Key": "counted"},
        )
    finally:
        for one in engines:
            event.remove(one, "before_cursor_execute", count)
    assert 0 < len(statements) <= 12, "\n".join(statements)


def test_the_specification_names_the_api_and_no_page(client):
    spec = client.get("/api/v1/openapi.json").json
    assert list(spec["paths"]) == [URL]
    operation = spec["paths"][URL]["post"]
    statuses = (201, 400, 401, 404, 409, 413, 415, 422, 429)
    assert set(operation["responses"]) == set(map(str, statuses))
    assert operation["parameters"][0]["name"] == "Idempotency-Key"
    assert operation["security"] == [{"bearer": []}]
    assert "punte" not in json.dumps(spec).lower()


def test_garbage_is_refused_in_the_language_of_who_sent_it(client, token):
    headers = {
        "Authorization": f"Bearer {token}",
        "Idempotency-Key": "k-1",
        "Accept-Language": "ru",
        "Content-Type": "application/json",
    }
    answer = client.post(URL, data="garbage", headers=headers)
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    assert answer.json["detail"].startswith("Запрос не удалось прочитать")
    assert client.get("/api/v1/nothing", headers=headers).json["detail"].startswith("По этому")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"units": 6}, "units"),
        ({"units": None, "amount": "10"}, "units"),
        ({"pin": None}, "pin"),
        ({"delivered_on": "2020-01-01"}, "delivered_on"),
        ({"delivered_on": "9999-12-31"}, "delivered_on"),
    ],
)
def test_what_a_rule_refuses_is_named_by_its_field(session, cast, client, token, changed, field):
    issued = living_voucher(session, cast)
    body = {"code": issued.secrets.code, "pin": PIN, "units": 1} | changed
    answer = send(client, token, body)
    assert (answer.status_code, [one["field"] for one in answer.json["errors"]]) == (422, [field])
