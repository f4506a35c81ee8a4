"""The figures of a month tie out: what opens it and moves in it is what closes it."""

import csv
import io
from collections import defaultdict
from datetime import timedelta
from decimal import Decimal

import openpyxl
import pytest
from sqlalchemy import func, select

from reintegration.kernel.clock import start_of
from reintegration.kernel.money import Money
from tests.factories.cast import NOW, TODAY, actor
from tests.factories.months import BEFORE, END, LAST, THIS, close_month, grant, last_month
from tests.factories.vouchers import deliver, make_voucher
from vouchers.books.models import AccountingPeriod, LedgerEntry, LedgerLine
from vouchers.books.queries import commitments, cut_off, period_balances
from vouchers.books.services.postings import PostingEvent
from vouchers.books.services.settling import horizons, settle
from vouchers.books.states import Account
from vouchers.voucher.models import Voucher
from vouchers.voucher.services import cancelling, expiry

KINDS = ("trial-balance", "journal", "dimensions", "tie-out", "cut-off", "commitments")
FIRST_HOUR = start_of(THIS) + timedelta(hours=1)


@pytest.fixture
def last(session, cast):
    """Last month with a delivery of it that was recorded in this one, and a grant of before."""
    grant(session, cast, BEFORE, now=start_of(BEFORE), minor=70_000)
    first = THIS - timedelta(days=5)
    issued = make_voucher(session, cast, valid_from=first, now=start_of(first))
    session.commit()
    deliver(session, cast.rita, issued, now=start_of(first))
    session.commit()
    deliver(session, cast.rita, issued, delivered_on=END, now=FIRST_HOUR)
    session.commit()
    return last_month(session, cast)


def summed(session, *where):
    """Return debits less credits of each account of the journal, read line by line."""
    found = defaultdict(int)
    lines = select(LedgerLine, LedgerEntry.posted_on).join(LedgerEntry)
    for line, _day in session.execute(lines.where(*where)):
        found[line.currency, line.account] += line.debit_minor - line.credit_minor
    return {key: minor for key, minor in found.items() if minor}


def column(balances, name):
    figures = {
        (one.currency, account.account): getattr(account, name).minor
        for one in balances
        for account in one.accounts
    }
    return {key: minor for key, minor in figures.items() if minor}


@pytest.mark.parametrize("settled", [False, True])
def test_opening_and_movements_are_the_closing_and_all_are_the_journals(session, last, settled):
    if settled:
        settle(session, horizons(session), now=NOW)
        session.commit()
    found = period_balances.balances(session, LAST, END)
    assert all(one.ties_out for one in found)
    assert column(found, "opening") == summed(session, LedgerEntry.posted_on < LAST)
    assert column(found, "closing") == summed(session, LedgerEntry.posted_on <= END)
    within = LedgerEntry.posted_on.between(LAST, END)
    moved = {
        (one.currency, account.account): account.debit.minor - account.credit.minor
        for one in found
        for account in one.accounts
    }
    assert {key: minor for key, minor in moved.items() if minor} == summed(session, within)
    debits = select(func.sum(LedgerLine.debit_minor)).join(LedgerEntry).where(within)
    assert sum(one.total.debit.minor for one in found) == session.scalar(debits) > 0
    opened = period_balances.balances(session, THIS, TODAY)
    assert column(opened, "opening") == column(found, "closing")


def test_the_dimensions_add_up_to_the_trial_balance(session, last):
    whole = {
        (one.currency, account.account): account
        for one in period_balances.balances(session, LAST, END)
        for account in one.accounts
    }
    parts = defaultdict(list)
    for one in period_balances.by_dimension(session, LAST, END):
        parts[one.balance.debit.currency, one.balance.account].append(one)
    assert set(whole) <= set(parts)
    for key, account in whole.items():
        for name in ("opening", "debit", "credit", "closing"):
            added = sum(getattr(one.balance, name).minor for one in parts[key])
            assert added == getattr(account, name).minor
    whole_of = [one for listed in parts.values() for one in listed]
    assert any(one.provider_id and one.fund_id and one.budget_line_id for one in whole_of)


def rows_of(answer, kind):
    if kind == "csv":
        return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    return list(openpyxl.load_workbook(io.BytesIO(answer.data)).active.iter_rows(values_only=True))


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("name", KINDS)
def test_each_file_is_given_in_both_forms(session, cast, last, sign_in, name, kind):
    answer = sign_in(cast.irina).get(f"/ledger/periods/{last.id}/{name}/{kind}?lang=en")
    assert answer.status_code == 200
    found = rows_of(answer, kind)
    assert len(found) > 1
    called = f'attachment; filename="{name}-{LAST:%Y-%m}.{kind}"'
    assert answer.headers["Content-Disposition"] == called
    assert {len(row) for row in found} == {len(found[0])}


def test_the_file_of_the_trial_balance_ties_out_with_that_of_the_journal(
    session, cast, last, sign_in
):
    client = sign_in(cast.petru)
    balances, journal = (
        rows_of(client.get(f"/ledger/periods/{last.id}/{name}/csv?lang=en"), "csv")
        for name in ("trial-balance", "journal")
    )
    for currency in ("MDL", "EUR"):
        lines = [row for row in journal[1:] if row[9] == currency]
        [whole] = [row for row in balances if row[0] == "Total" and row[2] == currency] or [None]
        if whole is None:
            assert lines == []
            continue
        _name, _none, _currency, opening, debit, credit, closing = whole
        assert Decimal(opening) == Decimal(closing) == 0
        assert Decimal(debit) == sum(Decimal(row[10]) for row in lines)
        assert Decimal(credit) == sum(Decimal(row[11]) for row in lines)
    assert {row[0][:7] for row in journal[1:]} == {f"{LAST:%Y-%m}"}


def test_a_delivery_that_came_late_stands_on_the_cut_off_list(session, cast, last, sign_in):
    close_month_before(session, cast, last)
    [found] = cut_off.first_of(session, LAST, END)
    assert (found.own_day, found.posted_on, found.event) == (END, THIS, PostingEvent.REDEEMED)
    client = sign_in(cast.petru)
    shown = client.get(f"/ledger/periods/{last.id}/cut-off?lang=en").text
    assert found.reference in shown
    listed = rows_of(client.get(f"/ledger/periods/{last.id}/cut-off/csv?lang=en"), "csv")
    assert listed[1][:4] == [END.isoformat(), THIS.isoformat(), "Delivered", found.reference]
    assert Money(int(Decimal(listed[1][5]) * 100), listed[1][4]) == found.amount


def close_month_before(session, cast, last):
    """Close what is open before last month, and last month."""
    for period in session.scalars(
        select(AccountingPeriod)
        .where(AccountingPeriod.month <= last.month)
        .order_by(AccountingPeriod.month)
    ).all():
        close_month(session, cast, period)


def test_a_month_of_which_nothing_came_late_says_so(session, cast, last, sign_in):
    running = session.scalars(select(AccountingPeriod).where(AccountingPeriod.month == THIS)).one()
    shown = sign_in(cast.petru).get(f"/ledger/periods/{running.id}/cut-off?lang=en").text
    assert "Nothing came late" in shown


@pytest.mark.parametrize("who", ["ana", "rita", "dan"])
def test_nobody_else_gets_a_file(session, cast, last, sign_in, who):
    client = sign_in(getattr(cast, who))
    for name in KINDS:
        address = f"/ledger/periods/{last.id}/{name}/csv"
        assert client.get(address).status_code in (403, 404)
    assert client.get("/ledger/periods/").status_code in (403, 404)


def test_another_kind_of_file_is_not_there(session, cast, last, sign_in):
    answer = sign_in(cast.petru).get(f"/ledger/periods/{last.id}/journal/exe")
    assert answer.status_code == 404


def promised_on(session, day):
    """Return what account 9200 says of each budget line at the end of a day."""
    minor = func.sum(LedgerLine.credit_minor - LedgerLine.debit_minor)
    rows = session.execute(
        select(LedgerLine.budget_line_id, minor)
        .join(LedgerEntry)
        .where(LedgerLine.account == Account.BUDGET_ENCUMBERED, LedgerEntry.posted_on <= day)
        .group_by(LedgerLine.budget_line_id)
    )
    return {line: int(found) for line, found in rows if found}


def test_what_is_carried_over_is_what_the_books_say_was_promised(session, cast, last):
    for first, day in ((LAST, END), (THIS, TODAY)):
        lines = commitments.by_line(session, first, day)
        found = {one.budget_line_id: one.carried.minor for one in lines}
        assert found == promised_on(session, day)
        assert sum(one.carried.minor for one in commitments.each(session, first, day)) == sum(
            found.values()
        )
    assert promised_on(session, END) != promised_on(session, TODAY)


def test_what_the_sweep_gave_back_has_lapsed_in_its_month_and_what_was_cancelled_has_not(
    session, cast, last
):
    vouchers = session.scalars(select(Voucher)).all()
    short = make_voucher(session, cast, units=2, valid_until=TODAY)
    gone = make_voucher(session, cast, units=3)
    session.commit()
    ana = actor(session, cast.ana)
    cancelling.cancel(session, gone.voucher, actor=ana, reason="nu mai e nevoie", now=NOW)
    session.commit()
    later = NOW + timedelta(days=40)
    expiry.expire_due(session, later)
    session.commit()
    month = later.date().replace(day=1)
    [lapsed] = [one for one in commitments.each(session, month, later.date()) if one.lapsed]
    assert lapsed.reference == short.voucher.reference
    assert (lapsed.lapsed, lapsed.carried.minor) == (short.voucher.amount, 0)
    assert len(vouchers) == 1
    assert not [one for one in commitments.each(session, THIS, TODAY) if one.lapsed]


def test_the_page_of_commitments_says_each_line_or_that_there_is_nothing(
    session, cast, last, sign_in
):
    petru = sign_in(cast.petru)
    shown = petru.get(f"/ledger/periods/{last.id}/commitments?lang=en").text
    assert cast.budget_line.code in shown
    before = session.scalars(select(AccountingPeriod).where(AccountingPeriod.month == BEFORE)).one()
    shown = petru.get(f"/ledger/periods/{before.id}/commitments?lang=en").text
    assert "Nothing was promised" in shown
