"""The close of a month: a checklist by code, two people, and a database that refuses what is late."""

from datetime import timedelta

import psycopg
import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from reintegration.kernel.actor import SYSTEM
from reintegration.kernel.audit import AuditEvent
from reintegration.kernel.clock import start_of
from reintegration.kernel.db import act_as
from reintegration.kernel.errors import Conflict, Invalid, NotPermitted
from tests.at_once import at_once
from tests.factories.cast import NOW, TODAY, actor
from tests.factories.months import BEFORE, LAST, THIS, check_books, close_month, grant, last_month
from tests.factories.tables import importer, table
from tests.factories.vouchers import deliver, make_voucher
from vouchers.books.models import AccountingPeriod, LedgerEntry
from vouchers.books.queries import opening as queries
from vouchers.books.services.laws import broken
from vouchers.books.services.opening import deciding, reading
from vouchers.books.services.periods import closing
from vouchers.books.services.periods.checklist import checks_of
from vouchers.books.services.periods.months import add_months, closed_through
from vouchers.books.services.postings import PostingEvent
from vouchers.books.states import PeriodState
from vouchers.voucher.models import Redemption
from vouchers.voucher.services import confirmation


@pytest.fixture
def last(session, cast):
    return last_month(session, cast)


def asked(session, period, code):
    [found] = [one for one in checks_of(session, period, now=NOW) if one.code == code]
    return found


def test_months_are_listed_from_the_first_entry_to_the_present_one_and_once(session, cast):
    grant(session, cast, BEFORE)
    assert add_months(session, NOW) == "3 months"
    assert add_months(session, NOW) is None
    found = session.scalars(select(AccountingPeriod.month).order_by(AccountingPeriod.month)).all()
    assert found == [BEFORE, LAST, THIS]


def test_one_proposes_the_close_and_another_closes(session, cast, last):
    close_month(session, cast, last)
    assert last.state is PeriodState.CLOSED
    assert (last.prepared_by, last.closed_by) == (cast.petru.id, cast.alina.id)
    told = select(AuditEvent.action).where(AuditEvent.subject_id == last.id)
    assert set(session.scalars(told)) == {"accounting_period:prepare", "accounting_period:close"}
    assert closed_through(session) == THIS - timedelta(days=1)
    assert broken(session) == []


def test_whoever_proposed_does_not_close_though_they_approve_too(session, cast, last):
    closing.prepare(session, last, actor=actor(session, cast.petru), now=NOW)
    last.prepared_by = cast.alina.id
    session.flush()
    with pytest.raises(NotPermitted):
        closing.close(session, last, actor=actor(session, cast.alina), now=NOW)


@pytest.mark.parametrize("who", ["radu", "irina", "ana", "rita", "dan"])
def test_nobody_else_proposes_or_closes(session, cast, last, who):
    somebody = actor(session, getattr(cast, who))
    for act in (closing.prepare, closing.close, closing.reopen, closing.discard):
        with pytest.raises(NotPermitted):
            act(session, last, actor=somebody, now=NOW)


def test_a_month_that_runs_is_not_close_month(session, cast, last):
    close_month(session, cast, last)
    running = session.scalar(select(AccountingPeriod).where(AccountingPeriod.month == THIS))
    with pytest.raises(Conflict, match="checklist"):
        closing.prepare(session, running, actor=actor(session, cast.petru), now=NOW)
    assert asked(session, running, "over").stops_now


def test_an_earlier_month_is_closed_first(session, cast, last):
    grant(session, cast, BEFORE, now=start_of(BEFORE))
    add_months(session, NOW)
    with pytest.raises(Conflict, match="checklist"):
        closing.prepare(session, last, actor=actor(session, cast.petru), now=NOW)
    earlier = session.scalar(select(AccountingPeriod).where(AccountingPeriod.month == BEFORE))
    close_month(session, cast, earlier)
    close_month(session, cast, last)


def test_a_fault_of_the_books_stops_the_close_and_so_does_a_check_that_never_ran(session, cast):
    grant(session, cast, LAST, now=start_of(LAST))
    add_months(session, NOW)
    period = session.scalar(select(AccountingPeriod).where(AccountingPeriod.month == LAST))
    assert asked(session, period, "laws").stops_now
    session.execute(text("UPDATE budget_line SET available_minor = available_minor - 1"))
    check_books(session)
    assert asked(session, period, "laws").stops_now
    session.execute(text("UPDATE budget_line SET available_minor = available_minor + 1"))
    session.execute(text("DELETE FROM job_run"))
    check_books(session)
    assert not asked(session, period, "laws").is_open


def test_what_is_open_is_asked_again_when_it_closes(session, cast, last):
    closing.prepare(session, last, actor=actor(session, cast.petru), now=NOW)
    session.execute(text("DELETE FROM job_run"))
    with pytest.raises(Conflict, match="checklist"):
        closing.close(session, last, actor=actor(session, cast.alina), now=NOW)


def test_a_proposal_is_discarded_and_made_anew(session, cast, last):
    closing.prepare(session, last, actor=actor(session, cast.petru), now=NOW)
    closing.discard(session, last, actor=actor(session, cast.alina), now=NOW)
    assert (last.state, last.prepared_by) == (PeriodState.OPEN, None)
    close_month(session, cast, last)


def test_it_is_opened_again_by_two_with_a_reason(session, cast, last):
    close_month(session, cast, last)
    petru, alina = actor(session, cast.petru), actor(session, cast.alina)
    with pytest.raises(Invalid):
        closing.ask_to_reopen(session, last, actor=petru, reason="  ", now=NOW)
    session.rollback()
    closing.ask_to_reopen(session, last, actor=petru, reason="sold greșit", now=NOW)
    assert last.is_closed
    closing.reopen(session, last, actor=alina, now=NOW)
    session.commit()
    assert (last.state, last.reopen_reason) == (PeriodState.OPEN, "sold greșit")
    grant(session, cast, LAST)
    session.commit()
    close_month(session, cast, last)
    assert (last.reopened_by, last.reopen_reason) == (None, "")


def test_whoever_asked_does_not_open_it(session, cast, last):
    close_month(session, cast, last)
    alina = actor(session, cast.alina)
    closing.ask_to_reopen(session, last, actor=alina, reason="sold greșit", now=NOW)
    with pytest.raises(NotPermitted):
        closing.reopen(session, last, actor=alina, now=NOW)
    closing.keep_closed(session, last, actor=actor(session, cast.petru), now=NOW)
    assert last.state is PeriodState.CLOSED


def test_only_the_last_closed_month_is_opened_again(session, cast, last):
    grant(session, cast, BEFORE, now=start_of(BEFORE))
    add_months(session, NOW)
    earlier = session.scalar(select(AccountingPeriod).where(AccountingPeriod.month == BEFORE))
    for period in (earlier, last):
        close_month(session, cast, period)
    with pytest.raises(Conflict, match="later month"):
        closing.ask_to_reopen(
            session, earlier, actor=actor(session, cast.petru), reason="x", now=NOW
        )


@pytest.mark.parametrize("day", [LAST, THIS - timedelta(days=1), LAST - timedelta(days=400)])
def test_the_database_refuses_an_entry_of_a_closed_month_or_before_it(session, cast, last, day):
    close_month(session, cast, last)
    with pytest.raises(IntegrityError) as caught:
        grant(session, cast, day)
    assert caught.value.orig.diag.constraint_name == "period_is_open"
    session.rollback()
    grant(session, cast, THIS)
    session.commit()


def test_the_owner_of_the_database_is_refused_too(session, cast, last, committed_db):
    close_month(session, cast, last)
    with (
        psycopg.connect(committed_db.owner_url.replace("+psycopg", "")) as owner,
        pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="closed"),
    ):
        owner.execute(
            "INSERT INTO ledger_entry (id, key, event, currency, posted_on, posted_at, source_type,"
            " source_id) SELECT gen_random_uuid(), 'x', event, currency, posted_on, now(),"
            " source_type, source_id FROM ledger_entry WHERE posted_on = %s",
            [LAST],
        )


def test_no_lines_are_added_to_an_entry_of_a_closed_month(session, cast, last):
    entry = session.scalar(select(LedgerEntry).where(LedgerEntry.posted_on == LAST))
    close_month(session, cast, last)
    with pytest.raises(IntegrityError) as caught:
        session.execute(
            text(
                "INSERT INTO ledger_line (entry_id, account, currency, debit_minor, credit_minor)"
                " VALUES (:entry, '1110', 'MDL', 1, 0), (:entry, '2300', 'MDL', 0, 1)"
            ),
            {"entry": entry.id},
        )
    assert caught.value.orig.diag.constraint_name == "period_is_open"


@pytest.fixture
def other(committed_db):
    """Another connection, as the system."""
    engine = create_engine(committed_db.url)
    with Session(engine) as own:
        act_as(own, SYSTEM)
        yield own
    engine.dispose()


def test_a_close_waits_for_what_is_being_posted(session, cast, last, other):
    closing.prepare(session, last, actor=actor(session, cast.petru), now=NOW)
    session.commit()
    grant(other, cast, LAST)
    session.execute(text("SET LOCAL lock_timeout = '300ms'"))
    with pytest.raises(OperationalError, match="lock timeout"):
        closing.close(session, last, actor=actor(session, cast.alina), now=NOW)
    session.rollback()
    other.commit()
    closing.close(session, last, actor=actor(session, cast.alina), now=NOW)
    session.commit()
    posted = session.scalars(select(LedgerEntry.id).where(LedgerEntry.posted_on == LAST)).all()
    assert len(posted) == 2


@pytest.mark.parametrize("day", [LAST, BEFORE - timedelta(days=900)])
def test_what_is_posted_while_it_closes_waits_and_is_refused(session, cast, last, other, day):
    closing.prepare(session, last, actor=actor(session, cast.petru), now=NOW)
    closing.close(session, last, actor=actor(session, cast.alina), now=NOW)
    other.execute(text("SET LOCAL lock_timeout = '300ms'"))
    with pytest.raises(OperationalError, match="lock timeout"):
        grant(other, cast, day)
    other.rollback()
    session.commit()
    with pytest.raises(IntegrityError, match="closed"):
        grant(other, cast, day)


def test_of_a_close_and_a_posting_at_once_one_sees_the_other(session, cast, last):
    closing.prepare(session, last, actor=actor(session, cast.petru), now=NOW)
    alina, period_id = actor(session, cast.alina), last.id

    def close(own):
        closing.close(own, own.get_one(AccountingPeriod, period_id), actor=alina, now=NOW)

    def book(own):
        grant(own, cast, LAST)

    said = at_once(session, close, book)
    assert said[0] is None
    posted = session.scalars(select(LedgerEntry.id).where(LedgerEntry.posted_on == LAST)).all()
    refused = isinstance(said[1], IntegrityError)
    assert len(posted) == (1 if refused else 2)
    late = [one for one in broken(session) if one.law.name == "closed-months"]
    assert late == []


def test_nobody_at_a_desk_waits_for_a_month_that_is_being_close_month(session, cast, last, other):
    issued = make_voucher(session, cast)
    session.commit()
    closing.prepare(session, last, actor=actor(session, cast.petru), now=NOW)
    session.commit()
    act_as(other, actor(session, cast.alina))
    closing.close(
        other, other.get_one(AccountingPeriod, last.id), actor=actor(session, cast.alina), now=NOW
    )
    session.execute(text("SET LOCAL lock_timeout = '300ms'"))
    assert deliver(session, cast.rita, issued).redemption_id
    other.rollback()


def test_two_postings_of_one_month_do_not_wait_for_each_other(session, cast, last, other):
    grant(other, cast, LAST)
    session.execute(text("SET LOCAL lock_timeout = '300ms'"))
    grant(session, cast, LAST)
    session.commit()
    other.commit()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE accounting_period SET state = 'open'",
        "UPDATE accounting_period SET closed_by = prepared_by",
        "UPDATE accounting_period SET reopen_asked_by = closed_by, reopened_by = closed_by",
        "UPDATE accounting_period SET month = month + 1",
        "UPDATE accounting_period SET closed_by = NULL",
    ],
)
def test_the_database_holds_that_two_close_and_two_open(session, cast, last, change):
    close_month(session, cast, last)
    with pytest.raises(IntegrityError):
        session.execute(text(change))
    session.rollback()


def test_a_check_finds_what_was_forged_into_a_closed_month(session, cast, last):
    close_month(session, cast, last)
    forge = "UPDATE accounting_period SET closed_at = :at WHERE state = 'closed'"
    session.execute(text(forge), {"at": start_of(BEFORE)})
    assert [one.law.name for one in broken(session)] == ["closed-months"]


def test_opening_balances_of_a_closed_month_are_refused_and_say_what_to_do(
    session, cast, last, bring
):
    opening = {"as of": LAST.isoformat(), "fund": "OLD-1", "amount": "800.00", "name": "Vechi"}
    whole = opening | {"donor": "D", "first day": "2026-01-01", "last day": "2099-12-31"}
    head = [column.name for column in reading.COLUMNS]
    code, said = bring(table(head, whole))
    assert code == 0, said
    waiting = queries.in_force(session)
    close_month(session, cast, last)
    with pytest.raises(Conflict, match="have the month opened again"):
        deciding.approve(session, waiting, actor=actor(session, cast.alina), now=NOW)
    session.rollback()
    deciding.drop(session, waiting, actor=actor(session, cast.alina), now=NOW)
    session.commit()
    _code, said = bring(table(head, whole))
    assert "have the month opened again" in str(said["errors"])
    _code, said = bring(table(head, whole | {"as of": THIS.isoformat()}))
    assert said["errors"] == []


@pytest.fixture
def bring(app, session, cast, tmp_path):
    return importer(app, session, tmp_path, "books")


def long_voucher(session, cast):
    """Return a voucher of the last days of last month."""
    first = THIS - timedelta(days=5)
    made = make_voucher(session, cast, valid_from=first, now=start_of(first))
    session.commit()
    return made


FIRST_HOUR = start_of(THIS) + timedelta(hours=1)
"""Of this month, so that no delivery of last month is too late, whatever day it is."""


def days_of(session, event):
    posted = select(LedgerEntry.posted_on).where(LedgerEntry.event == event)
    return set(session.scalars(posted))


def test_a_delivery_of_a_closed_month_is_posted_on_the_day_on_which_it_comes(session, cast, last):
    issued = long_voucher(session, cast)
    close_month(session, cast, last)
    day = THIS - timedelta(days=1)
    outcome = deliver(session, cast.rita, issued, delivered_on=day, now=FIRST_HOUR)
    session.commit()
    assert outcome.redemption_id
    assert days_of(session, PostingEvent.REDEEMED) == {THIS}
    assert broken(session) == []


def test_a_delivery_that_is_confirmed_after_the_close_is_posted_then(session, cast, last):
    issued = long_voucher(session, cast)
    day = THIS - timedelta(days=1)
    late = {"delivered_on": day, "now": FIRST_HOUR, "pin": None, "without_pin": "uitat"}
    outcome = deliver(session, cast.rita, issued, **late)
    session.commit()
    waits = asked(session, last, "deliveries")
    assert (waits.is_open, waits.stops) == (True, False)
    close_month(session, cast, last)
    delivery = session.get_one(Redemption, outcome.redemption_id)
    confirmation.confirm(session, delivery, actor=actor(session, cast.ana), now=NOW)
    session.commit()
    assert days_of(session, PostingEvent.REDEEMED) == {TODAY}


def test_what_only_warns_lets_the_month_close(session, cast, last):
    checks = checks_of(session, last, now=NOW)
    warned = [one.code for one in checks if one.is_open]
    assert warned == ["statements"]
    close_month(session, cast, last)
    told = select(AuditEvent.data).where(AuditEvent.action == "accounting_period:close")
    assert session.scalars(told).one()["warned"] == ["statements"]


def test_the_reason_stands_in_the_trail_and_on_the_page(session, cast, last, sign_in):
    close_month(session, cast, last)
    petru, alina = actor(session, cast.petru), actor(session, cast.alina)
    closing.ask_to_reopen(session, last, actor=petru, reason="sold greșit", now=NOW)
    client = sign_in(cast.alina)
    assert "sold greșit" in page(client, f"/ledger/periods/{last.id}").text
    closing.reopen(session, last, actor=alina, now=NOW)
    session.commit()
    assert "sold greșit" in page(client, f"/ledger/periods/{last.id}").text
    told = select(AuditEvent.reason).where(AuditEvent.action == "accounting_period:reopen")
    assert session.scalars(told).one() == "sold greșit"


# The pages


def page(client, address):
    return client.get(f"{address}?lang=en")


def test_finance_proposes_and_closes_through_the_pages(session, cast, last, sign_in):
    petru, alina, irina = (sign_in(one) for one in (cast.petru, cast.alina, cast.irina))
    address = f"/ledger/periods/{last.id}"
    assert "Propose the close" in page(petru, address).text
    assert "Propose the close" not in page(irina, address).text
    assert petru.post(f"{address}/prepare").status_code == 302
    assert "Decide on the close of a month." in alina.get("/account/today?lang=en").text
    assert petru.post(f"{address}/close").status_code in (403, 404)
    assert "Close the month" in page(alina, address).text


def test_a_month_goes_through_its_pages_from_open_to_closed_and_back(session, cast, last, sign_in):
    petru, alina, irina = (sign_in(one) for one in (cast.petru, cast.alina, cast.irina))
    address, because = f"/ledger/periods/{last.id}", {"reason": "sold greșit"}

    def state():
        session.expire_all()
        return session.get_one(AccountingPeriod, last.id).state

    assert irina.post(f"{address}/prepare").status_code in (403, 404)
    assert petru.post(f"{address}/prepare").status_code == 302
    assert petru.post(f"{address}/prepare").status_code == 409
    assert "What will happen" in page(alina, f"{address}/close").text
    assert alina.post(f"{address}/close").status_code == 302
    assert alina.post(f"{address}/close").status_code == 409
    assert state() is PeriodState.CLOSED
    assert petru.post(f"{address}/ask-to-reopen", data={"reason": ""}).status_code == 422
    assert alina.post(f"{address}/ask-to-reopen", data=because).status_code == 302
    assert alina.post(f"{address}/reopen").status_code in (403, 404)
    assert petru.post(f"{address}/keep-closed").status_code == 302
    assert petru.post(f"{address}/ask-to-reopen", data=because).status_code == 302
    assert alina.post(f"{address}/reopen").status_code == 302
    assert state() is PeriodState.OPEN


@pytest.mark.parametrize(("lang", "said"), [("ro", "Perioade"), ("ru", "Периоды")])
def test_the_pages_speak_the_readers_language(session, cast, last, sign_in, lang, said):
    petru = sign_in(cast.petru)
    assert said in petru.get(f"/ledger/periods/?lang={lang}").text
    shown = petru.get(f"/ledger/periods/{last.id}?lang={lang}").text
    assert "Checklist" not in shown
    assert said in shown


def test_an_empty_house_says_where_months_come_from(session, cast, sign_in):
    session.commit()
    assert "No month yet" in page(sign_in(cast.petru), "/ledger/periods/").text
