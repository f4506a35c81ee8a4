"""The text of a bank's file, whatever letters it is written in; in doubt the file is refused."""

from reintegration.kernel import encodings
from vouchers.formats.problems import StatementFileError


def text_of(data: bytes, encoding: str | None = None, in_doubt: str | None = None) -> str:
    """Return the text; without `encoding` its letters tell which it is, or `in_doubt` is taken."""
    try:
        return encodings.read(data, encoding)
    except (encodings.Unsure, encodings.Unreadable) as error:
        if in_doubt is not None and isinstance(error, encodings.Unsure):
            return text_of(data, in_doubt)
        raise StatementFileError(error.code, **error.params) from None


def possible_texts(data: bytes, encoding: str | None = None) -> list[str]:
    """Return what the beginning of a file may say; it is too short to be sure."""
    try:
        return [encodings.read(data, encoding)] if encoding else _readings(data)
    except encodings.Unreadable:
        return []


def _readings(data: bytes) -> list[str]:
    return [one.text for one in encodings.readings(data)]
