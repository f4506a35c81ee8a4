"""A table of spellings for each grammar: what is read, and what is refused instead of guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reintegration.kernel import amounts
from reintegration.kernel.amounts import Signs, Unreadable
from reintegration.kernel.errors import Invalid
from reintegration.kernel.money import Money

whole_minor = st.integers(-(10**14), 10**14)

TYPED = {
    # as on a Romanian, a Russian and an English keyboard
    "1500": 150_000,
    "1 500": 150_000,
    "1\u00a0500": 150_000,
    "1\u202f500": 150_000,
    "1 500 000": 150_000_000,
    "1.500,00": 150_000,
    "1.500.000": 150_000_000,
    "1 500,5": 150_050,
    "1,500.00": 150_000,
    "1,500,000": 150_000_000,
    "1'500.50": 150_050,
    "1’500,50": 150_050,
    "12,5": 1250,
    "12.5": 1250,
    "0,05": 5,
    ",5": 50,
    "12500,00": 1_250_000,
    "1500 lei": 150_000,
    "1 500,50 лей": 150_050,
    "1500 MDL": 150_000,
    "MDL 1,500.50": 150_050,
    "-3": -300,
    "−3,50": -350,
    "+3": 300,
    "007": 700,
    "\u200b12,50\u200e": 1250,
    "10000000000000,00": 10**15,
}
NOT_TYPED = {
    "1.500": "ambiguous",
    "1,500": "ambiguous",
    "-1.500": "ambiguous",
    "12.345": "ambiguous",
    "999,999 lei": "ambiguous",
    "1500.000": "finer",
    "0.505": "finer",
    "0,500": "finer",
    "12,345678": "finer",
    "1.500,005": "finer",
    "1e3": "garbled",
    "1E3": "garbled",
    "1e9999999": "garbled",
    "1_000": "garbled",
    "1.2.3": "garbled",
    "1.500.00": "garbled",
    "1,50,000": "garbled",
    "15 00": "garbled",
    "1 500 00": "garbled",
    "1.500 000": "garbled",
    "1,500.00,00": "garbled",
    "12,": "garbled",
    "12.": "garbled",
    ",": "garbled",
    "": "garbled",
    "--2": "garbled",
    "+-2": "garbled",
    "2-": "garbled",
    "(2)": "garbled",
    "1500 EUR": "garbled",
    "lei": "garbled",
    "NaN": "garbled",
    "Infinity": "garbled",
    "٣٥": "garbled",
    "１５": "garbled",
    "1/2": "garbled",
    "0x10": "garbled",
    "o mie": "garbled",
    "1" * 5_000: "garbled",
    "10000000000000,01": "large",
    "9" * 40: "large",
}
MACHINE = {
    "1500": 150_000,
    "1500.00": 150_000,
    "1500.5": 150_050,
    "8.8500000": 885,
    "1.500": 150,
    "-3.25": -325,
    "+3.25": 325,
    "300.": 30_000,
    ".5": 50,
    "000000000000000000001.00": 100,
}
NOT_MACHINE = {
    "1500,00": "garbled",
    "1,500.00": "garbled",
    "1 500": "garbled",
    "1e3": "garbled",
    "1_000": "garbled",
    "1.2.3": "garbled",
    "--1": "garbled",
    "": "garbled",
    "1500 lei": "garbled",
    "8.855": "finer",
    "9" * 40: "large",
    "9" * 400: "large",
}
SWIFT = {
    "300,": 30_000,
    "1500,00": 150_000,
    "1500,5": 150_050,
    "000000000001000,00": 100_000,
    "1000,000": 100_000,
    "1000.00": 100_000,
}
NOT_SWIFT = {"1.000,00": "garbled", "1 000,00": "garbled", "1,2,3": "garbled", "0,001": "finer"}
CSV = [
    ("260,00", Signs(), 26_000),
    ("-260,00", Signs(), -26_000),
    ("−260,00", Signs(), -26_000),
    ("260,00-", Signs(), -26_000),
    ("(260,00)", Signs(), -26_000),
    ("(260,00) lei", Signs(), -26_000),
    ("260,00 lei", Signs(), 26_000),
    ("260.00 MDL", Signs(), 26_000),
    ("260,0000", Signs(), 26_000),
    ("1.234,56", Signs(), 123_456),
    ("1,234.56", Signs(), 123_456),
    ("1 234,56", Signs(), 123_456),
    ("1.234", Signs(decimal=","), 123_400),
    ("1,234", Signs(decimal="."), 123_400),
    ("1.500", Signs(decimal="."), 150),
    ("1_234,5", Signs(decimal=",", thousands="_"), 123_450),
    ("0,00", Signs(), 0),
]
NOT_CSV = [
    ("1.234", Signs(), "ambiguous"),
    ("260.00", Signs(decimal=","), "garbled"),
    ("1.234,56", Signs(decimal=",", thousands=" "), "garbled"),
    ("(260", Signs(), "garbled"),
    ("260,00--", Signs(), "garbled"),
    ("1e3", Signs(), "garbled"),
    ("260,001", Signs(decimal=","), "finer"),
]


def why(grammar, *said, **more) -> str:
    with pytest.raises(Unreadable) as refused:
        grammar(*said, **more)
    return refused.value.code.removeprefix("amount_")


READ = {amounts.typed: TYPED, amounts.machine: MACHINE, amounts.swift: SWIFT}
REFUSED = {amounts.typed: NOT_TYPED, amounts.machine: NOT_MACHINE, amounts.swift: NOT_SWIFT}


def each(spellings):
    """Return a case for each spelling of each grammar: what is typed, what a program or MT940 says."""
    return [
        pytest.param(grammar, text, expected, id=f"{grammar.__name__}-{text}")
        for grammar, table in spellings.items()
        for text, expected in table.items()
    ]


@pytest.mark.parametrize(("grammar", "text", "minor"), each(READ))
def test_an_amount_is_read(grammar, text, minor):
    assert grammar(text, "MDL") == Money(minor, "MDL")


@pytest.mark.parametrize(("grammar", "text", "reason"), each(REFUSED))
def test_what_is_written_otherwise_is_refused_instead_of_guessed(grammar, text, reason):
    assert why(grammar, text, "MDL") == reason


def test_what_could_be_two_amounts_is_refused_with_both_ways_to_write_it():
    with pytest.raises(Invalid) as refused:
        amounts.typed("1.500", "MDL")
    assert str(refused.value) == "“1.500” can be read in two ways. Write 1500 or 1,50."


@pytest.mark.parametrize(("text", "signs", "minor"), CSV)
def test_a_cell_is_read_as_the_account_says(text, signs, minor):
    assert amounts.csv(text, "MDL", signs) == Money(minor, "MDL")


@pytest.mark.parametrize(("text", "signs", "reason"), NOT_CSV)
def test_a_cell_that_the_account_writes_otherwise_is_refused(text, signs, reason):
    assert why(amounts.csv, text, "MDL", signs) == reason


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [("1005", "JPY", 1005), ("1.005", "KWD", 1005), ("1.005,250", "KWD", 1_005_250)],
)
def test_each_currency_has_its_own_smallest_unit(text, currency, minor):
    assert amounts.typed(text, currency) == Money(minor, currency)


@given(whole_minor)
def test_what_is_written_is_read_back_by_every_grammar(minor):
    amount = Money(minor, "MDL")
    plain = str(amount.decimal)
    assert amounts.typed(plain, "MDL") == amounts.machine(plain, "MDL") == amount
    assert amounts.csv(plain, "MDL") == amounts.swift(plain, "MDL") == amount


@given(st.text(alphabet="0123456789.,-+ '()eE_\u00a0lei", max_size=24))
def test_whatever_is_typed_is_read_or_refused_and_never_two_ways(text):
    try:
        amount = amounts.typed(text, "MDL")
    except Invalid:
        return
    assert amounts.csv(text, "MDL") == amount


@pytest.mark.parametrize(
    ("text", "figure"), [("19,6412", "19.6412"), ("19.64", "19.64"), ("3", "3")]
)
def test_a_rate_is_read(text, figure):
    assert str(amounts.figure(text, places=8).normalize()) == figure


@pytest.mark.parametrize(
    "text", ["", "1e3", "NaN", "-1", "1 000", "1.2.3", "0,123456789", "9" * 30]
)
def test_what_is_no_rate_is_refused(text):
    with pytest.raises(Invalid):
        amounts.figure(text, places=8)
