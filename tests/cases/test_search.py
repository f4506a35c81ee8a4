"""One's own caseload is searched by name, phone and document, and nothing else is told."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from reintegration.cases.models import CaseMember
from reintegration.cases.services import registration, searching
from reintegration.cases.services.vault import Identity
from reintegration.kernel.audit import AuditEvent
from reintegration.kernel.errors import Invalid, NotPermitted, TooManyTries
from tests.factories.cast import NOW, actor

WHO = Identity(
    given_name="Ana Maria",
    family_name="Ciobanu",
    document_number="A 2005-01",
    phone="+373 60 123 456",
)


@pytest.fixture
def known(session, cast):
    """The case of Ana in which the person is, beside another."""
    ana = actor(session, cast.ana)
    registration.register(session, actor=ana, identity=Identity("Ion", "Rusu"), now=NOW)
    return registration.register(session, actor=ana, identity=WHO, now=NOW)


def search(session, person, said, now=NOW):
    return searching.search(session, actor=actor(session, person), words=said, now=now)


@pytest.mark.parametrize(
    "said",
    [
        "Ciobanu",
        "ciobanu maria",
        "Чобану",
        "Мария Чобану",
        "а-200501",
        "060 123 456",
        "123456",
        "+373 60 123 456",
        "Ciobanu 060123456",
    ],
)
def test_a_person_is_found_by_name_phone_and_document(session, cast, known, said):
    assert search(session, cast.ana, said) == [known]


@pytest.mark.parametrize("said", ["Ciob", "Ciobanu Ion", "%%%", "2005", "999999", "Lungu"])
def test_half_a_word_and_what_is_not_hers_find_nothing(session, cast, known, said):
    if said == "%%%":
        with pytest.raises(Invalid):
            search(session, cast.ana, said)
    else:
        assert search(session, cast.ana, said) == []


@pytest.mark.parametrize("said", ["", "An", "a b", "12"])
def test_less_than_three_letters_are_refused_and_cost_no_search(session, cast, known, said):
    for _ in range(searching.SEARCHES.tries + 1):
        with pytest.raises(Invalid):
            search(session, cast.ana, said)


def test_outside_the_caseload_nothing_is_found(session, cast, known):
    assert search(session, cast.calin, "Ciobanu") == []


def test_who_has_left_the_team_finds_nothing(session, cast, known):
    member = session.scalars(
        select(CaseMember).where(
            CaseMember.case_id == known.id, CaseMember.user_id == cast.sergiu.id
        )
    ).one()
    assert search(session, cast.sergiu, "Ciobanu") == [known]
    member.until = NOW - timedelta(days=1)
    session.flush()
    assert search(session, cast.sergiu, "Ciobanu") == []


def test_a_search_leaves_one_row_with_a_hash_and_no_word(session, cast, known):
    search(session, cast.ana, "Ciobanu")
    search(session, cast.ana, "Чобану")
    found = select(AuditEvent).where(AuditEvent.action == "identity:search")
    one, other = session.scalars(found).all()
    assert one.data == other.data
    assert "iobanu" not in str(one.data)
    assert len(one.data["words"]) == 64


def test_searches_are_counted_even_when_the_request_rolls_back(session, cast, known):
    session.commit()
    for _ in range(searching.SEARCHES.tries):
        search(session, cast.ana, "Ciobanu")
        session.rollback()
    with pytest.raises(TooManyTries):
        search(session, cast.ana, "Ciobanu")
    assert search(session, cast.ana, "Ciobanu", now=NOW + timedelta(hours=2))


def test_who_has_no_caseload_may_not_search(session, cast, known):
    with pytest.raises(NotPermitted):
        search(session, cast.petru, "Ciobanu")


def test_the_page_finds_and_the_words_stand_in_no_address(session, cast, sign_in, known):
    browser = sign_in(cast.ana)
    assert "/cases/search" in browser.get("/cases/").text
    answer = browser.post("/cases/search?lang=en", data={"words": "Чобану"})
    assert answer.status_code == 200
    assert known.code in answer.text
    assert 'method="post"' in browser.get("/cases/search").text
    refused = browser.post("/cases/search", data={"words": "An"})
    assert refused.status_code == 422
