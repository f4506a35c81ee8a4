"""The statement of account of a provider: its lines, its files, and who may open it."""

import csv
import io
import re
from datetime import timedelta

import pypdfium2
import pytest

from reintegration.kernel.ids import new_id
from reintegration.kernel.money import Money
from tests.factories.cast import NOW, PEOPLE, TODAY, actor
from tests.factories.payments import as_system, make_batch, make_checked_claim, make_deliveries
from tests.vouchers.payments.payments_driver import Payments
from vouchers.payments.queries.statements import Period, statement_of
from vouchers.payments.services import reversal
from vouchers.payments.views import statements

ONE = Money(50_000, "MDL")


@pytest.fixture
def paid(session, cast):
    """Two deliveries that were paid, one of which was taken back afterwards, and one not paid."""
    deliveries = make_deliveries(session, cast, 2)
    checked = make_checked_claim(session, cast, deliveries=deliveries)
    [order] = make_batch(session, cast, [checked], until="released").orders
    payments = Payments(session, cast)
    payments.settle(order, NOW)
    session.commit()
    petru = actor(session, cast.petru)
    reversal.reverse(session, deliveries[0], actor=petru, reason="a mistake", now=NOW)
    session.commit()
    as_system(session)
    make_deliveries(session, cast, 1)
    as_system(session)
    return order


def read(browser, cast, kind="", asked=""):
    suffix = f"/statement.{kind}" if kind else ""
    return browser.get(f"/statements/{cast.provider.id}{suffix}?lang=en{asked}")


def words_of(answer) -> str:
    paper = pypdfium2.PdfDocument(answer.data)
    return "\n".join(page.get_textpage().get_text_range() for page in paper)


def test_it_tells_each_delivery_payment_and_debt_with_its_reference(session, cast, paid):
    found = statement_of(session, cast.provider.id, "MDL", Period(TODAY, TODAY))
    assert found.opening == Money.zero("MDL")
    assert [(str(line.event), line.amount.minor) for line in found.lines] == [
        ("redeemed", 50_000),
        ("redeemed", 50_000),
        ("payment_released", -100_000),
        ("clawed_back", -50_000),
        ("redeemed", 50_000),
    ]
    assert found.lines[2].reference == paid.reference
    assert all(line.reference and line.service for line in found.lines if line.service)
    assert found.closing == Money.zero("MDL")


def test_a_debt_that_is_set_off_is_told_on_both_sides(session, cast, paid):
    checked = make_checked_claim(session, cast)
    make_batch(session, cast, [checked], until="released")
    as_system(session)
    found = statement_of(session, cast.provider.id, "MDL", Period(TODAY, TODAY))
    set_off = [line for line in found.lines if line.event == "offset"]
    assert sorted(line.amount.minor for line in set_off) == [-50_000, 50_000]


@pytest.mark.usefixtures("paid")
@pytest.mark.parametrize("person", PEOPLE)
def test_it_opens_for_the_books_and_for_the_providers_own_bookkeepers(sign_in, cast, person):
    browser = sign_in(getattr(cast, person))
    books = {"petru", "alina", "radu", "irina"}
    answers = {read(browser, cast, kind).status_code for kind in ("", "csv", "pdf")}
    expected = 200 if person in books | {"boris", "maria"} else 404 if person == "oleg" else 403
    assert answers == {expected}


def test_a_provider_that_is_not_there_and_another_kind_of_file_are_not_found(sign_in, cast):
    browser = sign_in(cast.petru)
    assert browser.get(f"/statements/{new_id()}").status_code == 404
    assert read(browser, cast, "xlsx").status_code == 404


@pytest.mark.usefixtures("paid")
def test_the_table_has_what_the_page_says_and_adds_up(sign_in, cast):
    answer = read(sign_in(cast.boris), cast, "csv")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert rows[0][:3] == ["Day", "What", "Reference"]
    assert rows[1][1] == "Balance before"
    assert rows[-1][1] == "Balance at the end"
    amounts = [float(row[6]) for row in rows[2:-1]]
    assert float(rows[1][7]) + sum(amounts) == float(rows[-1][7])


@pytest.mark.usefixtures("paid")
@pytest.mark.parametrize(
    ("lang", "title"),
    [("en", "Statement of account"), ("ro", "Extras de cont"), ("ru", "Выписка по счёту")],
)
def test_the_paper_is_tagged_and_names_nobody(sign_in, session, cast, lang, title):
    answer = sign_in(cast.boris).get(f"/statements/{cast.provider.id}/statement.pdf?lang={lang}")
    said = words_of(answer)
    assert title in said
    assert cast.provider.legal_name in said
    assert b"/MarkInfo" in answer.data or b"/StructTreeRoot" in answer.data
    for word in ("Punte", "trafficking", "Boris", "Rita", "Ana Lungu"):
        assert word.casefold() not in said.casefold()
        assert word.encode() not in answer.data
    name = answer.headers["Content-Disposition"]
    assert re.fullmatch(r'attachment; filename="[0-9A-Z]+-MDL-[0-9-]+\.pdf"', name)


@pytest.mark.usefixtures("paid")
@pytest.mark.parametrize(
    "asked",
    [
        "&since=2026-13-45&until=nonsense",
        "&since=9999-12-31&until=0001-01-01",
        "&currency=XXX",
        "&since=1900-01-01&until=2199-01-01",
    ],
)
def test_garbage_in_the_address_is_read_as_a_period_that_can_be(sign_in, cast, asked):
    browser = sign_in(cast.boris)
    assert [read(browser, cast, kind, asked).status_code for kind in ("", "csv")] == [200, 200]


def test_a_period_without_lines_says_so(sign_in, cast):
    assert "Nothing was posted" in read(sign_in(cast.boris), cast).text


@pytest.mark.usefixtures("paid")
def test_a_long_one_shows_its_first_lines_and_ends_with_the_whole(sign_in, cast, monkeypatch):
    monkeypatch.setattr(statements, "SHOWN", 2)
    text = read(sign_in(cast.boris), cast).text
    assert "Only the first 2 lines are shown." in text
    tiles = re.findall(r'class="tile__value">([^<]+)<', text)
    assert [one.split("\N{NO-BREAK SPACE}")[0] for one in tiles] == ["0.00", "0.00"]


@pytest.mark.usefixtures("paid")
def test_a_period_of_the_past_ends_with_what_stood_then(sign_in, session, cast):
    before = TODAY - timedelta(days=40)
    found = statement_of(session, cast.provider.id, "MDL", Period(before, TODAY - timedelta(1)))
    assert (found.lines, found.closing) == ([], Money.zero("MDL"))


@pytest.mark.usefixtures("paid")
def test_finance_reaches_it_from_the_ledger_and_from_the_provider(sign_in, cast):
    browser = sign_in(cast.petru)
    url = f"/statements/{cast.provider.id}"
    assert url in browser.get(f"/ledger/?currency=MDL&provider={cast.provider.id}").text
    assert url not in browser.get("/ledger/").text
    assert url in sign_in(cast.boris).get("/claims/mine/money").text
