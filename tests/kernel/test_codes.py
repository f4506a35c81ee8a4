"""A code is read as it was meant: by twins of another alphabet, in any case, with any blanks."""

import pytest

from reintegration.kernel import codes
from reintegration.kernel.errors import Invalid
from reintegration.kernel.ids import group_typed_code, new_typed_code, normalise_typed_code

TO_CYRILLIC = str.maketrans("ABEKMHOPCTX", "АВЕКМНОРСТХ")


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("po-7qk4xm", "PO-7QK4XM"),
        (" РО – 7QК4ХМ ", "PO-7QK4XM"),
        ("md24 ag00 0225 1000", "MD24AG0002251000"),
        ("МD24\u00a0АG00", "MD24AG00"),
        ("Pupăză-8386", "PUPAZA-8386"),
        ("\u200bv-1\u202e", "V-1"),
    ],
)
def test_a_code_is_one_text_however_it_is_typed(typed, read):
    assert codes.compact(typed) == read


def test_a_voucher_code_typed_on_a_russian_keyboard_is_the_same_code():
    for _ in range(50):
        code = new_typed_code()
        assert normalise_typed_code(group_typed_code(code).translate(TO_CYRILLIC).lower()) == code


@pytest.mark.parametrize("typed", ["1003600055555", " 1003 6000 55555 ", "1003-600-055555"])
def test_an_idno_is_its_digits(typed):
    assert codes.idno(typed) == "1003600055555"


@pytest.mark.parametrize(
    "typed", ["100360005555", "10036000555555", "1003600О55555", "", "١٠٠٣٦٠٠٠٥٥٥٥٥"]
)
def test_what_has_not_thirteen_digits_is_no_idno(typed):
    with pytest.raises(Invalid, match="13 digits"):
        codes.idno(typed)


@pytest.mark.parametrize("typed", ["1,0036E+12", "1.0036E+12", "1E+12", "1,0036е+12"])
def test_a_number_that_a_spreadsheet_cut_is_said_to_be_cut(typed):
    with pytest.raises(Invalid, match="spreadsheet cut"):
        codes.idno(typed)
