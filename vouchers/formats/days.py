"""Days in files of banks: read by the grammar of the format, refused with the place."""

from collections.abc import Callable
from datetime import date

from reintegration.kernel.dates import NoDay
from vouchers.formats.problems import StatementFileError


def day_of(grammar: Callable[[str], date], text: str, where: str) -> date:
    """Return the day; what the grammar refuses refuses the file."""
    try:
        return grammar(text)
    except NoDay as error:
        raise StatementFileError("date_garbled", where=where[:60], **error.params) from None
