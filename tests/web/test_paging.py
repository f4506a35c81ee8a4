"""Paging by keys: nothing twice, nothing left out, whatever is added meanwhile."""

import base64
import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from reintegration.kernel import audit
from reintegration.kernel.actor import SYSTEM
from reintegration.kernel.audit import AuditEvent
from reintegration.web.paging import ForeignCursor, page_of
from tests.factories.cast import NOW


@pytest.fixture
def events(session):
    for number in range(23):
        audit.record(session, "thing:do", actor=SYSTEM, now=NOW + timedelta(seconds=number // 3))
    session.commit()


def read(session, cursor=None, size=5):
    return page_of(
        session, select(AuditEvent), keys=[AuditEvent.at, AuditEvent.id], cursor=cursor, size=size
    )


def test_walking_to_the_end_and_back_shows_every_row_once(session, events):
    seen, page = [], read(session)
    while True:
        seen += [event.id for event in page]
        if page.older is None:
            break
        page = read(session, page.older)
    assert len(seen) == len(set(seen)) == 23
    assert seen == sorted(seen, reverse=True)
    back = [event.id for event in page]
    while page.newer is not None:
        page = read(session, page.newer)
        back = [event.id for event in page] + back
    assert back == seen


def test_the_first_page_has_nothing_newer_and_the_last_nothing_older(session, events):
    first = read(session)
    assert first.newer is None
    assert first.older is not None
    assert read(session, size=50).older is None


@pytest.mark.parametrize("cursor", ["!!!", "W10", "eyJhIjoxfQ", "WzAsImEiXQ", "a" * 500])
def test_a_cursor_that_is_none_of_ours_is_refused_in_words(session, events, cursor):
    with pytest.raises(ForeignCursor, match="no page of this list"):
        read(session, cursor)


def test_a_cursor_of_another_list_is_refused_though_its_values_would_fit(session, events):
    by_age = page_of(session, select(AuditEvent), keys=[AuditEvent.id], cursor=None, size=5)
    with pytest.raises(ForeignCursor):
        read(session, by_age.older)


@pytest.mark.parametrize(
    "values",
    [
        ("not a day", "1"),
        ("2026-01-01T00:00:00+00:00", "one"),
        ("2026-01-01T00:00:00+00:00", str(2**63)),
        ("2026-01-01T00:00:00+00:00", "9" * 5000),
        ("2026-01-01T00:00:00+00:00",),
        ("2026-01-01T00:00:00+00:00", 1),
    ],
)
def test_values_of_another_type_than_the_lists_columns_are_refused(session, events, values):
    content = json.dumps(["audit_event at id", 0, *values])
    with pytest.raises(ForeignCursor):
        read(session, base64.urlsafe_b64encode(content.encode()).decode())


def test_the_foreign_cursor_of_a_bookmark_answers_400_and_says_what_to_do(cast, sign_in):
    answer = sign_in(cast.ana).get("/cases/?page=WzAsICJ4IiwgInkiXQ&lang=en")
    assert answer.status_code == 400
    assert "Open the list anew" in answer.get_data(as_text=True)


def test_a_row_added_meanwhile_moves_nothing(session, events):
    first = read(session)
    second = [e.id for e in read(session, first.older)]
    audit.record(session, "new:do", actor=SYSTEM, now=NOW + timedelta(days=1))
    session.commit()
    assert [e.id for e in read(session, first.older)] == second
