"""Blind indexes: the same person is found again however the name was written.

Names are folded to how they sound, so far that alphabets, diacritics, order, double letters and
usual transliterations meet: `Цуркан Ион`, `Ion Ţurcan` and `ION TURCAN` give one value, and so do
`Sîrbu` and `Sârbu`, `Ciobanu` and `Чобану`. Only a keyed hash is stored, of two words of a name
with the day of birth: a patronymic that is said once and left out once changes nothing.
"""

import re
import unicodedata
from datetime import date
from itertools import combinations, groupby

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
    ("ph", "f"),
    ("dj", "g"),
    ("x", "cs"),
    ("k", "c"),
    ("q", "c"),
    ("w", "v"),
    ("y", "i"),
)
_VOWELS = {**dict.fromkeys("aei", "a"), **dict.fromkeys("ou", "o")}
"""Two are left: without diacritics nobody tells ă, â and î from a and i, or э from either."""
_SOFT = re.compile(r"([cg])i(?=[aeou])")
"""An i that is not heard: `ciobanu` is said as `чобану`."""
# Letters of a document's series that look the same in both alphabets.
_TWINS = str.maketrans("авекмнорстух", "abekmhopctyx")


def fold_name(text: str) -> str:
    """Return the words of a name as they sound, in alphabetical order; empty for no name."""
    return " ".join(fold_words(text))


def fold_words(text: str) -> list[str]:
    """Return the words of a name as they sound, each once, in alphabetical order."""
    folded = "".join(_CYRILLIC.get(c, c) for c in _bare(text.replace("й", "и").replace("Й", "И")))
    words = "".join(c if c.isalpha() else " " for c in folded).split()
    return sorted({sound for word in words if (sound := _fold_word(word))})


def fold_document(text: str) -> str:
    """Return letters and digits of a document number only, in one alphabet."""
    return "".join(c for c in _bare(text).translate(_TWINS) if c.isalnum())


def index_values(
    keyring: Keyring, *, names: tuple[str, str], birth_date: date | None, document_number: str
) -> dict[IndexKind, frozenset[bytes]]:
    """Return the values for what was told: a name alone is too common to be looked for.

    Two who share one value of a kind may be the same person. A single name counts as a whole.
    """
    values: dict[IndexKind, frozenset[bytes]] = {}
    words, document = fold_words(" ".join(names)), fold_document(document_number)
    if words and birth_date:
        told = [" ".join(pair) for pair in combinations(words, 2)] or words
        values[IndexKind.NAME_AND_BIRTH] = frozenset(
            keyring.blind_index(IndexKind.NAME_AND_BIRTH, f"{one}|{birth_date.isoformat()}")
            for one in told
        )
    if document:
        values[IndexKind.DOCUMENT] = frozenset({keyring.blind_index(IndexKind.DOCUMENT, document)})
    return values


def _bare(text: str) -> str:
    """Return lower case without any accent: cedilla, comma, breve and diaeresis all go."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def _fold_word(word: str) -> str:
    for spelling, sound in _SPELLINGS:
        word = word.replace(spelling, sound)
    heard = _SOFT.sub(r"\1", word)
    return "".join(sound for sound, _run in groupby(_VOWELS.get(one, one) for one in heard))
