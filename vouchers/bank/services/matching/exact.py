"""When orders are paid by what the bank booked: by hand and by itself, the same rule."""

from collections.abc import Iterable


def pays(minor: int, currency: str, ordered: Iterable[tuple[int, str]]) -> bool:
    """Whether a booking is exactly its orders: their sum, to the last minor unit, one currency.

    Both sides are signed alike: what leaves is negative.
    """
    whole = 0
    for part, code in ordered:
        if code != currency:
            return False
        whole += part
    return whole == minor
