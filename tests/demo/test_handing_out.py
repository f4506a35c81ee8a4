"""`flask demo vouchers`: each is redeemed once over the API, whatever else is sent."""

import json

import pytest

from reintegration.kernel.ids import new_id
from vouchers.voucher.services.pins import PER_DEVICE, PER_VOUCHER

# One command, alone on a demo, makes money, referral and voucher in one transaction, all or nothing.
pytestmark = [pytest.mark.xdist_group("demo"), pytest.mark.out_of_order]


@pytest.fixture
def vouchers(demo):
    result = demo.run("demo", "vouchers", "--count", "24", "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def redeem(demo, voucher, **changes):
    body = {key: voucher[key] for key in ("code", "pin", "units")} | changes
    return demo.app.test_client().post(
        "/api/v1/redemptions",
        json=body,
        headers={"Authorization": f"Bearer {voucher['token']}", "Idempotency-Key": str(new_id())},
    )


def test_each_voucher_is_redeemed_once(demo, vouchers):
    assert len({voucher["code"] for voucher in vouchers}) == 24
    assert {frozenset(voucher) for voucher in vouchers} == {
        frozenset({"code", "pin", "token", "units"})
    }
    first = [redeem(demo, voucher) for voucher in vouchers]
    assert {answer.status_code for answer in first} == {201}
    assert {answer.json["units_left"] for answer in first} == {0}
    again = [redeem(demo, voucher) for voucher in vouchers]
    assert {answer.status_code for answer in again} == {409}
    assert demo.run("ledger", "check").exit_code == 0


def test_the_token_is_never_too_fast_but_a_voucher_still_locks(demo, vouchers):
    for voucher in vouchers[: PER_DEVICE.tries + 1]:
        wrong = "738201" if voucher["pin"] != "738201" else "738202"
        assert redeem(demo, voucher, pin=wrong).status_code == 422
    locked = vouchers[-1]
    wrong = "738201" if locked["pin"] != "738201" else "738202"
    for _ in range(PER_VOUCHER.tries):
        assert redeem(demo, locked, pin=wrong).status_code == 422
    assert redeem(demo, locked).status_code == 429
    assert redeem(demo, vouchers[-2]).status_code == 201
