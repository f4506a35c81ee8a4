"""What a bank answered, in words; a code that nobody knows here is shown as it was written."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext
from flask_babel import gettext as _

from vouchers.bank.views.line_text import Word
from vouchers.formats.iso_codes import REASONS, STATUSES, code_in


def status(code: str) -> Word:
    """Return what a code of a status means."""
    if not code:
        return Word(_("Nothing said"), "grey")
    word, tone = STATUSES.get(code, ("", "grey"))
    return Word(f"{gettext(word)} ({code})" if word else code, tone)


def reasons(kept: Iterable[Mapping[str, Any]]) -> str:
    """Return why, as one sentence part: each known code in words, and what the bank wrote."""
    return "; ".join(filter(None, (_reason(str(one["code"]), str(one["text"])) for one in kept)))


def _reason(code: str, text: str) -> str:
    meaning = REASONS.get(code)
    told = f"{gettext(meaning)} ({code})" if meaning else code
    return ": ".join(filter(None, (told, text)))


def failure(text: str) -> str:
    """Return why an order failed or came back, where its bank said it by a code."""
    told = (code_in(part) for part in text.split("; "))
    return "; ".join(_reason(code, rest) for code, rest in told)
