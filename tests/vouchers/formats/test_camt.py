from datetime import date
from io import BytesIO
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vouchers.formats.writers import (
    OTHERS,
    OURS,
    THEIRS,
    Line,
    Tx,
    camt,
    document,
    statement_xml,
)
from vouchers.formats.camt import read_camt
from vouchers.formats.statement import StatementKind

CURRENCIES = st.sampled_from(["EUR", "MDL", "JPY", "KWD"])
WORDS = st.text(st.characters(categories=["L", "N"]), max_size=20)


def read(data: bytes):
    return read_camt(BytesIO(data))


def codes(problems) -> list[str]:
    return [problem.code for problem in problems]


@pytest.mark.parametrize("version", range(2, 14))
def test_every_version_gives_the_same_entry(version):
    line = Line(
        -12550,
        reference="R1",
        transactions=[Tx(12550, end_to_end="PO1", name="Casa Verde", iban=THEIRS, text="hostel")],
    )
    (found,) = read(camt(line, version=version, opening=20000))
    (item,) = found.entries
    assert (item.amount_minor, item.end_to_end_id, item.counterparty_name) == (
        -12550,
        "PO1",
        "Casa Verde",
    )
    assert (item.counterparty_iban, item.remittance, item.problems) == (THEIRS, "hostel", ())
    assert found.problems == ()


def test_a_file_without_a_namespace_is_read():
    (found,) = read(document(statement_xml([Line(100)]), version=None))
    assert found.entries[0].amount_minor == 100


@given(
    currency=CURRENCIES,
    amounts=st.lists(st.integers(-(10**12), 10**12).filter(bool), max_size=8),
    opening=st.integers(-(10**9), 10**9),
    text=WORDS,
)
def test_what_was_written_is_read_back(currency, amounts, opening, text):
    lines = [
        Line(minor, currency, transactions=[Tx(abs(minor), currency, f"E{n}", text=text or None)])
        for n, minor in enumerate(amounts)
    ]
    (found,) = read(camt(*lines, currency=currency, opening=opening))
    assert [item.amount_minor for item in found.entries] == amounts
    assert [item.end_to_end_id for item in found.entries] == [f"E{n}" for n in range(len(amounts))]
    assert {item.remittance for item in found.entries} <= {normalize("NFC", text)}
    assert found.opening_minor == opening
    assert found.closing_minor == opening + sum(amounts)
    assert found.problems == ()


@given(amounts=st.lists(st.sampled_from([100, 200, -100]), max_size=12), twice=st.booleans())
def test_fingerprints_are_stable_and_equal_lines_differ_by_occurrence(amounts, twice):
    lines = [Line(minor, reference="SAME") for minor in amounts]
    first = read(camt(*lines, statement_id="A"))[0].entries
    again = read(camt(*lines, statement_id="B" if twice else "A"))[0].entries
    assert [item.key for item in first] == [item.key for item in again]
    assert len({item.key for item in first}) == len(amounts)


def test_two_statements_in_one_file_are_two_statements():
    found = read(
        document(
            statement_xml([Line(5)], statement_id="A"), statement_xml([Line(6)], statement_id="B")
        )
    )
    assert [(item.statement_id, item.entries[0].amount_minor) for item in found] == [
        ("A", 5),
        ("B", 6),
    ]


def test_a_balance_that_does_not_add_up_is_flagged_and_the_entries_are_kept():
    (found,) = read(camt(Line(100), opening=1000, closing=1200))
    assert len(found.entries) == 1
    assert codes(found.problems) == ["balance_break"]
    assert found.problems[0].params == {"expected": "11.00 EUR", "stated": "12.00 EUR"}


def test_the_entry_amount_stands_where_the_details_differ_and_the_entry_is_flagged():
    (found,) = read(camt(Line(-1000, transactions=[Tx(400), Tx(500)])))
    assert found.entries[0].amount_minor == -1000
    assert codes(found.entries[0].problems) == ["details_differ"]


def test_details_that_add_up_with_the_charges_are_not_flagged():
    (found,) = read(camt(Line(-1050, transactions=[Tx(1000, charges=50)])))
    assert found.entries[0].problems == ()
    assert found.entries[0].charges_minor == 50


def test_a_batch_keeps_its_transactions():
    (found,) = read(
        camt(
            Line(
                -900,
                batch_message="MSG1",
                transactions=[
                    Tx(400, end_to_end="A", payment_information="P1"),
                    Tx(500, end_to_end="B", payment_information="P1"),
                ],
            )
        )
    )
    (item,) = found.entries
    assert item.is_batch
    assert (item.message_id, item.payment_information_id, item.end_to_end_id) == (
        "MSG1",
        "P1",
        None,
    )
    assert [(d.end_to_end_id, d.amount_minor) for d in item.details] == [("A", -400), ("B", -500)]


def test_a_returned_payment_carries_its_reason_and_the_payee_not_ourselves():
    back = (
        "<NtryDtls><TxDtls><Refs><EndToEndId>PO1</EndToEndId></Refs><RltdPties>"
        f"<Dbtr><Pty><Nm>Us</Nm></Pty></Dbtr><DbtrAcct><Id><IBAN>{OURS}</IBAN></Id></DbtrAcct>"
        f"<Cdtr><Pty><Nm>Them</Nm></Pty></Cdtr><CdtrAcct><Id><IBAN>{THEIRS}</IBAN></Id></CdtrAcct>"
        "</RltdPties><RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf></TxDtls></NtryDtls>"
    )
    (item,) = read(camt(Line(500, extra=back)))[0].entries
    assert (item.return_reason, item.counterparty_name, item.counterparty_iban) == (
        "AC04",
        "Them",
        THEIRS,
    )


def test_a_return_without_a_reason_is_known_by_its_bank_code():
    code = "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>RRTN</SubFmlyCd></Fmly></Domn></BkTxCd>"
    assert read(camt(Line(500, extra=code)))[0].entries[0].return_reason == "RRTN"


@pytest.mark.parametrize("said", ["PENDING", "FUTR", "", "x"])
def test_a_status_in_the_banks_own_words_is_not_booked_unless_it_says_so(said):
    data = camt(Line(100), Line(200)).replace(
        b"<Cd>BOOK</Cd>", f"<Prtry>{said}</Prtry>".encode(), 1
    )
    (found,) = read(data)
    assert [one.amount_minor for one in found.entries] == [200]
    assert ("not_booked", found.skipped) == (found.problems[-1].code, 1)


def test_a_status_of_the_bank_that_says_booked_is_booked():
    (found,) = read(camt(Line(100)).replace(b"<Cd>BOOK</Cd>", b"<Prtry>Booked</Prtry>"))
    assert [one.amount_minor for one in found.entries] == [100]


def test_an_entry_of_nothing_is_left_out_and_counted():
    (found,) = read(camt(Line(0), Line(200)))
    assert [one.amount_minor for one in found.entries] == [200]
    assert (codes(found.problems), found.skipped) == (["of_nothing"], 1)


def test_an_entry_not_booked_yet_is_left_out_and_counted():
    (found,) = read(camt(Line(100), Line(200, status="PDNG")))
    assert [item.amount_minor for item in found.entries] == [100]
    assert [(p.code, p.params) for p in found.problems] == [("not_booked", {"count": 1})]


def test_notprovided_is_no_reference():
    (found,) = read(camt(Line(-5, transactions=[Tx(end_to_end="NOTPROVIDED")])))
    assert found.entries[0].end_to_end_id is None


def test_zeros_beyond_the_minor_unit_are_taken_and_noted():
    (found,) = read(camt(Line(885, amount_text="8.85000")))
    assert found.entries[0].amount_minor == 885
    assert codes(found.problems) == ["written_finer"]


def test_a_finer_amount_inside_the_details_flags_the_entry_only():
    inner = '<NtryDtls><TxDtls><Amt Ccy="EUR">8.855</Amt></TxDtls></NtryDtls>'
    (found,) = read(camt(Line(885, extra=inner)))
    assert codes(found.entries[0].problems) == ["detail_amount_unread"]


def test_a_detail_in_another_currency_flags_the_entry():
    (found,) = read(camt(Line(-500, transactions=[Tx(9900, "MDL")])))
    assert found.entries[0].details[0].amount_minor == -500
    assert codes(found.entries[0].problems) == ["details_other_currency"]


def test_a_notification_has_its_details_and_is_no_statement():
    note = document(
        statement_xml(
            [
                Line(
                    -900,
                    reference="R9",
                    transactions=[Tx(400, end_to_end="A"), Tx(500, end_to_end="B")],
                )
            ],
            tag="Ntfctn",
        ),
        message="camt.054",
    )
    (told,) = read(note)
    assert told.kind is StatementKind.NOTIFICATION
    assert [d.end_to_end_id for d in told.entries[0].details] == ["A", "B"]


def test_the_day_is_the_one_the_bank_wrote():
    moment = "<BookgDt><DtTm>2026-03-31T23:30:00-05:00</DtTm></BookgDt>"
    data = camt(Line(1)).replace(b"<BookgDt><Dt>2026-03-02</Dt></BookgDt>", moment.encode())
    assert read(data)[0].entries[0].booking_date == date(2026, 3, 31)


def test_ten_thousand_entries_are_all_there_in_order():
    found = read(camt(*(Line(n + 1, transactions=[Tx(n + 1, iban=OTHERS)]) for n in range(10_000))))
    assert [item.amount_minor for item in found[0].entries] == list(range(1, 10_001))
