"""Which deliveries of a month wait for a confirmation, and so are not in the books."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from reintegration.kernel import bounded
from reintegration.kernel.errors import N_
from vouchers.books.queries.month_checks import Check
from vouchers.voucher.models import Redemption
from vouchers.voucher.states import RedemptionState


def checks(session: Session, first: date, last: date) -> list[Check]:
    """Return the check of deliveries for the month from `first` to `last`."""
    found = bounded.count(
        session,
        select(Redemption).where(
            Redemption.state == RedemptionState.UNCONFIRMED,
            Redemption.delivered_on.between(first, last),
        ),
    )
    says, values = N_("None of this month waits."), {}
    if found:
        says = N_(
            "Deliveries of this month that a case manager has not confirmed: %(count)s. They are"
            " posted on the day of the confirmation."
        )
        values = {"count": found}
    title = N_("Every delivery is confirmed")
    return [Check("deliveries", 90, title, False, bool(found), says, values, "/vouchers/")]
