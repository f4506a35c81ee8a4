"""Blind indexes: the same person is found again however the name was written.

Names are folded so far that alphabets, diacritics, order and usual transliterations meet:
`Цуркан Ион`, `Ion Ţurcan` and `ION TURCAN` give one value. Only a keyed hash is stored.
"""

import unicodedata
from datetime import date
from itertools import groupby

from reintegration.cases.states import IndexKind
from reintegration.kernel.crypto import Keyring

_CYRILLIC = {
    **dict(zip("абвгґдеєжзиіклмнопрстуфхцчшщыэ", "abvggdeejziiclmnoprstufhtcssie", strict=True)),
    **dict.fromkeys("ъь", ""),
    "ю": "iu",
    "я": "ia",
}
# How Cyrillic and Romanian sounds are written in Latin letters, longest first.
_SPELLINGS = (
    ("shch", "s"),
    ("sch", "s"),
    ("zh", "j"),
    ("kh", "h"),
    ("sh", "s"),
    ("ch", "c"),
    ("gh", "g"),
    ("ts", "t"),
    ("tz", "t"),
    ("yu", "iu"),
    ("ya", "ia"),
    ("yo", "e"),
    ("ye", "e"),
    ("ck", "c"),
    ("x", "cs"),
    ("k", "c"),
    ("q", "c"),
    ("w", "v"),
    ("y", "i"),
)
# Letters of a document's series that look the same in both alphabets.
_TWINS = str.maketrans("авекмнорстух", "abekmhopctyx")


def fold_name(text: str) -> str:
    """Return the folded words of a name in alphabetical order; empty for no name."""
    folded = "".join(_CYRILLIC.get(c, c) for c in _bare(text.replace("й", "и").replace("Й", "И")))
    words = "".join(c if c.isalpha() else " " for c in folded).split()
    return " ".join(sorted(filter(None, (_fold_word(word) for word in words))))


def fold_document(text: str) -> str:
    """Return letters and digits of a document number only, in one alphabet."""
    return "".join(c for c in _bare(text).translate(_TWINS) if c.isalnum())


def index_values(
    keyring: Keyring, *, names: tuple[str, str], birth_date: date | None, document_number: str
) -> dict[IndexKind, bytes]:
    """Return the values for what was told: a name alone is too common to be looked for."""
    values: dict[IndexKind, bytes] = {}
    name, document = fold_name(" ".join(names)), fold_document(document_number)
    if all(part.strip() for part in names) and name and birth_date:
        exact = f"{name}|{birth_date.isoformat()}"
        values[IndexKind.NAME_AND_BIRTH] = keyring.blind_index(IndexKind.NAME_AND_BIRTH, exact)
    if document:
        values[IndexKind.DOCUMENT] = keyring.blind_index(IndexKind.DOCUMENT, document)
    return values


def _bare(text: str) -> str:
    """Return lower case without any accent: cedilla, comma, breve and diaeresis all go."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def _fold_word(word: str) -> str:
    for spelling, sound in _SPELLINGS:
        word = word.replace(spelling, sound)
    return "".join(letter for letter, _run in groupby(word))
