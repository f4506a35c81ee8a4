"""A copy of the application whose redemption looks and then writes, without a lock or a check.

Only for showing that the test of many clients can fail: `tests.vouchers.voucher.unlocked:app`.
"""

from sqlalchemy import select, update

from reintegration.app import create_app
from reintegration.operations import environment
from vouchers.voucher.models import Voucher
from vouchers.voucher.services import redemption
from vouchers.voucher.services.drawdown import Taken
from vouchers.voucher.states import VoucherState


def look_then_write(session, found, wanted, *, actor, today):
    """Take the units as a careless program does: read, subtract, write back."""
    seen = session.execute(
        select(Voucher.units_left, Voucher.amount_left_minor, Voucher.amount_minor).where(
            Voucher.id == found.id
        )
    ).one()
    if seen.units_left < wanted.units:
        return None
    units, amount = seen.units_left - wanted.units, seen.amount_left_minor - wanted.cost.minor
    state = VoucherState.PARTLY_REDEEMED if units else VoucherState.REDEEMED
    session.execute(
        update(Voucher)
        .where(Voucher.id == found.id)
        .values(units_left=units, amount_left_minor=amount, state=state.value)
        .execution_options(synchronize_session=False)
    )
    return Taken(units, amount, seen.amount_minor, found.currency, state)


redemption.take = look_then_write
app = create_app(environment.settings())
