"""The posting table: `docs/postings.md` says what the code posts, and each undoing takes all back."""

import re

import pytest

from tests.house.test_docs import ROOT
from vouchers.books.services.postings import POSTINGS, UNDONE_BY, Entry, PostingEvent

ROW = re.compile(
    r"^\| `(?P<event>\w+)` \| (?P<budget>[^|]+) \| (?P<actual>[^|]+) \| (?P<undone>[^|]+) \|$"
)


def legs(entries):
    return [f"Dr {leg.debit} Cr {leg.credit}" for entry in entries for leg in entry]


def is_budget(entry: Entry):
    return all(leg.debit.startswith("9") for leg in entry)


def in_words(event):
    """Return what the row of an event says: budget book, actual book, undone by."""
    budget = legs(entry for entry in POSTINGS[event] if is_budget(entry))
    actual = legs(entry for entry in POSTINGS[event] if not is_budget(entry))
    undone = UNDONE_BY.get(event)
    return (" · ".join(budget) or "–", " · ".join(actual) or "–", f"`{undone}`" if undone else "–")


def said():
    text = (ROOT / "docs" / "postings.md").read_text(encoding="utf-8")
    rows = (ROW.match(line) for line in text.splitlines())
    return {row["event"]: (row["budget"], row["actual"], row["undone"]) for row in rows if row}


def test_every_event_stands_in_the_table_as_it_is_posted():
    assert said() == {str(event): in_words(event) for event in PostingEvent}


@pytest.mark.parametrize("event", UNDONE_BY)
def test_an_undoing_mirrors_what_it_takes_back(event):
    undone = [leg for entry in POSTINGS[UNDONE_BY[event]] for leg in entry]
    posted = [leg for entry in POSTINGS[event] for leg in entry]
    assert [(leg.credit, leg.debit) for leg in undone] == [
        (leg.debit, leg.credit) for leg in posted
    ]


def test_no_entry_mixes_the_budget_book_with_the_actual_one():
    for entries in POSTINGS.values():
        for entry in entries:
            sides = {side.startswith("9") for leg in entry for side in (leg.debit, leg.credit)}
            assert len(sides) == 1
