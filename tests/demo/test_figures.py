"""A figure is the list that it leads to: each role counts what its menu, Today and pages promise."""

from collections import Counter
from html import unescape
from re import DOTALL, findall, match
from urllib.parse import urlsplit

import pytest
from lxml import html
from werkzeug.exceptions import HTTPException

from reintegration.kernel.actor import Role
from reintegration.kernel.bounded import READ
from tests.release.pages import browser_of, login_of, logins
from tests.sampling import one_of_each

pytestmark = pytest.mark.xdist_group("demo")
ROLES = sorted(Role)
PAIRS = [(role,) for role in ROLES]
"""In a run that is a sample one of two neighbours is asked."""
TODAY = "/account/today"
OF_A_LIST, OF_A_THING = 4, 1
"""How many addresses of one endpoint are read: a list is opened with its filters."""
PLACES = (
    ("//a[contains(@class, 'nav__link')]", "./span[@class='count']", "."),
    ("//a[contains(@class, 'tabs__link')]", "./span[@class='count']", "."),
    ("//a[@class='chip']", "./span", "."),
    ("//div[@class='tile'][dt/a]", "./dd", "./dt/a"),
    ("//li[@class='figure']", "./span[@class='figure__value']", ".//a"),
)
"""Where a figure stands that leads to a list: the thing, its figure, its link."""
ENTRIES = (
    "//main//tbody/tr[not(ancestor::*[@id='others' or @id='line'])]",
    "//main//li[@class='entry']",
    "//main//*[@id='waiting']//li",
)
"""What one entry of a list is; what waits for others, and what stands beside a line, is not meant."""


def read(browser, address):
    page = browser.get(address)
    assert page.status_code == 200, address
    return html.fromstring(page.text)


def figures(page):
    """Return each figure of a page with the address to which it leads."""
    found = []
    for thing, figure, link in PLACES:
        for one in page.xpath(thing):
            said = "".join("".join(part.itertext()) for part in one.xpath(figure)).strip()
            address = one.xpath(link)[0].get("href")
            number = match(r"\d+\+?(?=\s|$)", said)
            if number and address.startswith("/"):
                found.append((number.group(), address))
    return found


def told(page):
    """Return how many messages an inbox shows: what says the same stands once, with how often."""
    lines = page.xpath("//li[contains(@class, 'inbox__item')]//span[@class='soft small']")
    often = [match(r".*·\D*(\d+)", "".join(line.itertext()), DOTALL) for line in lines]
    return sum(int(found.group(1)) if found else 1 for found in often)


def entries(browser, address):
    """Return how many entries a list has over all its pages."""
    count = 0
    while address:
        page = read(browser, address)
        count += told(page) or sum(len(page.xpath(entry)) for entry in ENTRIES)
        onward = page.xpath("//nav[@class='pager']//a[@rel='next']/@href")
        address = onward[0] if onward else None
    return count


def endpoint(demo, link):
    try:
        return demo.app.url_map.bind("localhost").match(urlsplit(link).path, method="GET")
    except HTTPException:
        return "nothing", {}


def pages(demo, browser):
    """Yield the pages that a person reaches, a few of each kind."""
    opened, kinds, waiting = {TODAY}, Counter(), [TODAY]
    while waiting:
        answer = browser.get(waiting.pop(0))
        if answer.status_code != 200 or answer.mimetype != "text/html":
            continue
        yield html.fromstring(answer.text)
        for found in findall(r'href="(/[^"#]*)', answer.text):
            link = unescape(found)
            kind, named = endpoint(demo, link)
            most = OF_A_THING if named else OF_A_LIST
            if kind in ("static", "nothing") or link in opened or kinds[kind] == most:
                continue
            opened.add(link)
            kinds[kind] += 1
            waiting.append(link)


def differing(demo, browser):
    """Return each figure that is not the number of entries where it leads, and how many are."""
    counted, differ = {}, []
    for page in pages(demo, browser):
        for said, address in figures(page):
            if address not in counted:
                counted[address] = entries(browser, address)
            there = counted[address]
            if said != (f"{READ}+" if there > READ else str(there)):
                differ.append(f"{said} leads to {there}: {address}")
    return differ, len(counted)


@pytest.mark.parametrize("role", one_of_each(PAIRS, by=lambda role: ROLES.index(role) // 2))
def test_a_figure_is_the_list_that_it_leads_to(demo, role):
    email, *_shown = login_of(logins(demo.logins_file), role)
    differ, counted = differing(demo, browser_of(demo.app, email))
    assert counted
    assert sorted(set(differ)) == []
