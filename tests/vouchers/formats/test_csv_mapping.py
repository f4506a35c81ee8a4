"""A table whose columns a person said: read back to the same lines, or refused in words."""

import csv as tables
import io
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reintegration.kernel.errors import Invalid
from tests.sampling import amount
from tests.vouchers.formats.writers import DAY, OTHERS, OURS, THEIRS
from vouchers.formats.csv_look import head_of, look
from vouchers.formats.csv_mapping import CsvMapping, DayOrder, Meaning, Minus, guess, mapped
from vouchers.formats.csv_profile import CsvProfile
from vouchers.formats.csv_reader import read_csv, rows_as_read
from vouchers.formats.problems import StatementFileError
from vouchers.formats.sniff import may_be_table, read_statements

M = Meaning
PLAIN = (M.BOOKING_DATE, M.AMOUNT, M.REMITTANCE)


def said(*meanings, **more) -> CsvMapping:
    given_ = {
        "heading": [f"c{place}" for place in range(len(meanings))],
        "delimiter": ";",
        "decimal": ",",
        "days": DayOrder.DMY,
        "minus": Minus.OUT,
    }
    return mapped(meanings, **(given_ | more))


def profile(mapping, **more) -> CsvProfile:
    named = {"name": "p", "account_iban": OURS, "currency": "MDL"} | more
    return mapping.profile(**named)


def read(mapping, *rows: str, heading: bool = True):
    lines = [";".join(mapping.heading), *rows] if heading else rows
    (found,) = read_csv("\n".join(lines).encode(), profile(mapping))
    return found


def amounts(statement) -> list[int]:
    return [one.amount_minor for one in statement.entries]


def refusal(call, *args, **more) -> Invalid:
    with pytest.raises(Invalid) as caught:
        call(*args, **more)
    return caught.value


# --- what may be said


@pytest.mark.parametrize(
    ("meanings", "more", "code", "field"),
    [
        ((M.BOOKING_DATE, M.AMOUNT, M.AMOUNT), {}, "column_twice", "column_2"),
        ((M.BOOKING_DATE, M.REMITTANCE, None), {}, "no_amount", None),
        ((M.BOOKING_DATE, M.DEBIT, None), {}, "no_amount", None),
        ((M.BOOKING_DATE, M.AMOUNT, M.DEBIT, M.CREDIT), {}, "no_amount", None),
        ((M.AMOUNT, None, None), {}, "no_day", None),
        ((M.BOOKING_DATE, M.AMOUNT, None), {"minus": None}, "minus", "minus"),
        ((M.BOOKING_DATE, M.AMOUNT, None), {"minus": Minus.BACK}, "minus", "minus"),
        ((M.BOOKING_DATE, M.DEBIT, M.CREDIT), {"minus": Minus.OUT}, "minus", "minus"),
        ((M.BOOKING_DATE, M.AMOUNT, M.DIRECTION), {"words_in": ["C"]}, "no_words", "words_out"),
        (
            (M.BOOKING_DATE, M.AMOUNT, M.DIRECTION),
            {"words_in": ["D", "C"], "words_out": ["d "]},
            "word_twice",
            "words_in",
        ),
        (
            (M.BOOKING_DATE, M.DEBIT, M.CREDIT, M.DIRECTION),
            {"words_in": ["C"], "words_out": ["D"]},
            "direction_twice",
            None,
        ),
    ],
)
def test_what_could_be_read_in_two_ways_or_not_at_all_is_refused(meanings, more, code, field):
    error = refusal(said, *meanings, **more)
    assert (error.code, error.field) == (code, field)


def test_what_was_said_is_kept_as_plain_values():
    mapping = said(*PLAIN, skip_last=2, encoding="cp1251")
    assert CsvMapping.of_json(mapping.as_json()) == mapping
    assert mapping.print != replace(mapping, decimal=".").print


def test_a_guess_is_by_the_name_of_a_column_and_names_each_meaning_once():
    assert guess(["Data", "Suma", "Suma", "Culoare"]) == [M.BOOKING_DATE, M.AMOUNT, None, None]


# --- how it is read


@pytest.mark.parametrize(
    ("minus", "found"), [(Minus.OUT, [-125_050, 900]), (Minus.IN, [125_050, -900])]
)
def test_a_minus_means_what_was_said(minus, found):
    mapping = said(*PLAIN, minus=minus)
    assert amounts(read(mapping, "02.03.2026;-1.250,50;x", "03.03.2026;9,00;y")) == found


@pytest.mark.parametrize(
    ("minus", "found"), [(Minus.BACK, [26_000, 1_000]), (Minus.DEBIT, [-26_000, 1_000])]
)
def test_a_debit_below_nothing_is_what_was_said_and_is_not_asked_about(minus, found):
    mapping = said(M.BOOKING_DATE, M.DEBIT, M.CREDIT, minus=minus)
    assert amounts(read(mapping, "02.03.2026;-260,00;", "03.03.2026;;10,00")) == found


def test_the_words_of_a_direction_are_those_that_were_said_even_if_they_are_signs():
    mapping = said(
        M.BOOKING_DATE, M.AMOUNT, M.DIRECTION, words_out=["Ieșire", "-"], words_in=["Intrare", "+"]
    )
    rows = ("02.03.2026;1,00;IESIRE", "02.03.2026;2,00;-", "02.03.2026;3,00;+")
    assert amounts(read(mapping, *rows)) == [-100, -200, 300]


def test_a_direction_that_was_not_said_refuses_the_file_with_its_row():
    mapping = said(M.BOOKING_DATE, M.AMOUNT, M.DIRECTION, words_out=["D"], words_in=["C"])
    error = refusal(read, mapping, "02.03.2026;1,00;D", "02.03.2026;1,00;Credit")
    assert (error.code, error.params["row"]) == ("row_direction", 3)


@pytest.mark.parametrize(
    ("order", "written"),
    [(DayOrder.DMY, "03.02.2026"), (DayOrder.YMD, "2026-02-03"), (DayOrder.MDY, "02/03/2026")],
)
def test_days_are_read_in_the_order_that_was_said_and_in_no_other(order, written):
    (entry,) = read(said(*PLAIN, days=order), f"{written};1,00;x").entries
    assert entry.booking_date.isoformat() == "2026-02-03"
    others = {"03.02.2026", "2026-02-03", "02/23/2026"} - {written}
    for other in others if order is DayOrder.YMD else {"2026-02-03"} - {written}:
        assert refusal(read, said(*PLAIN, days=order), f"{other};1,00;x").code == "date_garbled"


@pytest.mark.parametrize(("decimal", "minor"), [(",", 125_000), (".", 125)])
def test_the_sign_before_the_decimals_is_the_one_that_was_said(decimal, minor):
    rows = ["02.03.2026;1.250;x"]
    assert amounts(read(said(*PLAIN, decimal=decimal), *rows)) == [minor]


def test_rows_above_below_and_between_are_left_out_counted_and_told():
    mapping = said(*PLAIN, skip_first=1, skip_last=2)
    content = "Extras;;\nc0;c1;c2\n1;2;3\n02.03.2026;-1,00;x\n\n31.03.2026;9,00;Sold\nDirector;;\n"
    (found,) = read_csv(content.encode(), profile(mapping))
    assert (amounts(found), found.skipped) == ([-100], 3)
    told = {one.code: one.params for one in found.problems}
    assert told["skipped_first"]["rows"] == "3: 1 2 3"
    assert told["skipped_last"] == {"count": 2, "rows": "6: 31.03.2026 9,00 Sold; 7: Director"}


def test_a_table_without_names_of_columns_is_read_by_places():
    mapping = said(*PLAIN, heading=(), skip_first=1)
    found = read(mapping, "Extras;;", "02.03.2026;-1,00;x", heading=False)
    assert (amounts(found), found.skipped) == ([-100], 1)
    assert refusal(read, mapping, "Extras;;", "x;1,00;02.03.2026", heading=False)


def test_columns_that_changed_are_not_read_by_their_old_places():
    kept = profile(said(*PLAIN))
    for heading in ("c0;c2;c1", "c0;c1", "x;c0;c1;c2"):
        content = f"{heading}\n02.03.2026;-1,00;x\n".encode()
        assert refusal(read_statements, io.BytesIO(content), profiles=[kept]).code in (
            "unknown_format",
            "column_missing",
        )
    general = CsvProfile(account_iban=OURS, currency="MDL")
    known = io.BytesIO(b"data;suma;descriere\n02.03.2026;-1,00;x\n")
    assert refusal(read_statements, known, profiles=[kept, general]).code == "columns_changed"


def test_two_accounts_with_equal_columns_are_told_apart_by_the_account_that_the_file_says():
    mapping = said(*PLAIN)
    two = [profile(mapping, name="a"), profile(mapping, name="b", account_iban=THEIRS)]
    table = "c0;c1;c2\n02.03.2026;-1,00;x\n"
    assert refusal(read_statements, io.BytesIO(table.encode()), profiles=two).code == (
        "account_unsaid"
    )
    above = f"Cont;{THEIRS};\n{table}"
    (found,) = read_statements(io.BytesIO(above.encode()), profiles=two)
    assert (found.account_iban, found.layout) == (THEIRS, "b")
    other = f"Cont;{OTHERS};\n{table}"
    assert refusal(read_statements, io.BytesIO(other.encode()), profiles=two).code == (
        "columns_unsaid"
    )


# --- attacked


def test_every_row_that_is_wrong_is_named_at_once():
    rows = ["02.03.2026;zece;x", "02.03.2026;1,00;y", "32.03.2026;1,00;z", "02.03.2026;;w"]
    error = refusal(read, said(*PLAIN), *rows)
    assert isinstance(error, StatementFileError)
    named = [one.params.get("row") or one.params["where"] for one in (error, *error.others)]
    assert named == ["row 2", "row 4", 5]


def test_a_formula_is_no_amount_and_in_a_text_it_is_text():
    error = refusal(read, said(*PLAIN), "02.03.2026;=1+1;x")
    assert (error.code, error.params["where"]) == ("amount_garbled", "row 2")
    (entry,) = read(said(*PLAIN), '02.03.2026;1,00;"=HYPERLINK(""x"")"').entries
    assert entry.remittance == '=HYPERLINK("x")'


def test_what_keeps_a_spreadsheet_from_counting_is_not_part_of_a_number():
    mapping = said(M.BOOKING_DATE, M.AMOUNT, M.COUNTERPARTY_CODE)
    (entry,) = read(mapping, '02.03.2026;1,00;="0012345678901"').entries
    assert entry.counterparty_code == "0012345678901"


def test_a_nul_is_dropped_behind_the_beginning_and_before_it_there_is_no_table():
    (entry,) = read(said(*PLAIN), "02.03.2026;1,00;a\x00b").entries
    assert entry.remittance == "ab"
    assert not may_be_table(b"PK\x03\x04\x00\x00\x00\x01\x02\xff")
    nul = io.BytesIO(b"c0;c1;c2\n02.03.2026;1,00;a\x00b\n")
    assert refusal(read_statements, nul, profiles=[profile(said(*PLAIN))]).code == "unknown_format"


def test_a_quotation_mark_that_is_not_closed_swallows_no_rows():
    rows = ['02.03.2026;1,00;"Alfa SRL', "03.03.2026;2,00;x", "04.03.2026;3,00;y"]
    error = refusal(read, said(*PLAIN), *rows)
    assert (error.code, error.params["row"]) == ("row_quoted", 2)
    (entry,) = read(said(*PLAIN), '02.03.2026;1,00;"two\nlines"').entries
    assert entry.remittance == "two lines"


def test_a_cell_that_is_longer_than_any_is_refused():
    error = refusal(read, said(*PLAIN), f'02.03.2026;1,00;"{"x" * 140_000}"')
    assert error.code == "row_quoted"


def test_a_long_table_is_looked_at_by_its_beginning_and_read_whole():
    many = amount(10_000, deep=100_000)
    rows = "".join(f"02.03.2026;-1,{n % 100:02d};plata {n}\n" for n in range(many))
    content = f"c0;c1;c2\n{rows}".encode()
    seen = look(head_of(content[:65_536]), is_whole=False)
    assert (seen.heading, seen.first, seen.width) == (1, 2, 3)
    assert len(rows_as_read(seen.text, profile(said(*PLAIN)), most=25)) == 25
    (found,) = read_csv(content, profile(said(*PLAIN)))
    assert (len(found.entries), found.skipped) == (many, 0)


# --- how it is looked at


@pytest.mark.parametrize(
    ("text", "delimiter", "heading", "first"),
    [
        ("Jour;Libellé;Débit\n02.03.2027;x;1,00\n", ";", 1, 2),
        ("Bank of X\n\nJour,Libellé,Débit\n02.03.2027,x,1.00\n", ",", 3, 4),
        ("02.03.2027\tx\t1,00\n03.03.2027\ty\t2,00\n", "\t", 0, 1),
        ("Jour|Sum\n1|2\n02.03.2027|1,00\n", "|", 1, 3),
    ],
)
def test_how_a_file_is_split_is_guessed(text, delimiter, heading, first):
    seen = look(text.encode(), is_whole=True)
    assert (seen.delimiter, seen.heading, seen.first) == (delimiter, heading, first)


def test_the_split_that_was_said_stands():
    text = b"a,b;c,d\n1,2;3,4\n"
    seen = look(text, is_whole=True, delimiter=",", heading=0, first=2)
    assert (seen.width, seen.cells, seen.samples) == (3, ["", "", ""], [["1"], ["2;3"], ["4"]])


# --- a law


WORDS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), max_size=12)
DECIMALS, SIGNS = st.sampled_from([",", "."]), st.sampled_from(list(Minus))
SHAPE = {DayOrder.DMY: "%d.%m.%Y", DayOrder.YMD: "%Y-%m-%d", DayOrder.MDY: "%m/%d/%Y"}


@st.composite
def tables_and_lines(draw):
    """A mapping that the form can make, and lines of an account."""
    minus, directed = draw(SIGNS), draw(st.booleans())
    sums = [M.AMOUNT] if minus in (Minus.OUT, Minus.IN) or directed else [M.DEBIT, M.CREDIT]
    meanings = [M.BOOKING_DATE, *sums, *([M.DIRECTION] if directed else []), M.REMITTANCE]
    meanings += draw(st.sampled_from([[], [None], [M.COUNTERPARTY_NAME, None]]))
    order = draw(st.permutations(meanings))
    mapping = said(
        *order,
        delimiter=draw(st.sampled_from(";,\t|")),
        decimal=draw(DECIMALS),
        days=draw(st.sampled_from(list(DayOrder))),
        minus=minus,
        words_out=["out"],
        words_in=["in"],
        heading=draw(st.sampled_from([[f"c{n}" for n in range(len(order))], ()])),
        skip_first=draw(st.integers(0, 2)),
        skip_last=draw(st.integers(0, 2)),
    )
    lines = st.tuples(st.integers(0, 700), st.integers(-(10**9), 10**9).filter(bool), WORDS, WORDS)
    return mapping, draw(st.lists(lines, min_size=1, max_size=6))


def written(mapping: CsvMapping, lines) -> bytes:
    """The table as a bank that writes so would give it."""
    out = io.StringIO()
    writer = tables.writer(out, delimiter=mapping.delimiter)
    if mapping.heading:
        writer.writerow(mapping.heading)
    for _ in range(mapping.skip_first):
        writer.writerow(["rulaj", *["x"] * (mapping.width - 1)])
    for days, minor, name, text in lines:
        writer.writerow(
            [_cell(mapping, place, days, minor, name, text) for place in range(mapping.width)]
        )
    for _ in range(mapping.skip_last):
        writer.writerow(["sold", *["x"] * (mapping.width - 1)])
    return out.getvalue().encode()


def _cell(mapping, place, days, minor, name, text) -> str:
    meaning = next((one for one, at in mapping.columns.items() if at == place), None)
    plain = f"{abs(minor) // 100}{mapping.decimal}{abs(minor) % 100:02d}"
    minus = {Minus.OUT: minor < 0, Minus.IN: minor > 0}.get(mapping.minus, False)
    return {
        M.BOOKING_DATE: (DAY + timedelta(days)).strftime(SHAPE[mapping.days]),
        M.AMOUNT: f"-{plain}" if minus else plain,
        M.DEBIT: (("-" if mapping.minus is Minus.DEBIT else "") + plain) if minor < 0 else "",
        M.CREDIT: plain if minor > 0 else "",
        M.DIRECTION: "out" if minor < 0 else "in",
        M.COUNTERPARTY_NAME: name,
        M.REMITTANCE: text,
    }.get(meaning, "?")


@given(tables_and_lines())
def test_a_table_written_as_was_said_is_read_back_to_the_same_lines(drawn):
    mapping, lines = drawn
    (found,) = read_csv(written(mapping, lines), profile(mapping))
    assert [(one.booking_date, one.amount_minor) for one in found.entries] == [
        (DAY + timedelta(days), minor) for days, minor, _, _ in lines
    ]
    assert found.skipped == mapping.skip_first + mapping.skip_last
