"""A browser that was here before asks for the page and for nothing else."""

import pytest
from playwright.sync_api import Page


def _fetched(page: Page, address: str) -> list[str]:
    """Open an address; return what went over the network for it."""
    asked: dict[str, str] = {}
    kept: set[str] = set()
    protocol = page.context.new_cdp_session(page)
    protocol.send("Network.enable")
    protocol.on("Network.requestWillBeSent", lambda e: asked.update({e["requestId"]: _url(e)}))
    protocol.on("Network.requestServedFromCache", lambda e: kept.add(e["requestId"]))
    protocol.on("Network.responseReceived", lambda e: _note(e, kept))
    page.goto(address, wait_until="networkidle")
    protocol.detach()
    return sorted(url for number, url in asked.items() if number not in kept)


def _url(event) -> str:
    return event["request"]["url"]


def _note(event, kept: set[str]) -> None:
    if event["response"].get("fromDiskCache"):
        kept.add(event["requestId"])


@pytest.mark.deep
def test_the_second_look_at_a_page_needs_one_request(browser, committed_db, live_server):
    server = live_server(committed_db)
    context = browser.new_context()
    page = context.new_page()
    address = f"{server.url}/account/sign-in"
    first = _fetched(page, address)
    assert len(first) > 10, first
    assert _fetched(page, address) == [address]
    context.close()
