"""Text that comes in: one spelling of each letter, and no sign that a reader cannot see."""

import re
import unicodedata

from reintegration.kernel.errors import N_, Invalid

LONGEST_LINE, LONGEST_TEXT, LONGEST_EMAIL = 500, 10_000, 200
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+\Z")
"""What looks like an address for mail; whether it is one, only a mail tells."""
_BREAKS = frozenset("\n\x0b\x0c\x85\u2028\u2029")
_UNSEEN = frozenset({"Cc", "Cf", "Cs"})
"""Controls; zero-width and direction signs; halves of a letter that never met the other half."""


def freed(text: str, *, lines: bool = False) -> str:
    """Return `text` in NFC without what cannot be seen; without `lines` a break or tab is a blank.

    Nothing is refused: NUL and direction signs are dropped, whoever sent them. Blanks of every
    width become the plain one, so that "1 500" is one text wherever it was copied from.
    """
    if text.isascii() and text.isprintable():
        return text
    one = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", "".join(_seen(letter, lines) for letter in one))


def clean(text: str, *, limit: int, lines: bool = False) -> str:
    """Return `text` freed and without blanks around it; raise Invalid beyond `limit` letters."""
    bare = freed(text, lines=lines).strip()
    if len(bare) > limit:
        raise Invalid(N_("Write at most %(limit)s characters."), code="too_long", limit=limit)
    return bare


def plain(text: str) -> str:
    """Return the words of `text` in small letters, without diacritics and signs, for comparing."""
    bare = unicodedata.normalize("NFKD", freed(text).casefold())
    letters = "".join(one for one in bare if not unicodedata.combining(one))
    return " ".join(re.sub(r"[\W_]+", " ", letters).split())


def _seen(letter: str, lines: bool) -> str:
    if letter in _BREAKS:
        return "\n" if lines else " "
    kind = unicodedata.category(letter)
    if letter == "\t" or kind == "Zs":
        return "\t" if letter == "\t" and lines else " "
    return "" if kind in _UNSEEN or _is_no_letter(letter) else letter


def _is_no_letter(letter: str) -> bool:
    """Tell whether Unicode promises that this will never be a letter; XML refuses some of them."""
    point = ord(letter)
    return point & 0xFFFE == 0xFFFE or 0xFDD0 <= point <= 0xFDEF
