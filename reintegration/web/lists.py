"""Lists on a narrow screen: a row becomes a card, and a filter says folded what it is set to.

What a cell is called stands in the head of its table, and what a filter is set to in its fields.
Both are read from what the page wrote, so that no page says it twice and no list can forget it.
"""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from html.parser import HTMLParser

from flask import Flask
from markupsafe import Markup, escape

from reintegration.kernel import dates
from reintegration.web.filters import day

_PIECE = re.compile(r"<tr\b[^>]*>|<t[dh]\b([^>]*)>(?=(\s*(?:–|-)?\s*)</t[dh]>)?")
_SPAN = re.compile(r"""colspan=["']?(\d+)""")
_CLASS = re.compile(r'\bclass="')
_UNIT = re.compile(r", ([A-Z]{3})$")
"""The currency that the head of a column says for its figures."""
_SPEAKS = re.compile(r'\s*(?:<ul class="tags">|<span class="tag )')
"""A status is a word that says itself what it is."""


def as_cards(rows: Markup, columns: Sequence[Mapping[str, str | bool]]) -> Markup:
    """Give each cell of the rows the label of its column, and its place on a card.

    On a card the row's own head is the title, and what is empty is left out. A column may say
    `phone`: “sum” stands beside the title, “bare” needs no label, “line” has one, “hide” is for
    wide screens. Unsaid, the only column of figures is the sum.
    """
    places = _places(columns)
    found: list[str] = []
    at, before = 0, 0
    text = str(rows)
    for piece in _PIECE.finditer(text):
        found.append(text[before : piece.start()])
        before = piece.end()
        if piece[0].startswith("<tr"):
            at = 0
            found.append(piece[0])
            continue
        label, place = places[at] if at < len(places) else ("", "bare")
        at += int(span[1]) if (span := _SPAN.search(piece[1])) else 1
        if piece[0].startswith("<th"):
            place = "title"
        elif piece[2] is not None:
            place = "none"
        elif place == "line" and _SPEAKS.match(text, piece.end()):
            place = "bare"
        found.append(_marked(piece[0], label, place))
    found.append(text[before:])
    return Markup("".join(found))  # noqa: S704 - only labels were added, and they are escaped


def _places(columns: Sequence[Mapping[str, str | bool]]) -> list[tuple[str, str]]:
    """Return label and place of each column on a card."""
    sums = [column for column in columns if column.get("kind") == "num"]
    chosen = any(column.get("phone") == "sum" for column in columns)
    places = []
    for number, column in enumerate(columns):
        place = str(column.get("phone", ""))
        if not place and column.get("hidden"):
            place = "tick" if number == 0 else "act"
        elif not place:
            place = "sum" if sums == [column] and not chosen else "line"
        places.append((str(column["label"]), place))
    return places


def _marked(tag: str, label: str, place: str) -> str:
    """Return the tag of a cell with its place, and its label where the card shows it."""
    css = f"on-{place}"
    given = _CLASS.sub(f'class="{css} ', tag, count=1)
    if given == tag:
        given = f'{tag[:3]} class="{css}"{tag[3:]}'
    if place == "line":
        return f'{given[:-1]} data-label="{escape(label)}">'
    if place == "sum" and (unit := _UNIT.search(label)):
        return f'{given[:-1]} data-unit="{unit[1]}">'
    return given


class _Fields(HTMLParser):
    """What is chosen and typed in the fields of a filter."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._key = ""
        self._option = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a field holds."""
        given = {name: value or "" for name, value in attrs}
        if tag == "option":
            self._option = "selected" in given and given.get("value") != ""
        elif tag == "input" and given.get("type") != "hidden" and given.get("value"):
            self.said.append(_as_said(given))

    def handle_data(self, data: str) -> None:
        """Take the words of the chosen option."""
        if self._option and data.strip():
            self.said.append(data.strip())
            self._option = False


def _as_said(given: Mapping[str, str]) -> str:
    """Return a day as days are said; what is no day stands as it was typed."""
    if given.get("type") == "date":
        with suppress(dates.NoDay):
            return day(dates.typed(given["value"]))
    return given["value"]


def set_to(fields: Markup) -> list[str]:
    """Return what the fields of a filter are set to, in the words in which they were chosen."""
    reader = _Fields()
    reader.feed(str(fields))
    return reader.said


def init_app(app: Flask) -> None:
    """Register the filters of lists."""
    app.jinja_env.filters.update(as_cards=as_cards, set_to=set_to)
