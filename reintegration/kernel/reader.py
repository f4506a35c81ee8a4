"""In which language whoever reads now reads: the web says so, and no floor below it knows Flask."""

from collections.abc import Callable, Mapping

_FIRST = "en"
_asked: list[Callable[[], str]] = []


def reads_in(language: Callable[[], str]) -> None:
    """Say how the reader's language is found out: `ro`, `ru` or `en`. The last one counts."""
    _asked[:] = [language]


def in_words_of_reader(texts: Mapping[str, str]) -> str:
    """Return the text of the reader's language; where nobody reads, as in a job, the English."""
    language = _asked[0]() if _asked else _FIRST
    return texts.get(language) or texts[_FIRST]
