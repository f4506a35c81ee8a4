"""Money: whole minor units and an ISO 4217 code. No floats, no mixed currencies, ever."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

# Digits after the point by ISO 4217; whatever is not listed has two.
_MINOR_DIGITS = {"JPY": 0, "KRW": 0, "CLP": 0, "ISK": 0, "VND": 0, "KWD": 3, "BHD": 3, "TND": 3}


def minor_digits(currency: str) -> int:
    """Return how many digits the minor unit of `currency` has."""
    return _MINOR_DIGITS.get(currency, 2)


class CurrencyMismatch(TypeError):
    """Two currencies met in one sum: a bug, never a user's mistake."""


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """`minor` whole minor units (bani, cents) of `currency`; signed."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError(f"money counts whole minor units, not {type(self.minor).__name__}")
        if len(self.currency) != 3 or not self.currency.isupper():
            raise ValueError(f"not an ISO 4217 code: {self.currency!r}")

    @classmethod
    def zero(cls, currency: str) -> "Money":
        """Return nothing, in `currency`."""
        return cls(0, currency)

    @property
    def decimal(self) -> Decimal:
        """Return the amount in major units, exact."""
        return Decimal(self.minor).scaleb(-minor_digits(self.currency))

    def _same(self, other: "Money") -> int:
        if not isinstance(other, Money):
            raise TypeError(f"not money: {other!r}")
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency}")
        return other.minor

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __mul__(self, units: int) -> "Money":
        if type(units) is not int:
            raise TypeError("money is multiplied by whole units only")
        return Money(self.minor * units, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.minor <= self._same(other)

    def __gt__(self, other: "Money") -> bool:
        return self.minor > self._same(other)

    def __ge__(self, other: "Money") -> bool:
        return self.minor >= self._same(other)

    def __bool__(self) -> bool:
        return self.minor != 0

    def __str__(self) -> str:
        return f"{self.decimal} {self.currency}"

    @classmethod
    def rounded_down(cls, value: Decimal, currency: str) -> "Money":
        """Return `value` in major units without what is finer than the minor unit.

        The only way an amount is ever rounded: towards zero, so that nobody gains by it.
        """
        whole = value.scaleb(minor_digits(currency)).to_integral_value(ROUND_DOWN)
        return cls(int(whole), currency)

    def share(self, part: int, whole: int) -> "Money":
        """Return `part` of `whole` equal parts of it, rounded down."""
        return Money(self.minor * part // whole, self.currency)

    def allocate(self, weights: Sequence[int]) -> list["Money"]:
        """Split by `weights` with the largest remainder first; the parts sum to the whole."""
        total = sum(weights)
        if total <= 0 or min(weights) < 0:
            raise ValueError("weights must be non-negative and not all zero")
        parts = [self.share(weight, total).minor for weight in weights]
        remainders = [self.minor * weight % total for weight in weights]
        for index in sorted(range(len(weights)), key=lambda i: -remainders[i])[
            : self.minor - sum(parts)
        ]:
            parts[index] += 1
        return [Money(part, self.currency) for part in parts]


def by_currency(amounts: Iterable[Money]) -> list[Money]:
    """Sum `amounts` by currency, in the order of the codes."""
    sums: dict[str, Money] = {}
    for amount in amounts:
        sums[amount.currency] = sums.get(amount.currency, Money.zero(amount.currency)) + amount
    return [sums[currency] for currency in sorted(sums)]


def total(amounts: Iterable[Money], currency: str) -> Money:
    """Sum `amounts`, which must all be in `currency`; nothing sums to zero of it."""
    result = Money.zero(currency)
    for amount in amounts:
        result += amount
    return result
