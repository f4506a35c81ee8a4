import re
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vouchers.formats.writers import THEIRS, Line, Tx, camt, document, statement_xml
from vouchers.formats.camt import read_camt
from vouchers.formats.problems import REFUSALS, StatementFileError

GOOD = camt(Line(885, reference="R1"))
BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
    + GOOD.partition(b"?>")[2]
)


def refusal(data: bytes, **more) -> StatementFileError:
    with pytest.raises(StatementFileError) as caught:
        read_camt(BytesIO(data), **more)
    return caught.value


def outcome(data: bytes) -> str:
    try:
        read_camt(BytesIO(data))
    except StatementFileError as refused:
        return refused.code
    return "read"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (camt(Line(885), Line(1, amount_text="8,85")), "amount_garbled"),
        (camt(Line(885), Line(1, amount_text="-8.85")), "amount_garbled"),
        (camt(Line(885), Line(1, amount_text="1e3")), "amount_garbled"),
        (camt(Line(885), Line(1, amount_text="٣.٥")), "amount_garbled"),
        (camt(Line(885), Line(1, amount_text="9" * 40)), "amount_large"),
        (camt(Line(885), Line(1, amount_text="8.855")), "amount_finer"),
        (camt(Line(1, "JPY", amount_text="8.5"), currency="JPY"), "amount_finer"),
        (camt(Line(885), Line(1, direction="PLUS")), "direction_garbled"),
        (camt(Line(885), Line(1, day_text="2026-02-30")), "date_garbled"),
        (camt(Line(885, "eur")), "no_currency"),
        (document(), "no_statement"),
        (document(statement_xml([Line(1)]).partition("<Acct>")[0] + "</Stmt>"), "no_account"),
        (document(statement_xml([Line(1)]), statement_xml([Line(1)])), "statement_twice"),
        (GOOD.replace(b"BkToCstmrStmt", b"BkToCstmrAcctRpt"), "other_message"),
        (b"<html><body>Sign in</body></html>", "other_message"),
        (GOOD[:-30], "xml_broken"),
        (b"<Document><BkToCstmrStmt>", "xml_broken"),
        (BOMB, "doctype"),
    ],
)
def test_a_file_that_cannot_be_trusted_is_refused_whole(data, code):
    assert refusal(data).code == code


def test_a_file_above_the_limit_is_refused_before_it_is_read_through():
    assert refusal(GOOD, max_bytes=300).code == "too_large"


def test_a_refusal_says_which_amount_it_could_not_read():
    told = str(refusal(camt(Line(1, amount_text="8,85", reference="R7"))))
    assert "8,85" in told
    assert "R7" in told


@given(st.integers(0, len(GOOD) - 1), st.binary(max_size=3))
def test_a_damaged_file_is_read_or_refused_but_never_crashes(place, noise):
    damaged = GOOD[:place] + noise + GOOD[place + 1 :]
    assert outcome(damaged) in {"read", *REFUSALS}


FULL = camt(
    Line(
        -885,
        reference="R1",
        batch_message="M1",
        transactions=[Tx(885, "EUR", "E1", "Casa", THEIRS, "text", "AC04", 5, "P1")],
        extra="<BkTxCd><Domn><Fmly><SubFmlyCd>RRTN</SubFmlyCd></Fmly></Domn></BkTxCd>",
    )
)
LEAVES = [match.start(1) for match in re.finditer(rb">([^<>]+)</", FULL)]


@pytest.mark.parametrize("place", LEAVES)
def test_an_element_where_a_text_belongs_is_read_or_refused_but_never_crashes(place):
    nested = FULL[:place] + b"<x><y>1</y></x>" + FULL[place:]
    emptied = FULL[:place] + FULL[FULL.index(b"<", place) :]
    for damaged in (nested, emptied):
        assert outcome(damaged) in {"read", *REFUSALS}
