"""A rail answers whom it pays and how; nothing else asks for a currency to know it."""

import re
from dataclasses import replace

import pytest
from sqlalchemy import select

from reintegration.kernel.errors import Conflict, Invalid
from tests.database import ROOT
from tests.factories.cast import actor
from tests.factories.payments import LATER, bank_line, make_batch, statement
from tests.house.source import PRODUCT
from vouchers.bank.services.statement_import import import_file
from vouchers.books.models import LedgerEntry
from vouchers.books.services.postings import PostingEvent
from vouchers.formats import banks
from vouchers.payments.models import PaymentOrder
from vouchers.payments.services import rails
from vouchers.payments.states import Rail

ASKS_A_CURRENCY = re.compile(r"""[!=]=\s*["'](MDL|EUR|USD)["']|["'](MDL|EUR|USD)["']\s*[!=]=""")


@pytest.fixture
def by_stripe(monkeypatch):
    """A rail in lei whose money passes another account of ours than the bank's."""
    way = replace(
        rails.way_for("MDL"), settled=PostingEvent.SETTLED_BY_STRIPE, fee=PostingEvent.REPAID
    )
    monkeypatch.setattr(rails, "WAYS", {way.rail: way})


def order(**changes):
    values = {
        "payee_name": "Adăpost",
        "payee_iban": "MD24AG000225100013104168",
        "payee_bic": "AGRNMD2X",
        "payee_identifier": "1003600000002",
        "amount_minor": 5_000,
        "currency": "MDL",
    }
    return PaymentOrder(**(values | changes))


def test_each_rail_that_a_batch_may_store_has_its_way_and_its_label():
    assert set(rails.WAYS) == set(Rail)
    assert all(rail.label for rail in Rail)


def test_each_currency_that_is_paid_has_files_of_a_bank(app):
    with app.app_context():
        paid = rails.currencies()
    for currency in paid:
        assert banks.usual(currency).export.currency == currency


def test_no_code_outside_compares_a_currency_to_choose_a_way():
    found = {
        str(path.relative_to(ROOT))
        for building in PRODUCT
        for path in (ROOT / building).rglob("*.py")
        if ASKS_A_CURRENCY.search(path.read_text(encoding="utf-8"))
    }
    assert {path for path in found if not path.startswith("demo/")} == set()


def test_a_currency_without_a_way_is_refused():
    with pytest.raises(Conflict) as caught:
        rails.way_for("USD")
    assert caught.value.code == "rail"


@pytest.mark.parametrize("country", ["MD", "RO", "DE"])
def test_euro_goes_where_sepa_goes(country):
    rails.refuse_payee(rails.way_for("EUR"), order(payee_iban=f"{country}00", currency="EUR"))


def test_euro_does_not_go_elsewhere():
    with pytest.raises(Conflict) as caught:
        rails.refuse_payee(rails.way_for("EUR"), order(payee_iban="UA00", currency="EUR"))
    assert caught.value.params["country"] == "UA"


@pytest.mark.parametrize("lacks", ["payee_bic", "payee_identifier"])
def test_lei_go_only_to_a_payee_whom_the_file_can_name(lacks):
    with pytest.raises(Conflict) as caught:
        rails.refuse_payee(rails.way_for("MDL"), order(**{lacks: ""}))
    assert caught.value.params == {"name": "Adăpost"}


def test_no_order_is_larger_than_its_rail_carries():
    way = replace(rails.way_for("EUR"), largest_minor=4_999)
    with pytest.raises(Invalid):
        rails.refuse_payee(way, order())


@pytest.mark.parametrize(
    ("currency", "typed", "code"),
    [
        ("MDL", "1003 6000-00001", "1003600000001"),
        ("MDL", "", None),
        ("EUR", "", ""),
        ("USD", "", ""),
    ],
)
def test_our_fiscal_code_is_asked_where_the_rail_names_it(currency, typed, code):
    if code is not None:
        assert rails.our_code(currency, typed) == code
        return
    with pytest.raises(Invalid):
        rails.our_code(currency, typed)


def test_a_settled_order_posts_what_its_rail_says(session, cast, by_stripe):
    batch = make_batch(session, cast, until="released")
    line = statement(cast, bank_line(batch.orders[0]))
    import_file(session, actor=actor(session, cast.petru), name="x.xml", content=line, now=LATER)
    posted = select(LedgerEntry.event).where(LedgerEntry.source_id == batch.orders[0].id)
    assert PostingEvent.SETTLED_BY_STRIPE.value in session.scalars(posted).all()


def test_what_the_bank_took_posts_as_the_rail_of_its_currency_says(by_stripe):
    assert rails.fee_in("MDL") is PostingEvent.REPAID
    assert rails.fee_in("USD") is PostingEvent.BANK_FEE
