"""What was typed is not lost: not with the page, and not without a network."""

import pytest
from playwright.sync_api import expect

from tests.factories.vouchers import living_voucher


@pytest.mark.deep
def test_what_was_typed_into_a_long_form_is_put_back(opens):
    page = opens("ana", "/cases/register", bypass_csp=True)
    page.get_by_label("Year of birth").fill("1990")
    page.wait_for_function("Object.keys(sessionStorage).some((one) => one.startsWith('draft:'))")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.get_by_label("Year of birth")).to_have_value("1990")
    expect(page.get_by_text("We put back what you had typed here.")).to_be_visible()


@pytest.mark.deep
def test_without_a_network_nothing_is_sent_and_what_was_typed_stays(opens, session, cast):
    code = living_voucher(session, cast).secrets.code
    page = opens("rita", "/redeem/", bypass_csp=True)
    before, field = page.url, page.get_by_label("Code of the voucher")
    field.fill(code)
    page.context.set_offline(True)
    expect(page.get_by_text("No network. What you typed stays here")).to_be_visible()
    page.get_by_role("button", name="Find", exact=True).click()
    expect(field).to_have_value(code)
    assert page.url == before
    page.context.set_offline(False)
    expect(page.get_by_text("The network is back.")).to_be_visible()
