"""Each bank's files answer the same questions; an account's profile chooses them."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from reintegration.kernel.money import Money
from tests.vouchers.formats.writers import OURS
from vouchers.formats import banks
from vouchers.formats.csv_reader import read_csv
from vouchers.formats.mdl_csv import CsvExport
from vouchers.formats.outgoing import MEDIA_TYPES, Order, Outgoing, Payer

ORDER = Order(
    number="PO-7K2M9X",
    end_to_end_id="E0123456789ABCDEFGHJK",
    amount_minor=125_050,
    currency="MDL",
    payee_name="Școala Țării",
    payee_iban=OURS,
    payee_bic="AGRNMD2X",
    payee_idno="1003600000002",
    text="PO-7K2M9X servicii",
    abroad=False,
    final_account="",
)
OUTGOING = Outgoing(
    message_id="M0123456789ABCDEFGHJK",
    created_at=datetime(2026, 3, 2, 9, 30),
    day=date(2026, 3, 3),
    payer=Payer("Asociația Exemplu", OURS, "AGRNMD2X", "1002600000001"),
    orders=(ORDER,),
)
each = pytest.mark.parametrize("profile", banks.PROFILES.values(), ids=list(banks.PROFILES))


def paid_by(profile):
    """Return what leaves, in the currency of the profile."""
    return replace(OUTGOING, orders=(replace(ORDER, currency=profile.export.currency),))


@each
def test_the_same_orders_give_the_same_bytes(profile):
    assert profile.export.build(paid_by(profile)) == profile.export.build(paid_by(profile))


@each
def test_the_file_says_what_is_paid_to_whom(profile):
    content = profile.export.build(paid_by(profile))
    assert OURS.encode() in content
    assert str(Money(125_050, "MDL").decimal).encode() in content.replace(b",", b".")


@each
def test_the_name_of_the_file_ends_as_its_type(profile):
    assert profile.export.ending in MEDIA_TYPES


@pytest.mark.parametrize(
    "export", [one.export for one in banks.PROFILES.values() if isinstance(one.export, CsvExport)]
)
def test_each_row_has_as_many_cells_as_its_heading_for_no_cell_is_quoted(export):
    rows = export.build(OUTGOING).decode(export.encoding).splitlines()
    assert len({row.count(export.delimiter) for row in rows}) == 1


@each
def test_its_statements_name_a_day_and_an_amount(profile):
    assert "booking_date" in profile.statements.columns
    assert {"amount"} <= profile.statements.columns.keys() or {
        "debit",
        "credit",
    } <= profile.statements.columns.keys()


def test_the_file_in_lei_is_the_one_that_banks_take_today():
    assert banks.usual("MDL").export.build(OUTGOING).decode("utf-8-sig") == (
        "NR;DATA;SUMA;IBAN_PLATITOR;IDNO_PLATITOR;BENEFICIAR;IDNO_BENEFICIAR;IBAN_BENEFICIAR;"
        "BIC_BENEFICIAR;DESTINATIA;REZIDENT\r\n"
        f"PO-7K2M9X;03.03.2026;1250.50;{OURS};1002600000001;Școala Țării;1003600000002;{OURS};"
        "AGRNMD2X;PO-7K2M9X servicii;R\r\n"
    )


@pytest.mark.parametrize(
    ("currency", "name"), [("MDL", "general"), ("EUR", "sepa"), ("USD", "general")]
)
def test_a_currency_has_its_usual_files(currency, name):
    assert banks.usual(currency).name == name


@pytest.mark.parametrize(
    ("name", "currency", "taken"),
    [
        ("general", "MDL", True),
        ("general", "EUR", False),
        ("general", "USD", True),
        ("sepa", "EUR", True),
        ("sepa", "MDL", False),
        ("sepa", "USD", False),
    ],
)
def test_an_account_takes_files_that_pay_in_its_currency(name, currency, taken):
    assert banks.takes(banks.PROFILES[name], currency) is taken


def test_a_statement_that_names_no_account_is_of_the_one_that_was_said():
    layout = replace(banks.usual("MDL").statements, account_iban=OURS, currency="MDL")
    (found,) = read_csv(b"Data;Suma\n02.03.2026;-10,50\n", layout)
    assert (found.account_iban, found.entries[0].amount_minor) == (OURS, -1050)
