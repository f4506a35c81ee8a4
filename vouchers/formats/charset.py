"""Text in the letters that banks take: the basic Latin set of SEPA, from three alphabets."""

import unicodedata

_SET = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-?:().,'+ ")
_CYRILLIC = {
    **dict(zip("абвгґдеёзийклмнопрстуфыэіїўӂ", "abvggdeeziiklmnoprstufyeiiuj", strict=True)),
    **dict(zip("жхцчшщюяє", ["zh", "kh", "ts", "ch", "sh", "shch", "iu", "ia", "ie"], strict=True)),
    **dict.fromkeys("ъь", ""),
}
_OTHER = {
    **dict(zip('øłđðı&_–—−„“”"«»’‘`;[]{}\\|', "olddi+----''''''''',()()//", strict=True)),
    **dict(zip("ßæœþ№", ["ss", "ae", "oe", "th", "No"], strict=True)),
}


def latin(text: str) -> str:
    """Return `text` in the basic Latin set: ș as s, ц as ts, what has no likeness as a point.

    Runs of blanks become one blank; the result is the same for every spelling of a letter in
    Unicode.
    """
    folded = "".join(_letter(letter) for letter in unicodedata.normalize("NFC", text))
    return " ".join(folded.split())


def _letter(letter: str) -> str:
    if letter in _SET:
        return letter
    if letter.isspace():
        return " "
    plain = _CYRILLIC.get(letter.lower(), _OTHER.get(letter.lower()))
    if plain is not None:
        return plain.capitalize() if letter.isupper() else plain
    bare = "".join(part for part in unicodedata.normalize("NFKD", letter) if part in _SET)
    return bare or ("" if unicodedata.combining(letter) else ".")


def is_reference(text: str, *, longest: int = 35) -> bool:
    """Tell whether `text` may be an identifier in a payment file: the set, and slashes inside."""
    return (
        0 < len(text) <= longest
        and not set(text) - _SET
        and text == text.strip()
        and not text.startswith("/")
        and not text.endswith("/")
        and "//" not in text
    )


def encodable(text: str, encoding: str) -> str:
    """Return `text` with only those letters folded that `encoding` does not have."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(letter if _fits(letter, encoding) else _letter(letter) for letter in composed)


def _fits(letter: str, encoding: str) -> bool:
    try:
        letter.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
