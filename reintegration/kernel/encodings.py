"""Bytes of a text file into text: Moldova's encodings, by evidence; in doubt a person chooses.

A mark in front or sound UTF-8 settles it. A Windows page is taken when nearly all words with
letters beyond ASCII are words under it, and far fewer are under the others.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from reintegration.kernel.errors import N_, Invalid
from reintegration.kernel.text import freed
from reintegration.kernel.words import Numbered

_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_WORD = re.compile(r"[^\W\d_]+")
_ROMANIAN = frozenset("ăâîşţșțĂÂÎŞŢȘȚ")
_WESTERN = frozenset("àâäçèéêëîïôöùûüßñÀÂÄÇÈÉÊËÎÏÔÖÙÛÜÑ")
_ENOUGH, _FAR = 0.9, 0.5
_SAMPLE = 60


class Encoding(Numbered):
    """The encodings that a person can choose; the values are Python's."""

    UTF_8 = "utf-8-sig", N_("UTF-8")
    UTF_16 = "utf-16", N_("UTF-16")
    ROMANIAN = "cp1250", N_("Windows-1250 (Romanian)")
    RUSSIAN = "cp1251", N_("Windows-1251 (Russian)")
    WESTERN = "cp1252", N_("Windows-1252 (Western)")


class Unreadable(Invalid):
    """The bytes are no text in the encoding that was chosen, or in any."""

    def __init__(self) -> None:
        super().__init__(
            N_("The letters of the file cannot be read. Save it as UTF-8."), code="encoding"
        )


class Unsure(Invalid):
    """Several encodings are possible: `samples` has each with what it makes of the same words."""

    def __init__(self, samples: dict[Encoding, str]) -> None:
        self.samples = samples
        shown = "; ".join(f"{one.label}: “{text}”" for one, text in samples.items())
        super().__init__(
            N_(
                "It cannot be told in which letters the file is written. Choose the one that"
                " reads right: %(samples)s."
            ),
            code="encoding_unsure",
            samples=shown,
        )


@dataclass(frozen=True, slots=True)
class Reading:
    """What an encoding makes of the bytes; `sense` is the share of its words that are words."""

    encoding: str
    text: str
    sense: float


def read(data: bytes, encoding: str | None = None) -> str:
    """Return the text, freed of what nobody sees; raise Unsure or Unreadable."""
    settled = encoding or _settled(data)
    if settled:
        return freed(_strictly(data, settled), lines=True)
    found = readings(data)
    best = found[0]
    if best.sense < _ENOUGH or any(one.sense > _FAR for one in found[1:]):
        raise Unsure({Encoding(one.encoding): _sample(one.text) for one in found})
    return freed(best.text, lines=True)


def readings(data: bytes) -> list[Reading]:
    """Return the different texts that the bytes may be, the likeliest first; at least one."""
    if settled := _settled(data):
        return [Reading(settled, _strictly(data, settled), 1.0)]
    texts: dict[str, Reading] = {}
    for encoding, is_word in _WINDOWS.items():
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        one = Reading(encoding, text, _sense(text, is_word))
        texts[text] = max(texts.get(text, one), one, key=lambda known: known.sense)
    if not texts:
        raise Unreadable
    return sorted(texts.values(), key=lambda one: -one.sense)


def is_wide(data: bytes) -> bool:
    """Tell whether the bytes are text in two bytes a letter, rather than no text at all."""
    head = data[:400]
    return data[:2] in _MARKS or (bool(head) and _upper_halves(head) > len(head) // 3)


def _upper_halves(data: bytes) -> int:
    """Count the bytes that no text in one byte a letter has: of Latin 0 or 1, of Cyrillic 4."""
    return sum(one < 6 for one in data)


def _settled(data: bytes) -> str | None:
    """Return the encoding that is certain: by its mark, by its zeros, or as sound UTF-8."""
    for mark, encoding in _MARKS.items():
        if data.startswith(mark):
            return encoding
    if is_wide(data):
        return "utf-16-le" if _upper_halves(data[1::2]) > _upper_halves(data[::2]) else "utf-16-be"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return Encoding.UTF_8


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise Unreadable from None


def _sense(text: str, is_word: Callable[[str], bool]) -> float:
    words = _telling(text)
    return sum(map(is_word, words)) / len(words) if words else 1.0


def _telling(text: str) -> list[str]:
    return [word for word in _WORD.findall(text) if not word.isascii()]


def _latin(letters: frozenset[str]) -> Callable[[str], bool]:
    return lambda word: all(letter.isascii() or letter in letters for letter in word)


def _cyrillic(word: str) -> bool:
    return all("\u0400" <= letter <= "\u045f" or letter in "ґҐ" for letter in word)


_WINDOWS: dict[Encoding, Callable[[str], bool]] = {
    Encoding.ROMANIAN: _latin(_ROMANIAN),
    Encoding.RUSSIAN: _cyrillic,
    Encoding.WESTERN: _latin(_WESTERN),
}


def _sample(text: str) -> str:
    """Return the first words that differ from one encoding to the next."""
    return " ".join(_telling(text))[:_SAMPLE]
