"""What is signed off at the close of a month is kept as it was: a paper, a workbook, a hash."""

import io

import openpyxl
import pytest
from sqlalchemy import select

from reintegration.kernel.audit import AuditEvent
from tests.factories.cast import NOW, actor
from tests.factories.months import END, LAST, close_month, grant, last_month
from vouchers.books.models import PeriodClose
from vouchers.books.queries import period_balances
from vouchers.books.services.periods import closing
from vouchers.books.services.periods.signing_off import hash_of, kept_checks


@pytest.fixture
def last(session, cast):
    return last_month(session, cast)


def closes(session):
    session.expire_all()
    return session.scalars(select(PeriodClose).order_by(PeriodClose.number)).all()


def kept_balances(close):
    rows = close.content["balances"]
    return [(row["currency"], row["account"], row["opening"], row["closing"]) for row in rows]


def standing(session):
    return [
        (one.currency, str(account.account), account.opening.minor, account.closing.minor)
        for one in period_balances.balances(session, LAST, END)
        for account in one.accounts
    ]


def test_the_close_keeps_its_checklist_and_trial_balance_and_the_trail_has_the_hash(
    session, cast, last
):
    close_month(session, cast, last)
    [signed] = closes(session)
    kept = signed.content
    assert (kept["prepared_by"], kept["closed_by"]) == (["Petru Sandu"], ["Alina Moraru"])
    assert kept_balances(signed) == standing(session) != []
    checks = kept_checks(kept)
    assert [one.code for one in checks if one.is_open] == ["statements"]
    assert checks[0].values == {"day": END}
    told = select(AuditEvent.data).where(AuditEvent.action == "accounting_period:close")
    assert session.scalars(told).one()["sha256"] == signed.sha256 == hash_of(kept)
    assert hash_of(kept | {"closed_by": ["Altcineva"]}) != signed.sha256


def test_what_was_signed_off_stays_though_the_month_is_opened_and_closed_again(session, cast, last):
    close_month(session, cast, last)
    [before] = closes(session)
    was = kept_balances(before)
    petru, alina = actor(session, cast.petru), actor(session, cast.alina)
    closing.ask_to_reopen(session, last, actor=petru, reason="sold greșit", now=NOW)
    closing.reopen(session, last, actor=alina, now=NOW)
    session.commit()
    grant(session, cast, LAST, minor=4_200)
    session.commit()
    close_month(session, cast, last)
    first, second = closes(session)
    assert kept_balances(first) == was != kept_balances(second) == standing(session)
    assert hash_of(first.content) == first.sha256 != second.sha256


@pytest.mark.parametrize("lang", ["en", "ro", "ru"])
def test_the_paper_and_the_workbook_say_it_in_each_language(session, cast, last, sign_in, lang):
    close_month(session, cast, last)
    [signed] = closes(session)
    irina = sign_in(cast.irina)
    assert signed.sha256[:16] in irina.get(f"/ledger/periods/{last.id}?lang={lang}").text
    answer = irina.get(f"/ledger/periods/signed/{signed.id}/pdf?lang={lang}")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.data.startswith(b"%PDF")
    assert b"Punte" not in answer.data
    book = irina.get(f"/ledger/periods/signed/{signed.id}/xlsx?lang={lang}")
    rows = list(openpyxl.load_workbook(io.BytesIO(book.data)).active.iter_rows(values_only=True))
    assert any(signed.sha256 in row for row in rows)
    figures = {row[0][:4]: row[-1] for row in rows if row[2] == "MDL"}
    assert figures["1110"] == 100.0


@pytest.mark.parametrize(("who", "kind"), [("ana", "pdf"), ("rita", "pdf"), ("petru", "exe")])
def test_nobody_else_gets_it_and_there_is_no_other_kind(session, cast, last, sign_in, who, kind):
    close_month(session, cast, last)
    [signed] = closes(session)
    answer = sign_in(getattr(cast, who)).get(f"/ledger/periods/signed/{signed.id}/{kind}")
    assert answer.status_code in (403, 404)
