"""Codes that tired people type are checked before anything is looked up."""

from hypothesis import given
from hypothesis import strategies as st

from reintegration.kernel.ids import (
    ALPHABET,
    check_symbol,
    group_typed_code,
    new_reference,
    new_typed_code,
    normalise_typed_code,
)

bodies = st.text(ALPHABET, min_size=15, max_size=15)


def test_a_code_is_recognised_however_it_is_typed():
    code = new_typed_code()
    grouped = group_typed_code(code)
    assert normalise_typed_code(grouped.lower().replace(" ", " - ")) == code
    assert normalise_typed_code(code.replace("0", "o").replace("1", "l")) == code


@given(bodies, st.integers(0, 15), st.sampled_from(ALPHABET))
def test_one_wrong_symbol_is_always_caught(body, place, symbol):
    code = body + check_symbol(body)
    wrong = code[:place] + symbol + code[place + 1 :]
    assert (normalise_typed_code(wrong) is None) == (wrong != code)


def test_what_cannot_be_a_code_is_none():
    for text in ("", "12345", "x" * 15 + "2", "0" * 17, "ăîșț" * 4):
        assert normalise_typed_code(text) is None


def test_references_are_random_and_sayable():
    made = {new_reference("PO") for _ in range(200)}
    assert len(made) == 200
    assert all(set(reference[3:]) <= set(ALPHABET) for reference in made)
