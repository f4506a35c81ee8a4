"""References as banks write them, and the words that they write when there is none."""

_NOTHING = frozenset({"NOTPROVIDED", "NOT PROVIDED", "NONREF", "NOREF"})


def meaningful(reference: str | None) -> str | None:
    """Return the reference, or None where it is empty or only says that there is none."""
    if not reference or reference in _NOTHING or reference.upper() in _NOTHING:
        return None
    return reference
