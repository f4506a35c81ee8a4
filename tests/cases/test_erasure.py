"""Erasing a person: asked for by one, done by another, never while somebody could be owed."""

from datetime import date

import pytest
from sqlalchemy import select, text

from providers.referrals.models import Referral
from reintegration.accounts.models import InboxMessage
from reintegration.cases.models import ErasureRequest, IdentityIndex, PersonKey
from reintegration.cases.queries.identity import VaultState, vault_state
from reintegration.cases.services import case_moves, notes, registration, vault
from reintegration.cases.services.registration import FACTS, CaseFacts
from reintegration.cases.services.vault import Identity
from reintegration.cases.states import CaseState, ClosureReason, ContactChannel, IndexKind, NoteKind
from reintegration.codelists.languages import Locale
from reintegration.codelists.people import AccessNeed, Sex
from reintegration.kernel.audit import AuditEvent
from reintegration.kernel.base import Base
from reintegration.kernel.ids import new_id
from reintegration.kernel.money import Money
from reintegration.plans.models import EmergencyStart, PlanVersion
from reintegration.plans.queries.snapshots import snapshot_of
from tests.factories.casework import agree, make_casework
from tests.factories.cast import NOW, actor
from tests.factories.vouchers import deliver, make_voucher
from vouchers.voucher.models import Redemption
from vouchers.voucher.services import confirmation

NAME = "Zeamăcanar"
TRAIL = {"audit_event", "state_event"}
REASON = {"reason": "the person asked for it"}
PAGES = ("", "/notes", "/identity", "/team", "/consent", "/needs", "/plan")


@pytest.fixture
def case(session, cast):
    made = registration.register(
        session,
        actor=actor(session, cast.ana),
        now=NOW,
        identity=Identity(given_name=NAME, birth_date=date(1998, 3, 4)),
    )
    agree(session, cast, made)
    ana = registration.with_case(actor(session, cast.ana), made)
    notes.write(session, actor=ana, case=made, kind=NoteKind.CONTACT, body=f"{NAME} rang", now=NOW)
    shut(session, made)
    return made


def shut(session, case):
    case.state, case.closed_at = CaseState.CLOSED.value, NOW
    case.closure_reason = ClosureReason.RELOCATED.value
    session.commit()


def ask(sign_in, cast, case, **more):
    return sign_in(cast.ana).post(f"/cases/{case.id}/erasure/ask", data=REASON | more)


def erase(sign_in, who, case):
    return sign_in(who).post(f"/cases/{case.id}/erasure")


def test_two_people_erase_and_every_page_of_the_case_says_so(session, cast, sign_in, case):
    assert ask(sign_in, cast, case).status_code == 302
    assert vault_state(session, case.id) is VaultState.SEALED
    assert erase(sign_in, cast.sergiu, case).status_code == 302
    session.rollback()
    assert session.get(PersonKey, case.id) is None
    for who in (cast.ana, cast.sergiu):
        browser = sign_in(who)
        for page in PAGES:
            answer = browser.get(f"/cases/{case.id}{page}")
            assert (answer.status_code, "Identitate ștearsă" in answer.text) == (200, True), page
            assert NAME not in answer.text
    read = sign_in(cast.ana).post(f"/cases/{case.id}/identity", data=REASON)
    assert (read.status_code, NAME in read.text) == (409, False)


def test_who_asked_and_who_erased_is_written_down_and_told(session, cast, sign_in, case):
    ask(sign_in, cast, case)
    erase(sign_in, cast.sergiu, case)
    rows = session.execute(
        select(AuditEvent.action, AuditEvent.actor_id, AuditEvent.reason)
        .where(
            AuditEvent.case_id == case.id,
            AuditEvent.action.in_(["identity:ask_erasure", "identity:erase"]),
        )
        .order_by(AuditEvent.id)
    ).all()
    assert [tuple(row) for row in rows] == [
        ("identity:ask_erasure", cast.ana.id, REASON["reason"]),
        ("identity:erase", cast.sergiu.id, REASON["reason"]),
    ]
    told = session.scalars(
        select(InboxMessage.user_id).where(InboxMessage.key.like("erasure|%"))
    ).all()
    assert set(told) == {cast.sergiu.id, cast.ana.id}


def test_the_page_says_what_goes_and_what_stays_before_it_is_done(cast, sign_in, case):
    ask(sign_in, cast, case)
    supervisor = sign_in(cast.sergiu)
    assert f"/cases/{case.id}/erasure" in supervisor.get(f"/cases/{case.id}/identity").text
    assert f"/cases/{case.id}/erasure" in supervisor.get("/account/today").text
    page = supervisor.get(f"/cases/{case.id}/erasure").text
    assert page.count("<li>Dispar: ") == 5
    assert "plățile. Ele dovedesc" in page
    assert REASON["reason"] in page


@pytest.mark.parametrize("name", ["ana", "calin", "dan", "irina"])
def test_only_a_supervisor_of_the_case_erases(session, cast, sign_in, case, name):
    ask(sign_in, cast, case)
    assert erase(sign_in, getattr(cast, name), case).status_code in (403, 404)
    assert session.get(PersonKey, case.id) is not None


@pytest.mark.parametrize("name", ["sergiu", "calin", "dan"])
def test_only_the_case_manager_asks(session, cast, sign_in, case, name):
    answer = sign_in(getattr(cast, name)).post(f"/cases/{case.id}/erasure/ask", data=REASON)
    assert answer.status_code in (403, 404)
    assert session.scalars(select(ErasureRequest)).all() == []


def test_nobody_erases_what_they_asked_for(session, cast, sign_in, case):
    ask(sign_in, cast, case)
    session.scalars(select(ErasureRequest)).one().asked_by = cast.sergiu.id
    session.commit()
    assert erase(sign_in, cast.sergiu, case).status_code == 403
    assert session.get(PersonKey, case.id) is not None


def test_without_being_asked_for_there_is_nothing_to_do(cast, sign_in, case):
    assert erase(sign_in, cast.sergiu, case).status_code == 404


@pytest.mark.parametrize("reason", ["", "abc"])
def test_asking_needs_a_reason(session, cast, sign_in, case, reason):
    assert ask(sign_in, cast, case, reason=reason).status_code == 422
    assert session.scalars(select(ErasureRequest)).all() == []


def test_it_is_asked_for_once(cast, sign_in, case):
    ask(sign_in, cast, case)
    assert ask(sign_in, cast, case).status_code == 409


def test_an_open_case_is_not_erased(session, cast, sign_in, case):
    ask(sign_in, cast, case)
    case.state, case.closed_at, case.closure_reason = CaseState.ACTIVE.value, None, None
    session.commit()
    assert erase(sign_in, cast.sergiu, case).status_code == 409
    assert ask(sign_in, cast, case).status_code == 409
    assert session.get(PersonKey, case.id) is not None
    session.rollback()
    request = session.scalars(select(ErasureRequest)).one()
    assert (request.decided_at, request.erased) == (None, False)


def test_nothing_is_erased_while_a_voucher_is_open(session, cast, sign_in, monkeypatch):
    work = make_casework(session, cast)
    monkeypatch.setattr(case_moves.open_in_case, "_answers", [lambda *_: ["A voucher is open."]])
    vault.make_person_key(session, work.case, now=NOW)
    session.add(
        ErasureRequest(case_id=work.case.id, reason="asked", asked_by=cast.ana.id, asked_at=NOW)
    )
    shut(session, work.case)
    assert erase(sign_in, cast.sergiu, work.case).status_code == 409
    assert session.get(PersonKey, work.case.id) is not None


def test_declining_keeps_the_name_and_it_can_be_asked_for_again(session, cast, sign_in, case):
    ask(sign_in, cast, case)
    answer = sign_in(cast.sergiu).post(f"/cases/{case.id}/erasure/decline")
    assert answer.status_code == 302
    assert session.get(PersonKey, case.id) is not None
    assert sign_in(cast.sergiu).get(f"/cases/{case.id}/erasure").status_code == 404
    assert ask(sign_in, cast, case).status_code == 302


def test_no_word_about_an_erased_person_is_left_outside_the_trail(session, cast, sign_in):
    issued = make_voucher(session, cast)
    work, voucher = issued.work, issued.voucher
    deliver(session, cast.rita, issued, units=5, pin=None, without_pin=NAME)
    confirmation.confirm(
        session, session.scalars(select(Redemption)).one(), actor=actor(session, cast.ana), now=NOW
    )
    goal = work.milestone.goal
    goal.description = goal.own_words = goal.need.description = NAME
    work.case.contact_hours = NAME
    work.milestone.title = work.milestone.evidence = work.line.description = NAME
    referral = session.get_one(Referral, voucher.referral_id)
    referral.disclosure = {"note": NAME, "contact_channel": "phone", "contact_hours": NAME}
    referral.status_reason = NAME
    referral.state = "completed"
    session.add_all(
        [
            PlanVersion(
                id=new_id(),
                plan_id=work.plan.id,
                case_id=work.case.id,
                number=1,
                state="approved",
                snapshot=snapshot_of(work.plan),
                submitted_by=cast.ana.id,
                submitted_at=NOW,
                comment=NAME,
            ),
            EmergencyStart(
                id=new_id(),
                case_id=work.case.id,
                state="ratified",
                started_by=cast.ana.id,
                started_at=NOW,
                ratify_by=NOW,
                circumstances=NAME,
                comment=NAME,
                ceiling=Money(1, "MDL"),
            ),
        ]
    )
    session.flush()
    vault.make_person_key(session, work.case, now=NOW)
    shut(session, work.case)
    assert len(tables_with(session, NAME)) == 9
    ask(sign_in, cast, work.case)
    assert erase(sign_in, cast.sergiu, work.case).status_code == 302
    session.rollback()
    assert tables_with(session, NAME) == []


def test_the_facts_about_an_erased_person_go_and_where_they_may_be_found(
    session, cast, sign_in, case
):
    case.language, case.sex, case.birth_year, case.dependants = Locale.RU, Sex.FEMALE, 1998, 2
    case.territorial_unit, case.excluded_units = "MD-UN", ["MD-SO"]
    case.access_needs, case.contact_channel = [AccessNeed.WHEELCHAIR], ContactChannel.PHONE
    session.add(IdentityIndex(case_id=case.id, kind=IndexKind.DOCUMENT, value=b"A"))
    session.commit()
    ask(sign_in, cast, case)
    erase(sign_in, cast.sergiu, case)
    session.refresh(case)
    assert {name: getattr(case, name) for name in FACTS} == {
        name: list(value) if isinstance(value := getattr(CaseFacts(), name), tuple) else value
        for name in FACTS
    }
    assert session.scalars(select(IdentityIndex)).all() == []
    page = sign_in(cast.ana).get(f"/cases/{case.id}?lang=en").text
    assert "It was erased with the name." in page
    assert "Romanian" not in page.partition("What helps to find services")[2].partition("Team")[0]
    assert "Do not contact" not in page


def test_what_was_given_and_paid_stays_under_the_code(session, cast, sign_in):
    issued = make_voucher(session, cast)
    deliver(session, cast.rita, issued, units=5)
    work, voucher = issued.work, issued.voucher
    session.get_one(Referral, voucher.referral_id).state = "completed"
    vault.make_person_key(session, work.case, now=NOW)
    shut(session, work.case)
    before = figures(session, work)
    ask(sign_in, cast, work.case)
    assert erase(sign_in, cast.sergiu, work.case).status_code == 302
    session.rollback()
    assert figures(session, work) == before


def figures(session, work):
    """Return what proves what was agreed to, planned, asked for, promised, given and is owed."""
    by_case = {"case": work.case.id}
    return [
        session.execute(text(statement), by_case).all()
        for statement in (
            "SELECT code FROM case_file WHERE id = :case",
            "SELECT scope, valid_until FROM consent WHERE case_id = :case ORDER BY id",
            "SELECT category, units, approved_ceiling_minor FROM plan_line WHERE case_id = :case",
            "SELECT starts_on, due_on FROM milestone WHERE case_id = :case",
            "SELECT units, unit_price_minor, pseudonym FROM referral WHERE case_id = :case",
            "SELECT reference, state, amount_minor FROM voucher WHERE case_id = :case",
            "SELECT units, amount_minor FROM redemption WHERE case_id = :case",
            "SELECT account, sum(debit_minor - credit_minor) FROM ledger_line GROUP BY 1 ORDER BY 1",
        )
    ]


def tables_with(session, word):
    """Return the tables with a row that holds a word, without the trail."""
    tables = [table for table in Base.metadata.sorted_tables if table.name not in TRAIL]
    statement = "SELECT count(*) FROM {} AS one WHERE one::text LIKE :word"
    return [
        table.name
        for table in tables
        if session.scalar(text(statement.format(table.name)), {"word": f"%{word}%"})
    ]
