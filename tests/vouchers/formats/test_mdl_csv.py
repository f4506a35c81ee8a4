import csv
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vouchers.formats.writers import OURS
from vouchers.formats.mdl_csv import CsvExport, MdlOrder, Residence, build_mdl_csv, payment_text
from vouchers.formats.payment_file import PaymentFileError

ORDER = MdlOrder(
    "101",
    date(2026, 3, 2),
    125050,
    "MDL",
    OURS,
    "1002600000001",
    "Școala Țării",
    "1003600000002",
    OURS,
    "AGRNMD2X",
    'Cazare; trei "nopți"\nmartie',
)
LEFT = replace(ORDER, payee_bic="TIRCMD2X", final_account="2212 0000 11", payee_idno="0300012345")


def rows(data: bytes, encoding: str = "utf-8-sig") -> list[list[str]]:
    return list(csv.reader(data.decode(encoding).splitlines(), delimiter=";"))


def refusal(*orders: MdlOrder) -> str:
    with pytest.raises(PaymentFileError) as caught:
        build_mdl_csv(orders)
    return caught.value.code


def test_an_order_is_one_row_of_the_agreed_fields():
    _, row = rows(build_mdl_csv((ORDER,)))
    assert row == [
        "101",
        "02.03.2026",
        "1250.50",
        OURS,
        "1002600000001",
        "Școala Țării",
        "1003600000002",
        OURS,
        "AGRNMD2X",
        "Cazare, trei 'nopți' martie",
        "R",
    ]


def test_the_profile_sets_decimal_comma_encoding_and_headings():
    profile = CsvExport(encoding="cp1251", decimal=",", headings=False)
    (row,) = rows(build_mdl_csv((replace(ORDER, payee_name="Школа Țării"),), profile), "cp1251")
    assert (row[2], row[5]) == ("1250,50", "Школа Tarii")


def test_utf_8_begins_with_its_mark_so_that_spreadsheets_read_it():
    assert build_mdl_csv((ORDER,)).startswith(b"\xef\xbb\xbf")


def test_a_non_resident_is_marked():
    assert rows(build_mdl_csv((replace(ORDER, residence=Residence.NON_RESIDENT),)))[1][-1] == "N"


def test_the_text_for_the_left_bank_says_who_is_paid_in_the_end():
    assert payment_text(LEFT) == (
        "//IDCD/0300012345//CONT/2212000011//DENM/Școala Țării//" + ORDER.text
    )
    assert rows(build_mdl_csv((LEFT,)))[1][9].startswith(
        "//IDCD/0300012345//CONT/2212000011//DENM/"
    )


def test_a_name_cannot_forge_the_marks_of_the_left_bank():
    forged = replace(LEFT, payee_name="X//CONT/999//DENM/Y")
    assert payment_text(forged).count("//CONT/") == 1


def test_the_left_bank_needs_the_final_account_and_others_do_not_change_the_text():
    assert refusal(replace(LEFT, final_account=None)) == "final_account"
    assert payment_text(ORDER) == ORDER.text


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "'=", " =+"])
def test_a_text_is_never_a_formula(start):
    row = rows(build_mdl_csv((replace(ORDER, payee_name=start + "cmd", text=start + "cmd"),)))[1]
    assert (row[5], row[9]) == ("cmd", "cmd")


@given(st.text(max_size=60))
def test_no_text_begins_like_a_formula(text):
    row = build_mdl_csv((replace(ORDER, payee_name=text + "A", text=text + "A"),)).decode(
        "utf-8-sig"
    )
    cells = row.split("\r\n")[1].split(";")
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "'"))]


@given(
    name=st.text(max_size=60),
    text=st.text(max_size=120),
    encoding=st.sampled_from(["utf-8-sig", "cp1251"]),
)
def test_any_text_stays_one_cell(name, text, encoding):
    order = replace(ORDER, payee_name="A" + name, text="A" + text)
    profile = CsvExport(encoding=encoding, longest_text=10_000, longest_name=10_000)
    data = build_mdl_csv((order,), profile)
    lines = data.decode(encoding).split("\r\n")
    assert [line.count(";") for line in lines] == [10, 10, 0]
    assert '"' not in lines[1]


def test_the_same_orders_give_the_same_bytes():
    assert build_mdl_csv((ORDER, LEFT_TWO)) == build_mdl_csv((ORDER, LEFT_TWO))


LEFT_TWO = replace(LEFT, order_number="102")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"currency": "EUR"}, "currency"),
        ({"amount_minor": 0}, "amount"),
        ({"payee_iban": "MD00"}, "iban"),
        ({"payee_bic": "x"}, "bic"),
        ({"payee_idno": "12"}, "fiscal_code"),
        ({"payer_idno": ""}, "fiscal_code"),
        ({"order_number": "=1"}, "reference"),
        ({"payee_name": "==="}, "name"),
        ({"payee_name": "x" * 106}, "name_long"),
        ({"text": ""}, "text"),
        ({"text": "x" * 211}, "text_long"),
    ],
)
def test_what_the_bank_would_refuse_makes_no_file(change, code):
    assert refusal(replace(ORDER, **change)) == code


def test_a_name_is_never_cut_to_what_a_bank_takes():
    longest = "Ș" * 105
    assert rows(build_mdl_csv((replace(ORDER, payee_name=longest),)))[1][5] == longest


def test_an_order_number_used_twice_makes_no_file():
    assert refusal(ORDER, ORDER) == "reference_twice"
    assert refusal() == "no_payments"
