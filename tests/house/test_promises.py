"""`docs/promises.md`: each sentence that promises is still said, and a test that is there holds it."""

import re
from functools import cache
from typing import Any, NamedTuple

import click
import pytest
from flask import Flask

from reintegration.cases.states import CONSENT_TEXT_VERSION
from tests.house.test_docs import ROOT, TEST, extracted_texts, is_a_test

TEXT = (ROOT / "docs" / "promises.md").read_text(encoding="utf-8")
GUIDE = re.compile(r"^### `([\w/-]+\.md)`$")
ROW = re.compile(r"^\| (?P<sentence>.+?) \| (?P<tests>`[^|]+`) \|$")
COMMANDS = "## Commands"
API = "## The API"
CONSENT = ROOT / "templates/reintegration/cases/consent_text" / CONSENT_TEXT_VERSION


class Promise(NamedTuple):
    """A row: the sentence, where it is said (none: on a screen), and what holds it."""

    sentence: str
    said_in: str
    tests: tuple[str, ...]


def promises() -> list[Promise]:
    found, said_in = [], ""
    for line in TEXT.splitlines():
        if line.startswith("#"):
            guide = GUIDE.match(line)
            said_in = guide[1] if guide else line if line in (COMMANDS, API) else ""
        elif row := ROW.match(line):
            sentence = row["sentence"].replace("\\|", "|")
            found.append(Promise(sentence, said_in, tuple(TEST.findall(row["tests"]))))
    return found


PROMISES = promises()


def test_every_line_of_a_table_is_a_sentence_with_a_test():
    lines = [line for line in TEXT.splitlines() if line.startswith("| ") and "`" in line]
    assert [line for line in lines if not ROW.match(line)] == []
    assert [one.sentence for one in PROMISES if not one.tests] == []
    assert len(PROMISES) >= 5


def test_no_sentence_stands_twice_in_a_place():
    places = [(one.said_in, one.sentence) for one in PROMISES]
    assert sorted({one for one in places if places.count(one) > 1}) == []


@pytest.mark.parametrize("guide", [False, True], ids=["screens, commands and the API", "guides"])
def test_each_sentence_is_still_said(app: Flask, guide):
    asked = [one for one in PROMISES if one.said_in.endswith(".md") == guide]
    assert [one.sentence for one in asked if not is_said(app, one)] == []


def test_each_named_test_is_there():
    assert [name for one in PROMISES for name in one.tests if not is_a_test(name)] == []


def test_the_checks_above_can_fail(app: Flask):
    assert not is_said(app, Promise("Nobody ever waits.", "", ()))
    assert not is_said(app, Promise("Nobody ever waits.", COMMANDS, ()))
    assert not is_said(app, Promise("Nobody ever waits.", API, ()))
    assert not is_said(app, Promise("Nobody ever waits.", "docs/guides/provider.md", ()))
    assert not is_a_test("tests/house/test_promises.py::test_nothing")
    assert not is_a_test("tests/house/test_nowhere.py")


def is_said(app: Flask, promise: Promise) -> bool:
    """Whether the sentence stands, whole or as a part, where the table says that it is said."""
    sentence = plain(promise.sentence)
    if promise.said_in == COMMANDS:
        return any(sentence in text for text in helps(app.cli))
    if promise.said_in == API:
        document = app.test_client().get("/api/v1/openapi.json").get_json()
        return any(sentence in text for text in texts_of(document))
    if promise.said_in:
        return sentence in plain((ROOT / promise.said_in).read_text(encoding="utf-8"))
    return any(sentence in text for text in on_screens())


@cache
def on_screens() -> tuple[str, ...]:
    told = CONSENT.glob("*.en.html"), [CONSENT / "en.html"]
    consent = [path.read_text(encoding="utf-8") for paths in told for path in paths]
    return tuple(plain(text) for text in (*extracted_texts(), *consent))


def texts_of(document: Any) -> list[str]:
    """Return each text of a document, at every depth."""
    if isinstance(document, dict | list):
        inside = document.values() if isinstance(document, dict) else document
        return [text for one in inside for text in texts_of(one)]
    return [plain(document)] if isinstance(document, str) else []


def helps(command: click.Command) -> list[str]:
    """Return what a command and those below it say of themselves."""
    options = [option.help or "" for option in command.params if isinstance(option, click.Option)]
    below = command.commands.values() if isinstance(command, click.Group) else ()
    said = [plain(text) for text in (command.help or "", *options)]
    return said + [text for one in below for text in helps(one)]


def plain(text: str) -> str:
    """Return a text in one line, without the marks of bold letters, code and HTML."""
    return " ".join(re.sub(r"\*\*|`|</?\w+[^>]*>", "", text).split())
