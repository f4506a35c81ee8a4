"""What was typed is not lost: not with the page, and not without a network."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.factories.vouchers import living_voucher


@pytest.fixture
def tab(
    browser, committed_db, live_server, cast, sign_in, session
) -> Iterator[Callable[..., Page]]:
    """Open a page in the browser of somebody who is signed in."""
    opened = []

    def at(who: str, path: str) -> Page:
        token = sign_in(cast.people[who]).get_cookie("punte-session").value
        session.commit()
        url = live_server(committed_db).url
        context = browser.new_context(locale="en-GB", bypass_csp=True)
        context.add_cookies([{"name": "punte-session", "value": token, "url": url}])
        opened.append(context)
        page = context.new_page()
        page.goto(url + path)
        return page

    yield at
    for context in opened:
        context.close()


@pytest.mark.deep
def test_what_was_typed_into_a_long_form_is_put_back(tab):
    page = tab("ana", "/cases/register?lang=en")
    page.get_by_label("Year of birth").fill("1990")
    page.wait_for_function("Object.keys(sessionStorage).some((one) => one.startsWith('draft:'))")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.get_by_label("Year of birth")).to_have_value("1990")
    expect(page.get_by_text("We put back what you had typed here.")).to_be_visible()


@pytest.mark.deep
def test_without_a_network_nothing_is_sent_and_what_was_typed_stays(tab, session, cast):
    code = living_voucher(session, cast).secrets.code
    page = tab("rita", "/redeem/?lang=en")
    before, field = page.url, page.get_by_label("Code of the voucher")
    field.fill(code)
    page.context.set_offline(True)
    expect(page.get_by_text("No network. What you typed stays here")).to_be_visible()
    page.get_by_role("button", name="Find", exact=True).click()
    expect(field).to_have_value(code)
    assert page.url == before
    page.context.set_offline(False)
    expect(page.get_by_text("The network is back.")).to_be_visible()
