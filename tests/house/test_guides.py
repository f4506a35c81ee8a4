"""The guides say the same in three languages: whoever changes one changes the others."""

import re
from functools import cache
from gettext import GNUTranslations, NullTranslations
from html import unescape
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

import pytest

from reintegration.accounts.views.guide import folder
from reintegration.codelists.languages import Locale
from reintegration.web.guides import as_page
from tests.house.test_docs import LINK
from tests.translations import FOLDER

NAMES = sorted(path.name for path in folder(Locale.EN).glob("*.md"))
OTHERS = [Locale.RO, Locale.RU]
PART = re.compile(r"<(h\d|p|li|th|td)\b[^>]*>(.*?)</\1>")
BOLD = re.compile(r"<strong>(.*?)</strong>")
CODE = re.compile(r"<code>(.*?)</code>")
GROUPED = re.compile(r"(?<=\d)[.,\N{NO-BREAK SPACE}](?=\d)")
TAG = re.compile(r"<[^>]+>")
A_SENTENCE = 4


class Part(NamedTuple):
    """A heading, a paragraph, an item or a cell: what has to be the same in each language."""

    tag: str
    bold: list[str]
    code: list[str]
    numbers: list[str]
    text: str

    def shape(self) -> "Part":
        """Return it without its words."""
        return self._replace(text="")


@pytest.mark.parametrize("locale", OTHERS)
@pytest.mark.parametrize("name", NAMES)
def test_a_guide_says_the_same_in_each_language(name, locale):
    english, other = read(Locale.EN, name), read(locale, name)
    expected = [in_words_of(locale, part) for part in parts_of(english)]
    found = parts_of(other)
    assert first_difference(found, expected) is None
    assert frame(other) == frame(english)
    long = [one.text for one in expected if len(TAG.sub("", one.text).split()) >= A_SENTENCE]
    assert [one.text for one in found if one.text in long] == [], "still in English"
    assert targets(other, locale) == targets(english, Locale.EN)


@pytest.mark.parametrize("locale", OTHERS)
def test_no_guide_is_there_in_one_language_only(locale):
    assert sorted(path.name for path in folder(locale).glob("*.md")) == NAMES


def test_the_check_above_sees_what_was_changed_in_one_language_only():
    said = parts_of("**Today**: 5,000 MDL\n\n- a\n- b")
    assert first_difference(said, parts_of("în total 5.000 MDL: **Today**\n\n- c\n- d")) is None
    for other in (
        "**Today**: 500\n\n- a\n- b",
        "**Today**: 5,000\n\n- a",
        "Today: 5,000\n\n- a\n- b",
    ):
        assert first_difference(said, parts_of(other)) is not None
    assert in_words_of(Locale.RU, parts_of("**Today**")[0]).bold == ["Сегодня"]
    with pytest.raises(AssertionError):
        in_words_of(Locale.RU, parts_of("**Press any key**")[0])


def read(locale: Locale, name: str) -> str:
    return (folder(locale) / name).read_text(encoding="utf-8")


def parts_of(text: str) -> list[Part]:
    """Return what stands on the page, one after the other; words may change places inside."""
    found = PART.findall(unescape(str(as_page(text))))
    return [
        Part(
            tag,
            sorted(BOLD.findall(inside)),
            sorted(CODE.findall(inside)),
            sorted(re.findall(r"\d+", GROUPED.sub("", TAG.sub(" ", CODE.sub(" ", inside))))),
            inside,
        )
        for tag, inside in found
    ]


def frame(text: str) -> list[str]:
    """Return the lists and tables around the parts, and how they follow each other."""
    return re.findall(r"</?(?:ul|ol|table|tr)>", str(as_page(text)))


def first_difference(found: list[Part], expected: list[Part]) -> tuple | None:
    for one, other in zip_longest(found, expected):
        if one is None or other is None or one.shape() != other.shape():
            return one, other
    return None


def in_words_of(locale: Locale, part: Part) -> Part:
    """Return an English part with the names of pages and buttons as the pages have them."""
    return part._replace(bold=sorted(pages_in(locale).gettext(name) for name in part.bold))


class Unsaid(NullTranslations):
    """What is asked for what the catalogue does not have."""

    def gettext(self, message: str) -> str:
        raise AssertionError(f"no page says “{message}”")


@cache
def pages_in(locale: Locale) -> NullTranslations:
    with (FOLDER / locale / "LC_MESSAGES" / "messages.mo").open("rb") as file:
        found = GNUTranslations(file)
    found.add_fallback(Unsaid())
    return found


def targets(text: str, locale: Locale) -> list[Path]:
    """Return where the links of a guide lead; to a guide, in whichever language."""
    leads = [(folder(locale) / target).resolve() for target in LINK.findall(text)]
    languages = {folder(one): folder(Locale.EN) for one in OTHERS}
    return sorted(languages.get(one.parent, one.parent) / one.name for one in leads)
