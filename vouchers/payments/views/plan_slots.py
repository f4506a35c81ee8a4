"""What was paid on each line of a plan."""

from uuid import UUID

from reintegration.kernel.db import session
from reintegration.plans.queries.provision import LineMoney
from vouchers.payments.queries import plan_money


def money_of_lines(*, case_id: UUID) -> list[LineMoney]:
    """Return what was paid, delivered and committed on each line of a case."""
    return plan_money.money_of_case(session(), case_id)
