from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vouchers.formats.writers import OURS, THEIRS
from vouchers.formats.mt940 import read_mt940
from vouchers.formats.problems import REFUSALS, StatementFileError


def comma(minor: int) -> str:
    return f"{abs(minor) // 100},{abs(minor) % 100:02d}"


def marked(minor: int) -> str:
    return f"{'D' if minor < 0 else 'C'}{{}}{comma(minor)}"


def message(*lines: str, opening: int = 0, closing: int = 0, account: str = OURS) -> str:
    head = [
        ":20:STMT1",
        f":25:{account}",
        ":28C:00001/001",
        f":60F:{marked(opening).format('260301EUR')}",
    ]
    return "\r\n".join([*head, *lines, f":62F:{marked(closing).format('260302EUR')}", "-", ""])


def only_entry(*lines: str, closing: int = 0):
    (found,) = read_mt940(message(*lines, closing=closing).encode())
    (item,) = found.entries
    return item


def test_a_line_gives_amount_days_and_the_banks_reference():
    item = only_entry(":61:2603010302D12,5NTRFNONREF//BANK77", ":86:plain words", closing=-1250)
    assert (item.amount_minor, item.bank_reference, item.remittance) == (
        -1250,
        "BANK77",
        "plain words",
    )
    assert (item.value_date, item.booking_date) == (date(2026, 3, 1), date(2026, 3, 2))


def test_a_booking_day_after_new_year_belongs_to_the_next_year():
    item = only_entry(":61:2512310102C1,NTRFNONREF", closing=100)
    assert (item.value_date, item.booking_date) == (date(2025, 12, 31), date(2026, 1, 2))


@pytest.mark.parametrize(
    ("mark", "minor"),
    [("C", 100), ("D", -100), ("CR", 100), ("DR", -100), ("RC", -100), ("RD", 100)],
)
def test_a_reversed_credit_takes_money_away(mark, minor):
    item = only_entry(f":61:260302{mark}1,00NTRFNONREF", closing=minor)
    assert item.amount_minor == minor
    assert item.return_reason == ("RVSL" if mark in ("RC", "RD") else None)


def test_numbered_fields_name_the_other_side_and_the_references():
    item = only_entry(
        ":61:2603020302DR10,NTRFNONREF//B1",
        ":86:116?00ORDER?20EREF+PO-2026-0?2117?22KREF+MSG9?23SVWZ+hostel three nigh",
        f"ts?30BANKROXX?31{THEIRS}?32Casa Verde?33 SRL",
        closing=-1000,
    )
    assert (item.end_to_end_id, item.payment_information_id) == ("PO-2026-017", "MSG9")
    assert (item.counterparty_name, item.counterparty_iban) == ("Casa Verde SRL", THEIRS)
    assert item.remittance == "hostel three nights"


def test_slashed_words_name_the_other_side_and_the_references():
    item = only_entry(
        ":61:2603020302D10,NTRFNONREF",
        f":86:/EREF/PO17/IBAN/{THEIRS}/NAME/Casa Verde/REMI/hostel/",
        closing=-1000,
    )
    assert (item.end_to_end_id, item.counterparty_name, item.remittance) == (
        "PO17",
        "Casa Verde",
        "hostel",
    )


def test_a_return_number_becomes_its_iso_reason():
    item = only_entry(
        ":61:2603020302CR10,NTRFNONREF", ":86:159?00BACK?20EREF+PO17?34903", closing=1000
    )
    assert item.return_reason == "AC06"


def test_a_fee_is_a_charge():
    assert only_entry(":61:2603020302D3,50NCHGNONREF", closing=-350).is_charge


def test_a_balance_that_does_not_add_up_is_flagged():
    (found,) = read_mt940(message(":61:260302C1,00NTRF", closing=500).encode())
    assert [problem.code for problem in found.problems] == ["balance_break"]


def test_envelopes_preambles_and_another_encoding_are_no_obstacle():
    text = "{1:F01BANK}{2:I940}{4:\r\n" + message(
        ":61:260302C1,00NTRF", ":86:plată für", closing=100
    )
    (found,) = read_mt940(b"ABNANL2A\r\n940\r\n" + text.replace("ă", "a").encode("cp1252"))
    assert found.entries[0].remittance == "plata für"


@given(st.lists(st.integers(-(10**9), 10**9).filter(bool), max_size=8))
def test_what_was_written_is_read_back(amounts):
    lines = [
        f":61:2603020302{marked(minor).format('')}NTRFNONREF//B{n}"
        for n, minor in enumerate(amounts)
    ]
    (found,) = read_mt940(message(*lines, closing=sum(amounts)).encode())
    assert [item.amount_minor for item in found.entries] == amounts
    assert found.problems == ()


def test_two_equal_lines_on_one_day_both_stay():
    (found,) = read_mt940(
        message(":61:260302C1,00NTRF", ":61:260302C1,00NTRF", closing=200).encode()
    )
    assert [item.occurrence for item in found.entries] == [0, 1]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (":61:not a line", "line_garbled"),
        (":61:261340C1,00NTRF", "date_garbled"),
        (":61:260302C1,005NTRF", "amount_finer"),
    ],
)
def test_a_garbled_line_refuses_the_file(line, code):
    with pytest.raises(StatementFileError) as caught:
        read_mt940(message(line).encode())
    assert caught.value.code == code


GOOD = message(":61:2603020302D10,NTRFNONREF//B1", ":86:116?20EREF+X?34903", closing=-1000).encode()


@given(st.integers(0, len(GOOD) - 1), st.binary(max_size=3))
def test_a_damaged_file_is_read_or_refused_but_never_crashes(place, noise):
    code = "read"
    try:
        read_mt940(GOOD[:place] + noise + GOOD[place + 1 :])
    except StatementFileError as refused:
        code = refused.code
    assert code in {"read", *REFUSALS}


def test_a_blank_booking_day_is_the_day_of_value():
    item = only_entry(":61:260302    D100,00NTRFNONREF//Q1", closing=-10000)
    assert (item.booking_date, item.amount_minor) == (date(2026, 3, 2), -10000)


def test_the_thirtieth_of_february_is_its_last_day_for_booking_too():
    item = only_entry(":61:2602300230D1,00NTRFNONREF", closing=-100)
    assert (item.value_date, item.booking_date) == (date(2026, 2, 28), date(2026, 2, 28))


@pytest.mark.parametrize(
    "written",
    [
        f"AGRNMD2X/{OURS}",
        f"{OURS}/MDL",
        f"{OURS}MDL",
        f"{OURS} MDL",
        f"AGRNMD2X/{OURS}MDL",
        f"{OURS}\r\nAGRNMD2X",
    ],
)
@pytest.mark.parametrize("tag", ["25", "25P"])
def test_an_account_is_read_with_the_code_of_its_bank_and_its_currency_around_it(tag, written):
    text = message(":61:260302C1,00NTRF", closing=100, account=written)
    (found,) = read_mt940(text.replace(":25:", f":{tag}:").encode())
    assert found.account_iban == OURS


def test_an_account_that_is_no_iban_stays_as_it_is_written():
    (found,) = read_mt940(message(account="10020030/1234567EUR").encode())
    assert found.account_iban == "10020030/1234567EUR"


@pytest.mark.parametrize("place", [":61:", ":86:", ":62F:"])
def test_notes_of_the_bank_between_the_lines_change_nothing(place):
    text = message(":61:2603020302C1,00NTRF//B1", ":86:Plata", closing=100)
    (found,) = read_mt940(
        text.replace(place, f":NS:22CLIENT SA\r\n01Text liber\r\n{place}").encode()
    )
    assert [(one.amount_minor, one.remittance) for one in found.entries] == [(100, "Plata")]
    assert found.problems == ()


def told(narrative: str):
    return only_entry(":61:2603020302D10,NTRFNONREF", f":86:{narrative}", closing=-1000)


def test_the_other_side_in_one_word_and_the_text_behind_another_are_read():
    item = told(f"/EREF/PO17//CNTP/{THEIRS}/VICBMD2X/CASA VERDE///REMI/USTD//PO-17 servicii/")
    assert (item.end_to_end_id, item.counterparty_iban) == ("PO17", THEIRS)
    assert (item.counterparty_name, item.remittance) == ("CASA VERDE", "PO-17 servicii")


def test_a_word_that_is_not_known_ends_a_reference_and_a_name_but_not_a_text():
    item = told("/EREF/PO17/XYZQ/7/NAME/Casa Verde/TOWN/Orhei/REMI/plata /CASA/ mare")
    assert (item.end_to_end_id, item.counterparty_name) == ("PO17", "Casa Verde")
    assert item.remittance == "plata /CASA/ mare"


def test_a_line_of_nothing_is_left_out_and_counted():
    (found,) = read_mt940(message(":61:260302C0,00NMSC", ":61:260302C1,NTRF", closing=100).encode())
    assert [one.amount_minor for one in found.entries] == [100]
    assert (found.skipped, [one.code for one in found.problems]) == (1, ["of_nothing"])
