"""A link is drawn only for who may follow it: each role opens what its pages lead to."""

from collections import Counter
from html import unescape
from re import findall
from urllib.parse import urlsplit

import pytest
from werkzeug.exceptions import HTTPException

from reintegration.kernel.actor import Role
from tests.release.pages import browser_of, login_of, logins

pytestmark = pytest.mark.xdist_group("demo")
OF_EACH_KIND = 2
"""How many addresses of one endpoint are opened: pages of one kind show different states."""


def endpoint(demo, link):
    try:
        return demo.app.url_map.bind("localhost").match(urlsplit(link).path, method="GET")[0]
    except HTTPException:
        return "nothing"


def answers(demo, browser):
    """Yield each page's address with where its link stood and how it answers."""
    opened, kinds = {"/account/today"}, Counter()
    waiting = [("/account/today", "the menu")]
    while waiting:
        address, stood_on = waiting.pop()
        page = browser.get(address)
        yield address, stood_on, page.status_code
        if page.mimetype != "text/html":
            continue
        for found in findall(r'href="(/[^"#]*)', page.text):
            link = unescape(found)
            kind = endpoint(demo, link)
            if kind == "static" or link in opened or kinds[kind] == OF_EACH_KIND:
                continue
            opened.add(link)
            kinds[kind] += 1
            waiting.append((link, address))


@pytest.mark.parametrize("role", sorted(Role))
def test_every_link_leads_somewhere(demo, role):
    email, _password = login_of(logins(demo.logins_file), role)
    found = list(answers(demo, browser_of(demo.app, email)))
    assert len(found) > 5
    dead = [f"{link} on {stood_on}: {code}" for link, stood_on, code in found if code >= 400]
    assert dead == []
