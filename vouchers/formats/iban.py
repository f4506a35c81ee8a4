"""IBANs: written in many ways, compared in one, checked by ISO 7064."""

import re

from reintegration.kernel import codes

_SHAPE = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")


def compact(text: str | None) -> str | None:
    """Return an account number as a code is compared; nothing gives None."""
    if not text:
        return None
    return codes.compact(text) or None


def is_iban(text: str) -> bool:
    """Tell whether `text`, already compact, is an IBAN with right check digits."""
    if _SHAPE.fullmatch(text) is None:
        return False
    turned = text[4:] + text[:4]
    return int("".join(str(int(letter, 36)) for letter in turned)) % 97 == 1
