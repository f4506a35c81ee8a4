"""A rail answers whom it pays and how; nothing else asks for a currency to know it."""

import re
from dataclasses import replace

import pytest

from reintegration.kernel.errors import Conflict, Invalid
from tests.database import ROOT
from vouchers.formats import banks
from vouchers.payments.models import PaymentOrder
from vouchers.payments.services import rails
from vouchers.payments.states import RAIL_LABELS, Rail

ASKS_A_CURRENCY = re.compile(r"""[!=]=\s*["'](MDL|EUR|USD)["']|["'](MDL|EUR|USD)["']\s*[!=]=""")
ORDERS_LISTS = {
    "vouchers/bank/queries/bank.py": 1,
    "vouchers/books/queries/journal.py": 1,
    "vouchers/books/services/balances.py": 1,
}
"""They show the house's own currency first."""


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
    assert set(RAIL_LABELS) == {rail.value for rail in Rail}


def test_each_currency_that_is_paid_has_files_of_a_bank():
    for currency in rails.currencies():
        assert banks.usual(currency).export.currency == currency


def test_no_code_outside_compares_a_currency_to_choose_a_way():
    found = {}
    for path in (ROOT / "vouchers").rglob("*.py"):
        asking = len(ASKS_A_CURRENCY.findall(path.read_text(encoding="utf-8")))
        if asking:
            found[str(path.relative_to(ROOT))] = asking
    assert found == ORDERS_LISTS


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
    ("currency", "code", "refused"),
    [("MDL", "1003600000001", False), ("MDL", "", True), ("EUR", "", False), ("USD", "", False)],
)
def test_our_fiscal_code_is_asked_where_the_rail_names_it(currency, code, refused):
    if not refused:
        rails.refuse_our_code(currency, code)
        return
    with pytest.raises(Invalid):
        rails.refuse_our_code(currency, code)
