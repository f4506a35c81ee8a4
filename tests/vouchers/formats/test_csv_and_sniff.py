from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reintegration.kernel.amounts import Signs
from tests.vouchers.formats.writers import OURS, THEIRS, Line, camt
from vouchers.formats.csv_profile import CsvProfile, read_csv
from vouchers.formats.problems import StatementFileError
from vouchers.formats.sniff import BankFormat, read_statements, sniff

ROMANIAN = (
    "Extras de cont;;;;;\r\n"
    "Data tranzacției;Suma;Valuta;Cont;Partener;Cont partener;Destinația plății\r\n"
    f"02.03.2026;-1.250,50;MDL;{OURS};Școala Țării;{THEIRS};cazare\r\n"
    "Total;;;;;;\r\n"
)
RUSSIAN = (
    "Дата;Дебет;Кредит;Валюта;Счёт;Контрагент;Назначение платежа\n"
    f"02.03.2026;1250,50;;MDL;{OURS};Школа;ночлег\n"
)
ENGLISH = (
    "Date,Amount,Currency,Account,Counterparty,Description\n"
    f'2026-03-02,"-1,250.50",MDL,{OURS},School,"one, two"\n'
)


@pytest.mark.parametrize(
    ("text", "encoding", "name"),
    [
        (ROMANIAN, "utf-8-sig", "Școala Țării"),
        (ROMANIAN.replace("ț", "t").replace("Ț", "T").replace("Ș", "S"), "cp1250", "Scoala Tării"),
        (RUSSIAN, "cp1251", "Школа"),
        (RUSSIAN, "utf-8", "Школа"),
        (ENGLISH, "ascii", "School"),
        (ENGLISH, "utf-16", "School"),
    ],
)
def test_headings_in_three_languages_and_every_usual_encoding_are_read(text, encoding, name):
    (found,) = read_statements(BytesIO(text.encode(encoding)))
    (item,) = found.entries
    assert (item.amount_minor, item.currency, item.account_iban) == (-125050, "MDL", OURS)
    assert item.counterparty_name == name


def test_a_profile_names_other_headings_and_what_the_file_leaves_out():
    profile = CsvProfile(
        columns={"booking_date": ("wann",), "amount": ("wieviel",)},
        delimiter=";",
        signs=Signs(decimal=","),
        account_iban=OURS,
        currency="EUR",
    )
    (found,) = read_csv(b"Wann;Wieviel\n02.03.2026;1.234\n", profile)
    assert found.entries[0].amount_minor == 123400


@pytest.mark.parametrize(
    ("heading", "amount", "direction", "minor"),
    [
        ("D/C", "260,00", "D", -26000),
        ("D/C", "260,00", "C", 26000),
        ("D/C", "-260,00", "D", -26000),
        ("Дт/Кт", "260,00", "Дт", -26000),
        ("Tip", "260,00", "Debit", -26000),
        ("Тип операции", "260,00", "Кредит", 26000),
    ],
)
def test_a_column_of_directions_gives_the_amounts_their_sign(heading, amount, direction, minor):
    row = f"02.03.2027;{amount};{direction};MDL;{OURS}"
    (found,) = read_csv(f"Data;Suma;{heading};Valuta;Cont\n{row}\n".encode())
    assert found.entries[0].amount_minor == minor


@pytest.mark.parametrize(("amount", "direction"), [("260,00", ""), ("1,00", "x"), ("-1,00", "C")])
def test_a_direction_that_says_nothing_or_the_contrary_refuses_the_file(amount, direction):
    with pytest.raises(StatementFileError) as caught:
        read_csv(
            f"Data;Suma;D/C;Valuta;Cont\n02.03.2027;{amount};{direction};MDL;{OURS}\n".encode()
        )
    assert caught.value.code == "row_direction"


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ('2026-03-02,"1,250",MDL,A,x,y', "amount_ambiguous"),
        ("2026-03-02,ten,MDL,A,x,y", "amount_garbled"),
        ("2026-03-02,1.005,MDL,A,x,y", "amount_ambiguous"),
        ("2026-03-02,1.0055,MDL,A,x,y", "amount_finer"),
        ("02/30/2026,1.00,MDL,A,x,y", "date_garbled"),
        ("2026-03-02,1.00,lei,A,x,y", "no_currency"),
        ("2026-03-02,1.00,MDL,,x,y", "no_account"),
        ("2026-03-02,1.00", "row_short"),
        ("2026-03-02,,MDL,A,x,y", "row_without_amount"),
    ],
)
def test_a_row_that_cannot_be_read_refuses_the_file(row, code):
    with pytest.raises(StatementFileError) as caught:
        read_csv((ENGLISH.partition("\n")[0] + "\n" + row + "\n").encode())
    assert caught.value.code == code


def test_a_missing_column_is_named_with_the_columns_found():
    with pytest.raises(StatementFileError) as caught:
        read_csv(b"Date,Colour\n2026-03-02,red\n")
    assert caught.value.code == "column_missing"
    assert "Colour" in str(caught.value)


def test_equal_rows_both_stay_and_keep_their_names_when_read_again():
    data = (ENGLISH + ENGLISH.partition("\n")[2]).encode()
    first, again = read_csv(data)[0].entries, read_csv(data)[0].entries
    assert [item.occurrence for item in first] == [0, 1]
    assert [item.key for item in first] == [item.key for item in again]


@given(st.lists(st.integers(-(10**9), 10**9).filter(bool), min_size=1, max_size=8))
def test_what_was_written_is_read_back(amounts):
    rows = [
        f"2026-03-02;{'-' if a < 0 else ''}{abs(a) // 100},{abs(a) % 100:02d};EUR;{OURS}"
        for a in amounts
    ]
    (found,) = read_csv("\n".join(["data;suma;valuta;cont", *rows]).encode())
    assert [item.amount_minor for item in found.entries] == amounts


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (camt(Line(1)), BankFormat.CAMT),
        (b"\xef\xbb\xbf \n" + camt(Line(1)), BankFormat.CAMT),
        (camt(Line(1)).decode().replace("UTF-8", "UTF-16").encode("utf-16"), BankFormat.CAMT),
        (b"BANK\r\n940\r\n:20:X\r\n:25:1\r\n", BankFormat.MT940),
        (ROMANIAN.encode(), BankFormat.CSV),
    ],
)
def test_the_content_tells_the_format(data, found):
    assert sniff(data).format is found


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b" \r\n ", "empty"),
        (b"PK\x03\x04\x00\x00", "unknown_format"),
        (b"%PDF-1.7 ...", "unknown_format"),
        (b"good morning", "unknown_format"),
        (b"name,colour\nx,red\n", "unknown_format"),
        (b"<html/>", "other_message"),
    ],
)
def test_a_file_of_no_known_format_is_refused_with_words(data, code):
    with pytest.raises(StatementFileError) as caught:
        read_statements(BytesIO(data))
    assert caught.value.code == code


@given(st.binary(max_size=200))
def test_noise_is_refused_and_never_crashes(data):
    with pytest.raises(StatementFileError):
        read_statements(BytesIO(data))


def test_a_statement_in_the_letters_of_a_romanian_or_russian_bank_is_read():
    told = {"cp1250": "Plată către Asociaţia Ţărm", "cp1251": "Оплата услуг"}
    for encoding, remittance in told.items():
        row = f"02.03.2027;-260,00;MDL;{OURS};{remittance}"
        (found,) = read_csv(f"data;suma;valuta;cont;descriere\n{row}\n".encode(encoding))
        assert found.entries[0].remittance == remittance


def test_a_statement_whose_letters_cannot_be_told_is_asked_about_and_then_read():
    row = f"02.03.2027;-260,00;MDL;{OURS};ООО"
    data = f"data;suma;valuta;cont;descriere\n{row}\n".encode("cp1251")
    with pytest.raises(StatementFileError, match="Windows-1251") as unsure:
        read_statements(BytesIO(data))
    assert unsure.value.code == "encoding_unsure"
    (found,) = read_statements(BytesIO(data), encoding="cp1251")
    assert found.entries[0].remittance == "ООО"
