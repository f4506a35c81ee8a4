"""The search for the same person is no oracle."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from reintegration.accounts.models import InboxMessage
from reintegration.cases.models import CaseFile
from reintegration.cases.services import duplicates, registration
from reintegration.cases.services.vault import Identity
from reintegration.kernel.errors import TooManyTries
from tests.factories.casework import agree, typed_case
from tests.factories.cast import NOW, actor

SAME = Identity(given_name="Ion", family_name="Ţurcan", birth_date=date(1990, 5, 6))
SAME_IN_CYRILLIC = Identity(given_name="Ион", family_name="Цуркан", birth_date=date(1990, 5, 6))
TYPED = typed_case(
    scopes=["case_management"], given_name="Ion", family_name="Țurcan", birth_date="1990-05-06"
)


@pytest.fixture
def known(session, cast):
    """The case of Ana in which the person is."""
    return registration.register(session, actor=actor(session, cast.ana), identity=SAME, now=NOW)


def test_in_ones_own_caseload_the_same_person_is_shown(session, cast, known):
    found = duplicates.look_up(
        session, actor=actor(session, cast.ana), identity=SAME_IN_CYRILLIC, now=NOW
    )
    assert found == [known]


def test_another_birth_date_is_another_person(session, cast, known):
    other = Identity(given_name="Ion", family_name="Țurcan", birth_date=date(1991, 5, 6))
    assert not duplicates.look_up(session, actor=actor(session, cast.ana), identity=other, now=NOW)


@pytest.mark.parametrize(
    ("first", "again"),
    [
        (("Ion", "Sîrbu"), ("Ion", "Sârbu")),
        (("Ana", "Ciobanu"), ("Чобану", "Ана")),
        (("Iurie", "Crețu"), ("Юрий", "Крецу")),
        (("Ion", "Țurcan"), ("Ion Vasile", "Țurcan")),
        (("Иван Петрович", "Цуркан"), ("Ivan", "Țurcan")),
        (("Fatima", ""), ("Fatima", "")),
        (("", "Fatima"), ("Фатима", "")),
    ],
)
def test_the_same_person_is_told_however_the_name_was_written(session, cast, first, again):
    ana, born = actor(session, cast.ana), date(2001, 1, 1)
    one, other = (Identity(given, family, birth_date=born) for given, family in (first, again))
    case = registration.register(session, actor=ana, identity=one, now=NOW)
    assert duplicates.look_up(session, actor=actor(session, cast.ana), identity=other, now=NOW) == [
        case
    ]


def test_a_single_name_is_not_everybody_who_has_it(session, cast, known):
    alone = Identity(given_name="Ion", birth_date=SAME.birth_date)
    assert not duplicates.look_up(session, actor=actor(session, cast.ana), identity=alone, now=NOW)


def test_the_same_document_is_the_same_person_whatever_the_name(session, cast):
    case = registration.register(
        session, actor=actor(session, cast.ana), identity=Identity(document_number="A 123"), now=NOW
    )
    found = duplicates.look_up(
        session,
        actor=actor(session, cast.ana),
        now=NOW,
        identity=Identity(given_name="Altul", document_number="а-123"),
    )
    assert found == [case]


def test_outside_ones_caseload_nothing_is_told(session, cast, known):
    calin = actor(session, cast.calin)
    assert duplicates.look_up(session, actor=calin, identity=SAME, now=NOW) == []


def test_the_other_cases_manager_learns_who_asked_but_no_name(session, cast, known):
    duplicates.look_up(session, actor=actor(session, cast.calin), identity=SAME, now=NOW)
    message = session.scalars(select(InboxMessage)).one()
    assert message.user_id == cast.ana.id
    assert message.params == {"who": "Călin Rusu", "code": known.code}
    assert "urcan" not in str((message.message, message.params, message.link))


def test_asking_often_on_one_day_tells_once(session, cast, known):
    for _ in range(3):
        duplicates.look_up(session, actor=actor(session, cast.calin), identity=SAME, now=NOW)
    assert session.scalar(select(func.count()).select_from(InboxMessage)) == 1


def test_administrators_are_not_told(session, cast, known):
    duplicates.look_up(session, actor=actor(session, cast.calin), identity=SAME, now=NOW)
    told = session.scalars(select(InboxMessage.user_id)).all()
    assert cast.dan.id not in told


def test_look_ups_are_counted_even_when_the_request_rolls_back(session, cast, known):
    calin = actor(session, cast.calin)
    session.commit()
    for _ in range(duplicates.LOOK_UPS.tries):
        duplicates.look_up(session, actor=calin, identity=SAME, now=NOW)
        session.rollback()
    with pytest.raises(TooManyTries):
        duplicates.look_up(session, actor=calin, identity=SAME, now=NOW)


def test_the_count_begins_anew_after_an_hour(session, cast, known):
    calin = actor(session, cast.calin)
    for _ in range(duplicates.LOOK_UPS.tries):
        duplicates.look_up(session, actor=calin, identity=SAME, now=NOW)
    later = NOW + timedelta(hours=1, seconds=1)
    assert duplicates.look_up(session, actor=calin, identity=SAME, now=later) == []


def test_a_name_alone_is_not_looked_up_and_costs_no_try(session, cast, known):
    ana = actor(session, cast.ana)
    for _ in range(duplicates.LOOK_UPS.tries + 1):
        alone = Identity(given_name="Ion", family_name="Țurcan")
        assert duplicates.look_up(session, actor=ana, identity=alone, now=NOW) == []


def test_a_hit_and_a_miss_outside_the_caseload_get_the_same_answer(session, cast, sign_in, known):
    browser = sign_in(cast.calin)
    hit = _registered(browser, TYPED)
    miss = _registered(browser, {**TYPED, "family_name": "Nimeni"})
    assert hit == miss


def test_registering_a_known_person_shows_the_case_and_keeps_what_was_typed(
    session, cast, sign_in, known
):
    answer = sign_in(cast.ana).post("/cases/register?lang=en", data=TYPED)
    assert answer.status_code == 409
    assert f"/cases/{known.id}" in answer.text
    assert 'value="Țurcan"' in answer.text
    assert session.scalar(select(func.count()).select_from(CaseFile)) == 1


def test_saying_that_it_is_another_person_opens_the_case(session, cast, sign_in, known):
    answer = sign_in(cast.ana).post("/cases/register", data={**TYPED, "another": "y"})
    assert answer.status_code == 302
    assert session.scalar(select(func.count()).select_from(CaseFile)) == 2


def test_too_many_look_ups_are_refused_in_words_and_nothing_is_lost(session, cast, sign_in, known):
    browser = sign_in(cast.calin)
    for number in range(duplicates.LOOK_UPS.tries):
        browser.post("/cases/register", data={**TYPED, "family_name": f"Nume{'a' * number}"})
    answer = browser.post("/cases/register", data=TYPED)
    assert answer.status_code == 429
    assert 'value="Țurcan"' in answer.text


def test_completing_a_name_later_looks_too(session, cast, sign_in, known):
    other = registration.register(session, actor=actor(session, cast.ana), now=NOW)
    agree(session, cast, other)
    answer = sign_in(cast.ana).post(
        f"/cases/{other.id}/identity/edit",
        data={"given_name": "Ion", "family_name": "Țurcan", "birth_date": "1990-05-06"},
    )
    assert answer.status_code == 409
    assert known.code in answer.text


def _registered(browser, typed):
    """The page that follows, without what is random in any two cases."""
    answer = browser.post("/cases/register", data=typed)
    assert answer.status_code == 302
    page = browser.get(answer.location).text
    page = re.sub(r'nonce="[^"]+"|value="[^"]+"|/cases/[0-9a-f-]{36}', "", page)
    page = re.sub(r"\d\d:\d\d", "", page)
    return re.sub(r"[A-ZȚȘÂÎĂ]\w+-\d{4}", "CODE", page)
