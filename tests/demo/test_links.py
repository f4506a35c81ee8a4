"""A link is drawn only for who may follow it: each role opens what its pages lead to."""

from collections import Counter
from html import unescape
from re import findall
from urllib.parse import urlsplit

import pytest
from lxml import html
from werkzeug.exceptions import HTTPException

from reintegration.kernel.actor import Role
from tests.release.pages import browser_of, login_of, logins
from tests.sampling import one_of_each

pytestmark = pytest.mark.xdist_group("demo")
ROLES = sorted(Role)
PAIRS = [(role,) for role in ROLES]
"""In a run that is a sample one of two neighbours is asked."""
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
        yield address, stood_on, page
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


def preset(page):
    """Return the lists of a page whose first entry a browser chooses, though nobody did."""
    return [
        chosen.get("name")
        for chosen in html.fromstring(page.text).iter("select")
        if len(options := list(chosen.iter("option"))) > 1
        and options[0].get("value")
        and not chosen.xpath(".//option[@selected]")
    ]


@pytest.mark.parametrize("role", one_of_each(PAIRS, by=lambda role: ROLES.index(role) // 2))
def test_every_link_leads_somewhere_and_no_list_chooses_by_its_order(demo, role):
    email, *_shown = login_of(logins(demo.logins_file), role)
    found = list(answers(demo, browser_of(demo.app, email)))
    assert len(found) > 5
    dead = [f"{link} on {at}: {page.status}" for link, at, page in found if page.status_code >= 400]
    assert dead == []
    pages = [(link, page) for link, _at, page in found if page.mimetype == "text/html"]
    assert [f"{link}: {names}" for link, page in pages if (names := preset(page))] == []
