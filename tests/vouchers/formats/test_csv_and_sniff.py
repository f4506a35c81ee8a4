from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reintegration.kernel.amounts import Signs
from tests.vouchers.formats.writers import OURS, THEIRS, Line, camt
from vouchers.formats.csv_profile import CsvProfile
from vouchers.formats.csv_reader import read_csv
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
        ("2026-03-02,1.00,bani,A,x,y", "no_currency"),
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


COLUMNS = "Data;Debit;Credit;Valuta;Cont;Descriere"
DIRECTIONS = "Data;Suma;D/C;Valuta;Cont;Descriere"


def read_rows(heading: str, *rows: str, **profile):
    """The statement of rows that begin with a day, two sums or a sum and its direction."""
    lines = [heading, *(f"{row};MDL;{OURS};text" for row in rows)]
    (found,) = read_csv("\r\n".join(lines).encode(), CsvProfile(**profile))
    return found


def amounts(statement) -> list[int]:
    return [one.amount_minor for one in statement.entries]


@pytest.mark.parametrize("name", ["Soldatenco Maria", "Total Energo SRL", "Balanceanu Ion"])
def test_a_payee_whose_name_begins_like_a_total_is_an_entry(name):
    heading = "Beneficiar;Data;Suma;Valuta;Cont"
    rows = f"{name};02.03.2027;-260,00;MDL;{OURS}\nSold final;;739,00;MDL;\n"
    (found,) = read_csv(f"{heading}\n{rows}".encode())
    assert [(one.counterparty_name, one.amount_minor) for one in found.entries] == [(name, -26000)]


@pytest.mark.parametrize(
    "row",
    [
        "Sold final;739,00;;MDL;;",
        ";739,00;;MDL;;Total",
        "Total: 3 operațiuni",
        "31.03.2027;;;MDL;;Rulaj",
        "Pagina 1 din 2;;;;;",
    ],
)
def test_what_is_no_entry_is_left_out_counted_and_shown_with_its_row(row):
    (found,) = read_csv(f"{COLUMNS}\n02.03.2027;1,00;;MDL;{OURS};x\n{row}\n".encode())
    (problem,) = found.problems
    assert (amounts(found), found.skipped, problem.code) == ([-100], 1, "no_entries")
    assert problem.params["rows"].startswith("3: ")


@pytest.mark.parametrize("text", ["1 martie", "32.03.2027", "2027"])
def test_a_day_that_cannot_be_read_is_refused_and_not_left_out(text):
    with pytest.raises(StatementFileError) as caught:
        read_rows(COLUMNS, f"{text};1,00;")
    assert caught.value.code == "date_garbled"


def test_a_storno_in_the_debit_column_brings_money_back():
    found = read_rows(COLUMNS, "02.03.2027;260,00;", "03.03.2027;-260,00;", "04.03.2027;;-5,00")
    assert amounts(found) == [-26000, 26000, -500]


def test_a_storno_beside_a_direction_brings_money_back():
    rows = ("02.03.2027;260,00;D", "03.03.2027;(260,00);D", "04.03.2027;-5,00;C")
    assert amounts(read_rows(DIRECTIONS, *rows)) == [-26000, 26000, -500]


def test_a_debit_below_nothing_that_may_be_a_storno_is_refused_unless_the_account_says_which():
    with pytest.raises(StatementFileError) as caught:
        read_rows(COLUMNS, "02.03.2027;;10,00", "03.03.2027;-260,00;")
    assert (caught.value.code, caught.value.params["row"]) == ("row_storno_or_debit", 3)
    found = read_rows(COLUMNS, "02.03.2027;;10,00", "03.03.2027;-260,00;", signed_debit=True)
    assert amounts(found) == [1000, -26000]


@pytest.mark.parametrize(
    "above",
    [
        f"Extras de cont;;;\nCont:;{OURS};;\nValuta:;MDL;;\n",
        f"Extras de cont {OURS}, MDL\n",
        f"Банк: ОТР;;;\nСчёт: {OURS[:4]} {OURS[4:8]} {OURS[8:]};;;\nВалюта: лей;;;\n",
        f"IBAN;{OURS};cont de comision;{THEIRS}\nMoneda;lei\n",
    ],
)
def test_an_account_above_the_table_is_the_account_of_its_rows(above):
    table = "Data;Debit;Credit;Descriere\n02.03.2027;260,00;;Plata servicii\n"
    (found,) = read_csv((above + table).encode())
    assert (found.account_iban, found.currency, amounts(found)) == (OURS, "MDL", [-26000])


def test_the_account_beside_a_row_is_the_other_side_where_ours_stands_above():
    above = f"Cont {OURS}\nValuta MDL\n"
    (found,) = read_csv(f"{above}Data;Suma;Cont\n02.03.2027;-1,00;{THEIRS}\n".encode())
    assert (found.account_iban, found.entries[0].counterparty_iban) == (OURS, THEIRS)


def test_two_accounts_above_a_table_are_not_chosen_from():
    above = f"{OURS}\n{THEIRS}\nMDL\n"
    with pytest.raises(StatementFileError) as caught:
        read_csv(f"{above}Data;Suma;Descriere\n02.03.2027;-1,00;x\n".encode())
    assert caught.value.code == "no_account"


def test_a_currency_may_stand_in_the_heading_or_as_a_word():
    (found,) = read_csv(f"Data;Debit (MDL);Credit, lei;Cont\n02.03.2027;1,00;-;{OURS}\n".encode())
    assert (found.currency, amounts(found)) == ("MDL", [-100])


def test_a_line_of_nothing_is_left_out_and_counted():
    found = read_rows(COLUMNS, "02.03.2027;260.00;0.00", "02.03.2027;0.00;0.00")
    assert (amounts(found), found.skipped) == ([-26000], 1)
    assert [one.code for one in found.problems] == ["of_nothing"]


def test_headings_that_are_not_known_are_named_with_those_that_are():
    with pytest.raises(StatementFileError) as caught:
        read_statements(BytesIO("Jour;Libellé;Débit;Crédit\n02.03.2027;x;1,00;\n".encode()))
    said = caught.value.params
    assert (caught.value.code, said["row"]) == ("column_missing", 1)
    assert (said["known"], said["unknown"]) == ("Débit, Crédit", "Jour, Libellé")
    assert "Data" in said["column"]
