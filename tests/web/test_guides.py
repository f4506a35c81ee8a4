"""A guide is a page of the house: safe, and in the language of its reader."""

import pytest

from reintegration.accounts.views.guide import GUIDES
from reintegration.kernel.actor import Role
from reintegration.web.guides import as_page


def page(text):
    return str(as_page(text))


def test_headings_lists_and_tables_are_what_they_are():
    assert page("# A\n\ntext\nof two lines") == "<h2>A</h2>\n<p>text of two lines</p>"
    assert page("first:\n\n1. one\n   more\n2. two").endswith(
        "<ol><li>one more</li><li>two</li></ol>"
    )
    assert page("say:\n- a\n- b") == "<p>say:</p><ul><li>a</li><li>b</li></ul>"
    table = page("| a | b |\n|---|---|\n| c | d |")
    assert '<th scope="row">c</th><td>d</td>' in table


def test_names_of_pages_stand_out():
    assert page("**Today**, then `flask`") == (
        "<p><strong>Today</strong>, then <code>flask</code></p>"
    )


def test_what_looks_like_markup_is_text():
    assert page("<script> [x](javascript:1)") == "<p>&lt;script&gt; x</p>"


def test_each_role_has_its_guide():
    assert set(GUIDES) == set(Role)


@pytest.mark.parametrize(
    ("who", "words"),
    [
        ("ana", {"ro": "Ghid pentru managerii de caz", "ru": "Для всех", "en": "For everyone"}),
        (
            "rita",
            {"ro": "Pentru toți", "ru": "Руководство для поставщиков", "en": "Guide for providers"},
        ),
    ],
)
def test_help_leads_from_every_page_to_the_guide_of_the_role(cast, sign_in, who, words):
    browser = sign_in(cast.people[who])
    assert 'href="/account/guide"' in browser.get("/account/today").text
    for language, word in words.items():
        text = browser.get(f"/account/guide?lang={language}").text
        assert f"{word}</h" in text
        assert text.count("guide-text") == 2
