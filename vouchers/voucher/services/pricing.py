"""What a delivery costs: units at the agreed price, or the sum of money that was given out."""

from reintegration.kernel.money import Money
from vouchers.voucher.services.voucher_by_code import Found
from vouchers.voucher.states import VoucherKind


def is_value(found: Found) -> bool:
    """Whether the voucher is money up to a sum, not a number of units."""
    return found.kind == VoucherKind.VALUE


def agreed_price(found: Found) -> Money:
    """Return the price of a unit: at an open voucher's first use the provider's own, if lower."""
    price = found.unit_price_minor
    if found.provider_id is None and not is_value(found):
        price = min(found.offering_price or price, price)
    return Money(price, found.currency)


def cost(found: Found, units: int, amount: Money) -> Money:
    """Return what a delivery costs: `units` at the agreed price, or the `amount` of a value."""
    return amount if is_value(found) else agreed_price(found) * units


def at_most(found: Found, units: int) -> Money:
    """Return what these units may cost at most: at the price that the voucher was issued for."""
    return Money(found.unit_price_minor, found.currency) * units


def saved(found: Found) -> Money:
    """Return what an open voucher frees when it is bound to a provider that asks for less."""
    lower = Money(found.unit_price_minor, found.currency) - agreed_price(found)
    return lower * found.units
