"""Text that came in is one spelling, without what nobody can see, and not longer than it may be."""

import pytest

from reintegration.kernel.errors import Invalid
from reintegration.kernel.text import clean, freed


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("Chișinău", "Chișinău"),
        ("Chis\u0326ina\u0306u", "Chișinău"),
        ("a\x00b", "ab"),
        ("a\x1b[31mb\x7f\x85c", "a[31mb c"),
        ("\ufeffMaria\u200b \u200eRusu\u200f", "Maria Rusu"),
        ("\u202eevil\u202c", "evil"),
        ("re\u00adinte\u2060grare", "reintegrare"),
        ("1\u00a0500\u202f000\t1", "1 500 000 1"),
        ("half \ud800 a letter", "half  a letter"),
        ("no letter \ufffe\U0001ffff\ufdd0", "no letter "),
        ("două\r\nrânduri\u2028aici", "două rânduri aici"),
        ("Привет, Ион", "Привет, Ион"),
    ],
)
def test_a_line_is_freed(sent, kept):
    assert freed(sent) == kept


def test_where_lines_are_meant_breaks_stay_and_are_one_sign():
    assert freed("a\r\nb\rc\x85d\x00", lines=True) == "a\nb\nc\nd"


def test_a_freed_text_stays_as_it_is():
    for sent in ("a\x00\u0306", "\u202e\u0301a", "e\u200b\u0301"):
        assert freed(freed(sent)) == freed(sent)


def test_a_clean_text_is_trimmed_before_it_is_counted():
    assert clean("  \u200bdoi  ", limit=3) == "doi"


def test_a_text_that_is_too_long_is_refused_with_the_limit():
    with pytest.raises(Invalid, match="at most 3 characters") as refused:
        clean("patru", limit=3)
    assert refused.value.code == "too_long"
