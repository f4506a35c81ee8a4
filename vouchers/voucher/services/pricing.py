"""What a delivery costs: units at the agreed price, or the sum of money that was given out."""

from reintegration.kernel.money import Money
from vouchers.voucher.services.voucher_by_code import Found
from vouchers.voucher.states import VoucherKind


def is_value(found: Found) -> bool:
    """Whether the voucher is money up to a sum, not a number of units."""
    return found.kind == VoucherKind.VALUE


def agreed_price(found: Found) -> Money:
    """Return the price of a unit: at an open voucher's first use the provider's own, if lower."""
    if found.provider_id is None and not is_value(found) and found.offering_price_minor:
        return min(found.offering_price, found.unit_price)
    return found.unit_price


def cost(found: Found, units: int, amount: Money) -> Money:
    """Return what a delivery costs: `units` at the agreed price, or the `amount` of a value."""
    return amount if is_value(found) else agreed_price(found) * units


def at_most(found: Found, units: int) -> Money:
    """Return what these units may cost at most: at the price that the voucher was issued for."""
    return found.unit_price * units


def saved(found: Found) -> Money:
    """Return what an open voucher frees when it is bound to a provider that asks for less."""
    return (found.unit_price - agreed_price(found)) * found.units
