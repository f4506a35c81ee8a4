"""Money in two columns: whole minor units, and the currency that stands beside them."""

from collections.abc import Mapping
from typing import Any, overload

from sqlalchemy.orm import Bundle

from reintegration.kernel.money import CurrencyMismatch, Money


class InMoney(Bundle[Money]):
    """Two expressions of a query, minor units and currency, that its rows give as one Money.

    `select(InMoney("paid", func.sum(Order.amount_minor), Order.currency))` answers `row.paid`.
    A sum of nothing is zero.
    """

    def create_row_processor(self, query: Any, procs: Any, labels: Any) -> Any:  # noqa: ARG002
        """Return what reads a row."""
        minor, currency = procs
        return lambda row: Money(int(minor(row) or 0), currency(row))


def money_in(kept: Mapping[str, Any], name: str) -> Money:
    """Return the Money that JSON keeps as `{name}_minor` beside its `currency`."""
    return Money(kept[f"{name}_minor"], kept["currency"])


class MoneyColumns:
    """`price = MoneyColumns()` is the Money of a row's `price_minor` and its `currency`.

    Of the class it is the same for queries: rows of `select(Offering.price)` hold Money. Setting it
    writes the minor units, and the currency of a row that has none yet; Money of another currency
    raises CurrencyMismatch, for it would relabel what stands beside it.
    """

    def __init__(self, currency: str = "currency") -> None:
        self._currency = currency

    def __set_name__(self, owner: type, name: str) -> None:
        self._name, self._minor = name, f"{name}_minor"

    @overload
    def __get__(self, row: None, owner: type) -> InMoney: ...
    @overload
    def __get__(self, row: object, owner: type) -> Money: ...
    def __get__(self, row: object | None, owner: type) -> InMoney | Money:
        held = owner if row is None else row
        minor, currency = getattr(held, self._minor), getattr(held, self._currency)
        return InMoney(self._name, minor, currency) if row is None else Money(minor, currency)

    def __set__(self, row: object, value: Money) -> None:
        currency = getattr(row, self._currency)
        if currency is None:
            setattr(row, self._currency, value.currency)
        elif currency != value.currency:
            raise CurrencyMismatch(f"{value} in a row of {currency}")
        setattr(row, self._minor, value.minor)
