"""What a bank says of a file of payments is read with the same guards as its statements."""

import io

import pytest

from tests.vouchers.formats.writers import Status, pain002
from vouchers.formats.iso_codes import REASONS, STATUSES, code_in
from vouchers.formats.pain002 import Reason, is_answer, read_pain002
from vouchers.formats.problems import StatementFileError


def read(content, **more):
    return read_pain002(io.BytesIO(content), **more)


@pytest.mark.parametrize("version", [2, 3, 10, 12])
def test_each_version_is_known_by_its_content_and_read(version):
    root = "pain.002.001.02" if version == 2 else "CstmrPmtStsRpt"
    content = pain002(
        "M1", Status("E1", text="cont închis", minor=1250), root=root, version=version
    )
    assert is_answer(content[:500])
    found = read(content)
    (payment,) = found.blocks[0].payments
    assert (found.message_id, found.original_message_id) == ("R1", "M1")
    assert (payment.end_to_end_id, payment.amount_minor, payment.currency) == ("E1", 1250, "EUR")
    assert payment.said.reasons == (Reason("AC04", "cont închis"),)


def test_a_file_without_a_namespace_and_in_other_letters_is_read():
    content = pain002("M1", Status("E1")).decode().replace("UTF-8", "UTF-16")
    content = content.replace(' xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"', "")
    assert is_answer(content.encode("utf-16"))
    assert read(content.encode("utf-16")).original_message_id == "M1"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (pain002("M1", Status("E1"), root="CstmrCdtTrfInitn"), "other_answer"),
        (pain002("", Status("E1")), "answer_unnamed"),
        (pain002("M1", Status("E1"), number=""), "answer_unnamed"),
        (pain002("M1", Status("E1"), Status("E1", "ACSC")), "answer_names_twice"),
        (pain002("M1", Status(None)), "answer_nameless"),
        (pain002("M1", Status("NOTPROVIDED")), "answer_nameless"),
        (pain002("M1", Status("E1", "ACCP"), group="RJCT"), "answer_contradicts"),
        (pain002("M1", Status("E1", "ACCP"), block="RJCT"), "answer_contradicts"),
        (pain002("M1", Status("E1", minor=5, currency="euro")), "no_currency"),
        (pain002("M1", Status("E1", minor=5)).replace(b">0.05<", b">0,05<"), "amount_garbled"),
        (pain002("M1", Status("E1", minor=5)).replace(b">0.05<", b">-0.05<"), "amount_garbled"),
        (pain002("M1", Status("E1", minor=5)).replace(b">0.05<", b">0.055<"), "amount_finer"),
        (pain002("M1", Status("E1"))[:-40], "xml_broken"),
        (b"", "xml_broken"),
    ],
)
def test_what_lies_or_cannot_be_read_is_refused_whole(content, code):
    with pytest.raises(StatementFileError) as refused:
        read(content)
    assert refused.value.code == code


def test_a_file_that_defines_entities_is_refused_before_they_grow():
    grows = b'<!DOCTYPE a [<!ENTITY a "x"><!ENTITY b "&a;&a;&a;">]>'
    content = pain002("M1", Status("E1")).replace(b"?>", b"?>" + grows, 1)
    with pytest.raises(StatementFileError) as refused:
        read(content)
    assert refused.value.code == "doctype"


def test_a_file_that_is_too_large_is_refused_while_it_is_read():
    content = pain002("M1", *(Status(f"E{number}") for number in range(20_000)))
    assert len(content) > 2 * 1024 * 1024
    with pytest.raises(StatementFileError) as refused:
        read(content, max_bytes=1024 * 1024)
    assert refused.value.code == "too_large"


def test_a_statement_is_no_answer():
    assert not is_answer(b"<Document><BkToCstmrStmt>")
    assert not is_answer(b"CstmrPmtStsRpt;1;2")


def test_a_text_begins_with_a_known_code_or_with_none():
    assert code_in("AC04 cont \u00eenchis") == ("AC04", "cont \u00eenchis")
    assert code_in("AC01: contul") == ("AC01", "contul")
    assert code_in("ZZ99 x") == ("", "ZZ99 x")
    assert code_in("cont \u00eenchis") == ("", "cont \u00eenchis")
    assert all(code_in(code) == (code, "") for code in REASONS)
    assert not set(STATUSES) & set(REASONS)
