"""A bookkeeper with a phone: what was refused is claimed again, then where the money is."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.seats import PHONE
from tests.factories.cast import NOW, TODAY, actor
from tests.factories.payments import LATER, as_system, make_claim
from tests.factories.vouchers import deliver, make_voucher
from vouchers.payments.services import claims
from vouchers.voucher.models import Redemption

WHY = "no signed list"
COUNT = """window.addEventListener('click', () => {
  sessionStorage.clicks = Number(sessionStorage.clicks || 0) + 1;
}, true)"""


@pytest.mark.deep
def test_a_refused_claim_is_mended_and_sent_in_three_clicks(opens, session, cast):
    claim = _refused_and_recorded_anew(session, cast)
    phone = opens("boris", f"/claims/mine/{claim.id}", viewport=PHONE, has_touch=True)
    phone.context.add_init_script(COUNT)
    phone.reload()
    phone.get_by_role("button", name="Make a claim of what was refused").click()
    expect(phone.get_by_text(f"Refused before: {WHY}")).to_be_visible()
    phone.get_by_label("Number of your invoice").fill("F-2")
    phone.get_by_label("Amount of your invoice").fill("500")
    phone.get_by_role("button", name="Send the claim").click()
    expect(phone.get_by_text("The claim is sent.")).to_be_visible()
    assert int(phone.evaluate("sessionStorage.clicks")) <= 3
    _fits(phone)

    phone.get_by_role("link", name="Money").click()
    expect(phone.get_by_text("Being checked", exact=True)).to_be_visible()
    _fits(phone)
    phone.get_by_role("link", name="Claimed, being checked").click()
    expect(phone.get_by_role("heading", name="Claimed, being checked")).to_be_visible()
    _fits(phone)
    phone.get_by_role("link", name="Back to your money").first.click()
    phone.get_by_role("link", name="Statement of account").click()
    expect(phone.get_by_text("Balance at the end")).to_be_visible()
    _fits(phone)
    with phone.expect_download() as taken:
        phone.get_by_role("link", name="PDF").click()
    assert taken.value.suggested_filename.endswith(".pdf")


def _fits(phone: Page) -> None:
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def _refused_and_recorded_anew(session, cast):
    issued = make_voucher(session, cast, units=2)
    session.commit()
    first = deliver(session, cast.rita, issued, now=NOW).redemption_id
    session.commit()
    claim = make_claim(session, cast, [session.get_one(Redemption, first)], invoice="F-1")
    session.commit()
    petru = actor(session, cast.petru)
    claims.refuse_line(session, claim.lines[0], actor=petru, reason=WHY, now=NOW)
    session.commit()
    claims.close(session, claim, actor=petru, now=NOW)
    session.commit()
    as_system(session)
    deliver(session, cast.rita, issued, now=LATER, delivered_on=TODAY)
    session.commit()
    as_system(session)
    return claim
