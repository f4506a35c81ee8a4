"""The identity vault: sealed, bound to its row, read with a reason, erased with its key."""

from datetime import date

import psycopg
import pytest
from sqlalchemy import func, select, update

from reintegration.cases.models import IdentityIndex, PersonIdentity, PersonKey
from reintegration.cases.services import notes, registration, vault
from reintegration.cases.services.identity_index import fold_document, fold_name
from reintegration.cases.services.vault import Identity
from reintegration.cases.states import NoteKind
from reintegration.kernel.audit import AuditEvent
from reintegration.kernel.crypto import SealBroken
from reintegration.kernel.errors import Conflict, Invalid, NotPermitted
from tests.factories.casework import agree
from tests.factories.cast import NOW, actor

CANARY = "Zeamăcanar"
IDENTITY = Identity(
    given_name=f"{CANARY}ana",
    family_name=f"{CANARY}escu",
    birth_date=date(1998, 3, 4),
    document_number=f"{CANARY}2005001",
    phone=f"+373 60 {CANARY}",
    address=f"str. {CANARY} 7",
)


@pytest.fixture
def case(session, cast):
    return registration.register(
        session, actor=actor(session, cast.ana), identity=IDENTITY, now=NOW
    )


def ana(session, cast, case):
    return registration.with_case(actor(session, cast.ana), case)


def test_what_was_sealed_is_read_again_by_the_team(session, cast, case):
    read = vault.read_identity(
        session, actor=ana(session, cast, case), case=case, reason="a letter to a school", now=NOW
    )
    assert read == IDENTITY


def test_only_the_wanted_fields_are_opened_and_named_in_the_trail(session, cast, case):
    read = vault.read_identity(
        session,
        actor=ana(session, cast, case),
        case=case,
        reason="calling back",
        wanted=("phone",),
        now=NOW,
    )
    assert (read.phone, read.given_name) == (IDENTITY.phone, "")
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "identity:read")).one()
    assert event.fields == ["phone"]
    assert (event.reason, event.actor_id, event.case_id) == ("calling back", cast.ana.id, case.id)


@pytest.mark.parametrize("reason", ["", "   ", "abc"])
def test_without_a_reason_nothing_is_read(session, cast, case, reason):
    with pytest.raises(Invalid):
        vault.read_identity(
            session, actor=ana(session, cast, case), case=case, reason=reason, now=NOW
        )


@pytest.mark.parametrize("outsider", ["calin", "vera", "petru", "irina", "dan", "rita"])
def test_nobody_off_the_team_reads(session, cast, case, outsider):
    with pytest.raises(NotPermitted):
        vault.read_identity(
            session,
            actor=actor(session, cast.people[outsider]),
            case=case,
            reason="a letter to a school",
            now=NOW,
        )


def test_a_value_copied_to_another_persons_row_does_not_open(session, cast, case):
    other = registration.register(
        session, actor=actor(session, cast.ana), identity=IDENTITY, now=NOW
    )
    _copy(session, "given_name", "given_name", case, other)
    with pytest.raises(SealBroken):
        _read(session, cast, other)


def test_a_value_copied_with_its_key_to_another_row_does_not_open(session, cast, case):
    other = registration.register(session, actor=actor(session, cast.ana), now=NOW)
    wrapped = session.scalar(select(PersonKey.wrapped).where(PersonKey.case_id == case.id))
    session.execute(update(PersonKey).where(PersonKey.case_id == other.id).values(wrapped=wrapped))
    with pytest.raises(SealBroken):
        _read(session, cast, other)


def test_a_value_copied_to_another_column_does_not_open(session, cast, case):
    _copy(session, "phone", "address", case, case)
    with pytest.raises(SealBroken):
        _read(session, cast, case)


def test_nothing_of_a_person_stands_in_the_database_in_clear(session, cast, case, committed_db):
    team = ana(session, cast, case)
    agree(session, cast, case)
    notes.write(
        session,
        actor=team,
        case=case,
        kind=NoteKind.CONTACT,
        body=f"{CANARY} called at noon",
        now=NOW,
    )
    vault.read_identity(session, actor=team, case=case, reason="a letter to a school", now=NOW)
    session.commit()
    found = _tables_holding(
        committed_db.owner_url, (CANARY, CANARY.casefold(), "zeamacanar", "1998-03-04")
    )
    assert found == []


def test_the_search_for_canaries_can_find_one(session, cast, case, committed_db):
    case.contact_hours = CANARY
    session.commit()
    assert _tables_holding(committed_db.owner_url, (CANARY,)) == ["case_file"]


def test_erasing_destroys_the_key_and_leaves_sealed_values_that_nobody_opens(session, cast, case):
    session.refresh(case)
    sergiu = actor(session, cast.sergiu)
    vault.erase_identity(session, actor=sergiu, case=case, reason="asked by the person", now=NOW)
    assert session.scalar(select(func.count()).select_from(PersonKey)) == 0
    assert session.scalar(select(func.count()).select_from(IdentityIndex)) == 0
    assert session.get(PersonIdentity, case.id).given_name is not None
    with pytest.raises(Conflict):
        _read(session, cast, case)
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "identity:erase")).one()
    assert (event.actor_id, event.reason) == (cast.sergiu.id, "asked by the person")


def test_a_case_manager_does_not_erase_alone(session, cast, case):
    with pytest.raises(NotPermitted):
        vault.erase_identity(
            session, actor=ana(session, cast, case), case=case, reason="asked", now=NOW
        )


def test_the_identity_does_not_show_itself_in_a_log_line():
    assert CANARY not in repr(IDENTITY)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ion Ţurcan", "Țurcan Ion"),
        ("Цуркан Ион", "Ion Țurcan"),
        ("NATALIA GUȚU", "Наталья Гуцу"),
        ("Шевченко Юлия", "Yulia Shevchenko"),
        ("Șeremet  Vasile", "vasile seremet"),
        ("Андрей Кожокару", "Andrei Cojocaru"),
        ("Евгений Жуков", "Evgheni Jucov"),
        ("Ana-Maria Rusu", "Ana Maria Rusu"),
        ("Й. Иванов", "И. Иванов"),
        ("Sîrbu Ion", "Sârbu Ion"),
        ("Sirbu Ion", "Сырбу Ион"),
        ("Ciobanu Ana", "Чобану Ана"),
        ("Munteanu Maria", "Мунтяну Мария"),
        ("Bălan Ion", "Бэлан Ион"),
        ("Iurie Crețu", "Юрий Крецу"),
        ("Vasile Rusu", "Василий Руссу"),
        ("Giurgiu Ilie", "Джурджу Илье"),
    ],
)
def test_one_name_in_two_spellings_folds_to_the_same(one, other):
    assert fold_name(one) == fold_name(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ion Rusu", "Ioana Rusu"),
        ("Ana Lungu", "Ana Lupu"),
        ("Alexandru Rusu", "Alexandra Rusu"),
        ("Mihai Rusu", "Mihaela Rusu"),
    ],
)
def test_different_names_stay_different(one, other):
    assert fold_name(one) != fold_name(other)


def test_a_document_number_is_the_same_in_both_alphabets_and_with_any_spacing():
    assert fold_document("А 12-345 678") == fold_document("a12345678")


def _read(session, cast, case):
    session.expire_all()
    return vault.read_identity(
        session, actor=ana(session, cast, case), case=case, reason="a letter to a school", now=NOW
    )


def _copy(session, source, target, one, other):
    value = session.scalar(
        select(getattr(PersonIdentity, source)).where(PersonIdentity.case_id == one.id)
    )
    session.execute(
        update(PersonIdentity).where(PersonIdentity.case_id == other.id).values({target: value})
    )


def _tables_holding(owner_url, needles):
    url = owner_url.replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(url) as owner:
        tables = [
            row[0]
            for row in owner.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
            )
        ]
        return [
            table
            for table in tables
            for (row,) in owner.execute(f'SELECT t::text FROM "{table}" t')
            if any(needle in row or needle.encode().hex() in row for needle in needles)
        ]


def test_names_that_an_older_rule_folded_are_indexed_again_by_the_system(session, cast, case):
    session.execute(update(PersonIdentity).values(folded_by=1))
    session.execute(update(IdentityIndex).values(value=b"old"))
    assert vault.index_again(session, now=NOW) == 1
    values = session.scalars(select(IdentityIndex.value)).all()
    assert values
    assert b"old" not in values
    assert vault.index_again(session, now=NOW) == 0
    event = select(AuditEvent).where(AuditEvent.action == "identity:index")
    assert session.scalars(event).one().case_id == case.id
