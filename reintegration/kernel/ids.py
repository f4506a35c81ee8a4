"""Identifiers. What leaves the house is random: nothing that counts, nothing that sorts by time."""

import secrets
import uuid

from reintegration.kernel import codes

# Crockford's base 32 has no I, L, O, U: what a tired eye confuses.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})
TYPED_CODE_LENGTH = 16


def new_id() -> uuid.UUID:
    """Return a random identifier."""
    return uuid.uuid4()


def new_reference(prefix: str, length: int = 6) -> str:
    """Return a short random reference that people read to each other, such as `PO-7QK4XM`."""
    return f"{prefix}-" + "".join(secrets.choice(ALPHABET) for _ in range(length))


def new_typed_code() -> str:
    """Return 15 random symbols (75 bits) and a check symbol."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(TYPED_CODE_LENGTH - 1))
    return body + check_symbol(body)


def check_symbol(body: str) -> str:
    """Return the Luhn mod 32 symbol: it catches one wrong symbol and almost every swap.

    Crockford's own check is mod 37 and needs `*~$=U`, which a phone keyboard hides.
    """
    total, factor = 0, 2
    for symbol in reversed(body):
        addend = factor * ALPHABET.index(symbol)
        total += addend // 32 + addend % 32
        factor = 3 - factor
    return ALPHABET[-total % 32]


def normalise_typed_code(text: str) -> str | None:
    """Return the 16 symbols that were meant, or None when they cannot be a code."""
    bare = codes.bare(text).translate(_LOOKALIKES)
    if len(bare) != TYPED_CODE_LENGTH or any(c not in ALPHABET for c in bare):
        return None
    return bare if check_symbol(bare[:-1]) == bare[-1] else None


def group_typed_code(code: str) -> str:
    """Return the code in fours, as it is printed and read aloud."""
    return " ".join(code[i : i + 4] for i in range(0, len(code), 4))
