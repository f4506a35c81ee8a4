from dataclasses import replace
from datetime import UTC, date, datetime
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from tests.vouchers.formats.writers import OTHERS, OURS, THEIRS
from vouchers.formats.charset import latin
from vouchers.formats.pain001 import Payment, PaymentFile, build_pain001, payment_information_ids
from vouchers.formats.payment_file import PaymentFileError

SCHEMA = etree.XMLSchema(
    etree.fromstring((files("sepaxml") / "schemas" / "pain.001.001.09.xsd").read_bytes())
)
PAYMENT = Payment(
    "PO-1",
    "I-1",
    12550,
    "EUR",
    "Școala „Țară”",
    THEIRS,
    "Cazare, trei nopți",
    date(2026, 3, 3),
    "BANKRO22",
)
FILE = PaymentFile(
    "BATCH-7", datetime(2026, 3, 2, 9, 30, tzinfo=UTC), "Fundația Pod", OURS, "AGRNMD2X", (PAYMENT,)
)
SPACE = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}


def texts(data: bytes, path: str) -> list[str]:
    return [node.text for node in etree.fromstring(data).iterfind(path, SPACE)]


def refusal(file: PaymentFile) -> str:
    with pytest.raises(PaymentFileError) as caught:
        build_pain001(file)
    return caught.value.code


@pytest.mark.parametrize("bic", ["AGRNMD2X", None])
def test_the_file_is_valid_by_the_schema(bic):
    SCHEMA.assertValid(etree.fromstring(build_pain001(replace(FILE, debtor_bic=bic))))


@given(
    name=st.text(max_size=90),
    text=st.text(max_size=40),
    amounts=st.lists(st.integers(1, 10**11), min_size=1, max_size=5),
    days=st.lists(st.dates(date(2026, 1, 1), date(2027, 1, 1)), min_size=5, max_size=5),
)
def test_any_name_and_text_make_a_valid_file_or_a_refusal(name, text, amounts, days):
    payments = tuple(
        Payment(f"PO{n}", f"I{n}", minor, "EUR", name, OTHERS, text, day)
        for n, (minor, day) in enumerate(zip(amounts, days, strict=False))
    )
    file = replace(FILE, payments=payments)
    if not latin(name):
        assert refusal(file) == "name"
        return
    if len(latin(text)) > 140:
        assert refusal(file) == "text_long"
        return
    data = build_pain001(file)
    SCHEMA.assertValid(etree.fromstring(data))
    total = sum(amounts)
    assert texts(data, ".//p:GrpHdr/p:CtrlSum") == [f"{total // 100}.{total % 100:02d}"]
    assert texts(data, ".//p:PmtInfId") == list(payment_information_ids(file).values())


def test_the_same_payments_give_the_same_bytes():
    assert build_pain001(FILE) == build_pain001(replace(FILE))


def test_each_execution_day_is_a_block_with_its_own_sum():
    later = replace(
        PAYMENT,
        end_to_end_id="PO-2",
        instruction_id="I-2",
        amount_minor=100,
        requested_execution_date=date(2026, 3, 4),
    )
    data = build_pain001(replace(FILE, payments=(later, PAYMENT)))
    assert texts(data, ".//p:PmtInf/p:CtrlSum") == ["125.50", "1.00"]
    assert texts(data, ".//p:PmtInfId") == ["BATCH-7-1", "BATCH-7-2"]


def test_names_are_written_in_the_letters_of_sepa():
    data = build_pain001(FILE)
    assert texts(data, ".//p:Cdtr/p:Nm") == ["Scoala 'Tara'"]
    assert texts(data, ".//p:Ustrd") == ["Cazare, trei nopti"]


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ș ş ț ţ ă â î", "s s t t a a i"),
        ("Юлия Щукина", "Iuliia Shchukina"),
        ("Київ", "Kiiv"),
        ("Müller & Söhne", "Muller + Sohne"),
        ("Straße; №5", "Strasse, No5"),
        ("s\u0326", "s"),
        ("漢", "."),
        ("a\n\tb", "a b"),
    ],
)
def test_three_alphabets_become_basic_latin(text, folded):
    assert latin(text) == folded


@given(st.text())
def test_folded_text_has_only_letters_of_the_set_and_stays_when_folded_again(text):
    assert not set(latin(text)) - set(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-?:().,'+ "
    )
    assert latin(latin(text)) == latin(text)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"currency": "USD"}, "currency"),
        ({"amount_minor": 0}, "amount"),
        ({"amount_minor": -5}, "amount"),
        ({"creditor_iban": "RO49AAAA1B31007593840001"}, "iban"),
        ({"creditor_name": " "}, "name"),
        ({"end_to_end_id": "x" * 36}, "reference"),
        ({"end_to_end_id": "/x"}, "reference"),
        ({"end_to_end_id": "ș"}, "reference"),
        ({"creditor_bic": "nope"}, "bic"),
        ({"remittance": "x" * 141}, "text_long"),
    ],
)
def test_what_the_bank_would_refuse_makes_no_file(change, code):
    assert refusal(replace(FILE, payments=(replace(PAYMENT, **change),))) == code


def test_an_empty_batch_or_a_reference_used_twice_makes_no_file():
    assert refusal(replace(FILE, payments=())) == "no_payments"
    assert refusal(replace(FILE, payments=(PAYMENT, PAYMENT))) == "reference_twice"
