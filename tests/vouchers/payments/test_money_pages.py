"""Funds and the ledger in the browser: who may open what, what a form does, what a file holds."""

import csv
import io
import re
from uuid import UUID

import openpyxl
import pytest
from sqlalchemy import event, select

from reintegration.kernel.actor import SYSTEM
from reintegration.kernel.ids import new_id
from reintegration.kernel.money import Money
from reintegration.web.table_files import harmless
from tests.factories.cast import NOW, PEOPLE
from vouchers.books.models import BudgetLine, Fund, LedgerEntry
from vouchers.books.services import allocation, funds

BOOKS = {"petru", "alina", "radu", "irina"}
OPEN_TO = {
    "/funds/": BOOKS,
    "/funds/{fund}": BOOKS,
    "/funds/lines/{line}": BOOKS,
    "/funds/rates": BOOKS,
    "/funds/new": {"petru"},
    "/funds/{fund}/grant": {"petru"},
    "/funds/{fund}/lines/new": {"petru"},
    "/funds/lines/{line}/allocate": {"alina"},
    "/funds/lines/{line}/reduce": {"alina"},
    "/funds/lines/{line}/move": {"alina"},
    "/funds/lines/{line}/close": {"alina"},
    "/funds/exchange": {"alina"},
    "/ledger/": BOOKS,
    "/ledger/balances": BOOKS,
    "/ledger/entries/{entry}": BOOKS,
    "/ledger/export/csv": BOOKS,
    "/ledger/export/xlsx": BOOKS,
}


@pytest.fixture
def address(session, cast):
    entry = session.scalars(select(LedgerEntry.id).limit(1)).one()

    def fill(path: str) -> str:
        return path.format(fund=cast.fund.id, line=cast.budget_line.id, entry=entry)

    return fill


@pytest.mark.parametrize("person", PEOPLE)
def test_each_page_opens_for_those_it_is_for(sign_in, cast, address, person):
    browser = sign_in(getattr(cast, person))
    answers = {path: browser.get(address(path)).status_code for path in OPEN_TO}
    assert answers == {path: 200 if person in allowed else 403 for path, allowed in OPEN_TO.items()}


@pytest.mark.parametrize("path", [path for path in OPEN_TO if "{" in path])
def test_what_does_not_exist_is_not_found(sign_in, cast, path):
    gone = new_id()
    browser = sign_in(cast.alina if "lines/{line}" in path else cast.petru)
    assert browser.get(path.format(fund=gone, line=gone, entry=gone)).status_code == 404


def test_who_may_not_allocate_may_not_do_it_by_a_direct_post_either(sign_in, session, cast):
    before = cast.budget_line.available_minor
    for name in ("petru", "irina", "ana", "rita"):
        for act in ("allocate", "reduce", "move", "close"):
            answer = sign_in(getattr(cast, name)).post(
                f"/funds/lines/{cast.budget_line.id}/{act}",
                data={"amount": "1", "form_key": str(new_id())},
            )
            assert answer.status_code == 403
    session.refresh(cast.budget_line)
    assert cast.budget_line.available_minor == before


def test_a_grant_becomes_a_line_with_money_in_two_hands(sign_in, session, cast):
    preparer, approver = sign_in(cast.petru), sign_in(cast.alina)
    answer = preparer.post(
        "/funds/new",
        data={
            "code": "N-9",
            "name": "Nou",
            "donor": "Donator",
            "currency": "MDL",
            "starts_on": "2026-01-01",
            "ends_on": "2027-12-31",
        },
    )
    assert answer.status_code == 302
    fund = session.scalars(select(Fund).where(Fund.code == "N-9")).one()
    preparer.post(
        f"/funds/{fund.id}/grant",
        data={
            "amount": "1.250,50",
            "account": str(cast.bank_account.id),
            "form_key": str(new_id()),
        },
    )
    preparer.post(
        f"/funds/{fund.id}/lines/new", data={"code": "A", "name": "Servicii", "currency": "MDL"}
    )
    line = session.scalars(select(BudgetLine).where(BudgetLine.fund_id == fund.id)).one()
    form = {"amount": "1000", "form_key": str(new_id())}
    assert approver.post(f"/funds/lines/{line.id}/allocate", data=form).status_code == 302
    session.refresh(line)
    assert line.available == Money(100_000, "MDL")

    again = approver.post(f"/funds/lines/{line.id}/allocate", data=form)
    assert again.status_code == 302
    session.refresh(line)
    assert line.available == Money(100_000, "MDL")


@pytest.mark.parametrize(
    "amount", ["", "-5", "0", "abc", "1.234", "9" * 30, "NaN", "99999999", "=1+1"]
)
def test_a_wrong_amount_is_refused_and_stays_in_the_form(sign_in, session, cast, amount):
    before = cast.budget_line.available_minor
    answer = sign_in(cast.alina).post(
        f"/funds/lines/{cast.budget_line.id}/reduce",
        data={"amount": amount, "form_key": str(new_id())},
    )
    assert answer.status_code in (409, 422)
    assert f'value="{amount}"' in answer.text
    session.refresh(cast.budget_line)
    assert cast.budget_line.available_minor == before


def test_a_form_with_a_broken_key_or_choice_changes_nothing(sign_in, session, cast):
    browser = sign_in(cast.alina)
    url = f"/funds/lines/{cast.budget_line.id}"
    assert browser.post(f"{url}/reduce", data={"amount": "1", "form_key": ""}).status_code == 422
    assert browser.post(f"{url}/close", data={"form_key": ""}).status_code == 422
    wrong = {"amount": "1", "form_key": str(new_id()), "to": str(cast.euro_budget_line.id)}
    assert browser.post(f"{url}/move", data=wrong).status_code == 422


def test_the_journal_is_cut_by_every_filter(sign_in, session, cast):
    browser = sign_in(cast.irina)
    assert "Allocated" in browser.get("/ledger/?lang=en").text
    only = browser.get("/ledger/?lang=en&event=grant_received&currency=EUR").text
    assert _cells(only) == {"Grant received"}
    assert "10,000.00" in only
    by_account = browser.get("/ledger/?lang=en&account=9100").text
    assert _cells(by_account) == {"Allocated"}
    assert "Nothing found" in browser.get("/ledger/?lang=en&voucher=V-NONE").text
    assert "Nothing found" in browser.get("/ledger/?lang=en&until=2000-01-01").text
    nonsense = "?account=x&event=x&provider=x&budget_line=x&since=x&currency=XXX"
    assert browser.get(f"/ledger/{nonsense}").status_code == 200


def test_the_journal_costs_the_same_whatever_it_holds(app, sign_in, session, cast):
    browser = sign_in(cast.irina)
    few = _queries(app, lambda: browser.get("/ledger/"))
    for _ in range(30):
        allocation.reduce(
            session, cast.budget_line, actor=SYSTEM, amount=Money(1, "MDL"), key=new_id(), now=NOW
        )
    session.commit()
    assert _queries(app, lambda: browser.get("/ledger/")) == few
    few = _queries(app, lambda: browser.get("/funds/"))
    for number in range(5):
        fund = funds.create_fund(
            session,
            actor=SYSTEM,
            code=f"F-{number}",
            name="x",
            donor="x",
            currency="MDL",
            starts_on=NOW.date(),
            ends_on=NOW.date(),
            now=NOW,
        )
        funds.add_line(session, fund, actor=SYSTEM, code="A", name="x", now=NOW)
    session.commit()
    assert _queries(app, lambda: browser.get("/funds/")) == few


def test_pages_of_the_journal_hold_each_entry_once(sign_in, session, cast):
    for _ in range(70):
        allocation.reduce(
            session, cast.budget_line, actor=SYSTEM, amount=Money(1, "MDL"), key=new_id(), now=NOW
        )
    session.commit()
    browser, seen, url = sign_in(cast.irina), [], "/ledger/?currency=MDL"
    while url:
        page = browser.get(url).text
        seen += re.findall(r'/ledger/entries/([0-9a-f-]{36})"', page)
        older = re.search(r'rel="next" href="([^"]+)"', page)
        url = older.group(1).replace("&amp;", "&") if older else ""
    stored = session.scalars(select(LedgerEntry.id).where(LedgerEntry.currency == "MDL")).all()
    assert sorted(map(UUID, seen)) == sorted(stored)


def test_files_hold_what_the_page_shows(sign_in, cast):
    browser = sign_in(cast.petru)
    sent = browser.get("/ledger/export/csv?currency=MDL&lang=en")
    assert sent.content_type == "text/csv; charset=utf-8"
    content = sent.data.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content)))
    assert sum(float(row["Debit"]) for row in rows) == sum(float(row["Credit"]) for row in rows)
    assert {row["Account"] for row in rows} == {"1110", "2300", "9000", "9100"}
    book = openpyxl.load_workbook(
        io.BytesIO(browser.get("/ledger/export/xlsx?currency=MDL&lang=en").data)
    )
    sheet = list(book.active.iter_rows(values_only=True))
    assert len(sheet) == len(rows) + 1
    assert {row[4] for row in sheet[1:]} == {row["Account"] for row in rows}
    assert browser.get("/ledger/export/exe").status_code == 404


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1"])
def test_no_text_of_a_file_is_a_formula(text):
    assert harmless(text).startswith("'")
    assert harmless("Centrul") == "Centrul"


def test_a_rate_is_stored_with_its_source_and_an_exchange_by_it(sign_in, session, cast):
    answer = sign_in(cast.petru).post(
        "/funds/rates",
        data={"on": "2026-11-20", "base": "EUR", "quote": "MDL", "rate": "19.5", "source": "BNM"},
    )
    assert answer.status_code == 302
    form = {
        "bank_from": str(cast.euro_bank_account.id),
        "amount_out": "100",
        "bank_to": str(cast.bank_account.id),
        "amount_in": "1940",
        "rate": "2026-11-20|EUR|MDL",
        "form_key": str(new_id()),
    }
    approver = sign_in(cast.alina)
    answers = [approver.post("/funds/exchange", data=form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    booked = select(LedgerEntry.key).where(LedgerEntry.key.startswith("exchange"))
    assert len(session.scalars(booked).all()) == len({*session.scalars(booked)}) > 0
    assert "7100" in approver.get("/ledger/balances").text


def test_the_balances_say_that_they_balance(sign_in, cast):
    page = sign_in(cast.irina).get("/ledger/balances?lang=en").text
    assert page.count("Debits and credits are equal") == 2
    assert "does not balance" not in page


def _cells(page: str) -> set[str]:
    return set(re.findall(r'/ledger/entries/[0-9a-f-]{36}">([^<]+)<', page))


def _queries(app, act) -> int:
    from reintegration.kernel.db import db

    counted = []
    with app.app_context():
        engine = db.engine

    def count(*_args):
        counted.append(1)

    event.listen(engine, "before_cursor_execute", count)
    act()
    event.remove(engine, "before_cursor_execute", count)
    return len(counted)
