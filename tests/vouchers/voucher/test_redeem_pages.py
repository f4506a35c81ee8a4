"""The desk on a phone: find, record, receipt, take back; and what it never shows."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select

from reintegration.accounts.models import ApiToken
from reintegration.kernel.db import db
from reintegration.kernel.ids import new_id
from tests.factories.cast import TODAY
from tests.factories.vouchers import PIN, living_voucher
from vouchers.voucher.models import Redemption


@pytest.fixture
def desk(cast, sign_in) -> FlaskClient:
    return sign_in(cast.rita)


def found(desk, issued) -> str:
    answer = desk.post("/redeem/", data={"code": issued.secrets.code})
    assert answer.status_code == 302, answer.text
    return answer.location


def send(desk, address, key=None, **fields):
    values = {"form_key": key or new_id().hex, "units": "1", "pin": PIN}
    return desk.post(address, data=values | fields)


def test_a_code_leads_to_its_voucher_and_the_address_does_not_say_it(session, cast, desk):
    issued = living_voucher(session, cast)
    address = found(desk, issued)
    assert issued.secrets.code not in address
    page = desk.get(address)
    assert page.status_code == 200
    assert "5 " in page.text


def test_the_page_tells_nothing_of_the_person_and_no_product_name(session, cast, desk):
    issued = living_voucher(session, cast)
    page = desk.get(found(desk, issued)).text
    for hidden in (
        issued.work.case.code,
        issued.voucher.pseudonym,
        "Punte",
        str(issued.work.case.id),
    ):
        assert hidden not in page


def test_an_unknown_code_says_so_and_keeps_what_was_typed(desk):
    answer = desk.post("/redeem/", data={"code": "0000 0000 0000 0000"})
    assert answer.status_code == 404
    assert "0000 0000 0000 0000" in answer.text


def test_a_foreign_code_looks_like_an_unknown_one(session, cast, sign_in):
    issued = living_voucher(session, cast)
    olga = sign_in(cast.olga)
    unknown = olga.post("/redeem/", data={"code": "0000 0000 0000 0000"})
    foreign = olga.post("/redeem/", data={"code": issued.secrets.code})
    strip = lambda answer: re.sub(r'(value|nonce)="[^"]*"', "", answer.text)  # noqa: E731
    assert (foreign.status_code, strip(foreign)) == (unknown.status_code, strip(unknown))


def test_a_delivery_leads_to_its_receipt(session, cast, desk):
    issued = living_voucher(session, cast)
    answer = send(desk, found(desk, issued), units="2")
    assert answer.status_code == 302, answer.text
    receipt = session.scalars(select(Redemption)).one()
    page = desk.get(answer.location)
    assert receipt.receipt in page.text
    assert receipt.units == 2


def test_a_double_click_records_once(session, cast, desk):
    issued = living_voucher(session, cast)
    address = found(desk, issued)
    key = new_id().hex
    first, second = (send(desk, address, key=key) for _ in range(2))
    assert first.location == second.location
    assert len(session.scalars(select(Redemption)).all()) == 1


def test_a_wrong_pin_stands_at_its_field_and_is_never_echoed(session, cast, desk):
    issued = living_voucher(session, cast)
    answer = send(desk, found(desk, issued), pin="913580")
    assert answer.status_code == 422
    assert "913580" not in answer.text
    assert 'id="pin-error"' in answer.text


def test_the_last_wrong_pin_says_until_when_it_is_locked_and_leads_on_without_it(
    session, cast, desk
):
    issued = living_voucher(session, cast)
    address = f"{found(desk, issued)}?lang=en"
    answers = [send(desk, address, pin="738201") for _ in range(6)]
    assert "Tries left: 1." in answers[3].text
    assert 'name="pin"' in answers[3].text
    for answer, first in ((answers[4], "this was the last try"), (answers[5], "The PIN is locked")):
        assert first in answer.text
        assert re.search(r"locked until [^<]*\d\d:\d\d", answer.text)
        assert "Tries left: 0" not in answer.text
        assert 'name="pin"' not in answer.text
        (way,) = re.findall(r'href="([^"]*without-pin)"', answer.text)
        assert desk.get(way).status_code == 200


def test_much_money_is_confirmed_once_more(session, cast, desk):
    from reintegration.codelists.service_categories import ServiceCategory

    issued = living_voucher(session, cast, category=ServiceCategory.VOCATIONAL_TRAINING, units=1)
    address = found(desk, issued)
    assert send(desk, address).status_code == 422
    assert send(desk, address, sure="y").status_code == 302


def test_without_a_pin_it_waits_for_confirmation(session, cast, desk):
    issued = living_voucher(session, cast)
    address = found(desk, issued) + "/without-pin"
    assert desk.get(address).status_code == 200
    assert send(desk, address).status_code == 422
    answer = send(desk, address, reason="Nu ține minte\x00")
    assert answer.status_code == 302
    redemption = session.scalars(select(Redemption)).one()
    assert (redemption.state, redemption.state_reason) == ("unconfirmed", "Nu ține minte")
    assert desk.get(answer.location).status_code == 200


@pytest.mark.parametrize(
    "fields",
    [
        {"units": "9999999999999999999999"},
        {"units": "-1"},
        {"units": "x"},
        {"units": ""},
        {"delivered_on": "never"},
        {"delivered_on": "0001-01-01"},
        {"form_key": ""},
        {"pin": "\x00\x00"},
        {"pin": "１２３４５６"},
        {"pin": "x" * 13},
    ],
)
def test_garbage_changes_nothing(session, cast, desk, fields):
    issued = living_voucher(session, cast)
    answer = send(desk, found(desk, issued), **fields)
    assert answer.status_code == 422
    session.refresh(issued.voucher)
    assert issued.voucher.units_left == 5


def test_a_handle_opens_for_its_person_only(session, cast, desk, sign_in):
    issued = living_voucher(session, cast)
    address = found(desk, issued)
    assert sign_in(cast.corina).get(address).status_code == 404
    assert desk.get("/redeem/v/not-a-handle").status_code == 404


def test_a_handle_is_short_lived(session, cast, desk, monkeypatch):
    issued = living_voucher(session, cast)
    address = found(desk, issued)
    monkeypatch.setattr("vouchers.voucher.views.handles.LASTS_SECONDS", -1)
    assert desk.get(address).status_code == 404


def test_a_mistake_is_taken_back_with_a_reason(session, cast, desk):
    issued = living_voucher(session, cast)
    receipt = send(desk, found(desk, issued)).location
    assert desk.get(f"{receipt}/reverse").status_code == 200
    assert desk.post(f"{receipt}/reverse", data={"reason": " "}).status_code == 422
    assert desk.post(f"{receipt}/reverse", data={"reason": "Greșeală"}).status_code == 302
    session.refresh(issued.voucher)
    assert (issued.voucher.units_left, issued.voucher.state) == (5, "issued")


def test_todays_records_are_listed(session, cast, desk):
    issued = living_voucher(session, cast)
    assert desk.get("/redeem/today").status_code == 200
    send(desk, found(desk, issued))
    receipt = session.scalars(select(Redemption.receipt)).one()
    assert receipt in desk.get("/redeem/today").text


def test_another_provider_sees_no_receipt(session, cast, desk, sign_in):
    issued = living_voucher(session, cast)
    receipt = send(desk, found(desk, issued)).location
    olga = sign_in(cast.olga)
    assert olga.get(receipt).status_code == 404
    assert olga.post(f"{receipt}/reverse", data={"reason": "x"}).status_code == 404


def test_the_voucher_page_costs_the_same_however_much_was_delivered(app, session, cast, desk):
    with app.app_context():
        engine = db.engine
    counts = []

    def statements_for(address):
        seen = []

        def note(*args):
            seen.append(args[2])

        event.listen(engine, "before_cursor_execute", note)
        try:
            assert desk.get(address).status_code == 200
        finally:
            event.remove(engine, "before_cursor_execute", note)
        return len(seen)

    issued = living_voucher(session, cast)
    address = found(desk, issued)
    desk.get(address)
    counts.append(statements_for(address))
    for _ in range(3):
        send(desk, address)
    for _ in range(4):
        living_voucher(session, cast)
    counts.append(statements_for(address))
    assert counts[0] == counts[1]
    assert counts[0] <= 8


def test_the_manager_keeps_the_tokens(session, cast, sign_in, client):
    maria = sign_in(cast.maria)
    ends = (TODAY + timedelta(days=90)).isoformat()
    page = maria.post("/redeem/tokens", data={"label": "Casa de marcat", "expires_on": ends})
    assert page.status_code == 200
    secret = re.search(r'<code class="[^"]*">([\w-]{43})</code>', page.text)[1]
    assert secret not in maria.get("/redeem/tokens").text
    issued = living_voucher(session, cast)
    body = {"code": issued.secrets.code, "pin": PIN, "units": 1}
    headers = {"Authorization": f"Bearer {secret}", "Idempotency-Key": "k"}
    assert client.post("/api/v1/redemptions", json=body, headers=headers).status_code == 201
    token = session.scalars(select(ApiToken)).one()
    maria.post(f"/redeem/tokens/{token.id}/revoke")
    assert client.post("/api/v1/redemptions", json=body, headers=headers).status_code == 401


def test_tokens_of_another_provider_are_not_there(session, cast, sign_in):
    from tests.factories.vouchers import make_token

    token, _secret = make_token(session, cast.other_provider.id)
    assert sign_in(cast.maria).get(f"/redeem/tokens/{token.id}/revoke").status_code == 404


DESK = {"rita", "corina", "maria"}


@pytest.mark.parametrize("address", ["/redeem/", "/redeem/today"])
def test_only_the_desk_opens_it(session, cast, sign_in, address):
    for name, person in cast.people.items():
        expected = 200 if name in DESK | {"olga", "otilia"} else 403
        assert sign_in(person).get(address).status_code == expected, name


def test_only_a_manager_keeps_tokens(session, cast, sign_in):
    for name, person in cast.people.items():
        expected = 200 if name == "maria" else 403
        assert sign_in(person).get("/redeem/tokens").status_code == expected, name
