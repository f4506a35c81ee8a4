"""Codes that people copy and type: voucher codes, references, account numbers, register numbers.

A Cyrillic keyboard has twins of Latin capitals that no eye can tell apart, so a code is read as the
Latin one, in capitals, whatever blanks and dashes stand in it.
"""

import re
import unicodedata

from reintegration.kernel.errors import N_, Invalid
from reintegration.kernel.text import freed

_TWINS = str.maketrans("АВЕЅІЈКМНОРСТХУҮ", "ABESIJKMHOPCTXYY")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))
_SCIENTIFIC = re.compile(r"[0-9][.,]?[0-9]*E[+-]?[0-9]+")
IDNO_DIGITS = 13


def compact(text: str) -> str:
    """Return a code in Latin capitals without blanks and diacritics; other signs stay."""
    parts = unicodedata.normalize("NFKD", freed(text).upper().translate(_TWINS))
    letters = (one for one in parts if not unicodedata.combining(one) and not one.isspace())
    return "".join(letters).translate(_DASHES)


def bare(text: str) -> str:
    """Return the letters and digits of a code alone."""
    return "".join(one for one in compact(text) if one.isalnum())


def is_idno(text: str) -> bool:
    """Whether a text is an IDNO as it is stored: its digits and nothing else."""
    return text.isascii() and text.isdigit() and len(text) == IDNO_DIGITS


def idno(text: str) -> str:
    """Return the 13 digits of a register number; raise Invalid and say what became of it."""
    if _SCIENTIFIC.fullmatch(compact(text)):
        raise Invalid(
            N_(
                "The spreadsheet cut this number. Set the column to text and write all"
                " %(digits)s digits."
            ),
            code="idno",
            digits=IDNO_DIGITS,
        )
    digits = bare(text)
    if not is_idno(digits):
        raise Invalid(N_("An IDNO has %(digits)s digits."), code="idno", digits=IDNO_DIGITS)
    return digits
