"""A guide is a page of the house: safe, and with the names that the reader sees."""

import pytest

from reintegration.accounts.views.guide import GUIDES
from reintegration.kernel.actor import Role
from reintegration.web.guides import as_page


@pytest.fixture
def page(app):
    with app.test_request_context("/?"):
        yield lambda text: str(as_page(text))


def test_headings_lists_and_tables_are_what_they_are(page):
    assert page("# A\n\ntext\nof two lines") == "<h2>A</h2>\n<p>text of two lines</p>"
    assert page("first:\n\n1. one\n   more\n2. two").endswith(
        "<ol><li>one more</li><li>two</li></ol>"
    )
    assert page("say:\n- a\n- b") == "<p>say:</p><ul><li>a</li><li>b</li></ul>"
    table = page("| a | b |\n|---|---|\n| c | d |")
    assert '<th scope="row">c</th><td>d</td>' in table


def test_a_name_of_a_page_stands_as_the_reader_sees_it(page):
    assert page("**Today**, then `flask`") == (
        '<p><strong lang="ro">Astăzi</strong>, then <code>flask</code></p>'
    )
    assert "<strong>no page of ours</strong>" in page("**no page of ours**")


def test_what_looks_like_markup_is_text(page):
    assert page("<script> [x](javascript:1)") == "<p>&lt;script&gt; x</p>"


def test_each_role_has_its_guide():
    assert set(GUIDES) == set(Role)


@pytest.mark.parametrize(
    ("who", "word"), [("ana", "Guide for case managers"), ("rita", "Reception")]
)
def test_help_leads_from_every_page_to_the_guide_of_the_role(cast, sign_in, who, word):
    browser = sign_in(cast.people[who])
    assert 'href="/account/guide"' in browser.get("/account/today").text
    assert word in browser.get("/account/guide").text
