"""What a floor above reports: a service was delivered on a plan line, or taken back."""

from datetime import date
from typing import cast
from uuid import UUID

from sqlalchemy import Table, bindparam, func, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from reintegration.kernel.money import Money
from reintegration.kernel.statements import ConstantStatement
from reintegration.plans.models import PlanLineDelivery


def expect_deliveries(session: Session, plan_line_id: UUID) -> None:
    """Make the counter of a line, before the first delivery can come."""
    session.execute(
        insert(PlanLineDelivery)
        .values(plan_line_id=plan_line_id, units=0, amount_minor=0, considered_units=0)
        .on_conflict_do_nothing(index_elements=[PlanLineDelivery.plan_line_id])
    )


def record_service_delivered(
    session: Session, plan_line_id: UUID, *, units: int, amount: Money, on: date
) -> None:
    """Count a delivery (or, with negative figures, take one back); one statement.

    Whoever redeems may not see the line or its case: a job moves the milestone soon after.
    """
    _COUNT.run(
        session, {"line": plan_line_id, "more": units, "more_minor": amount.minor, "day": on}
    )


_counters = cast("Table", PlanLineDelivery.__table__)
_COUNT = ConstantStatement(
    update(_counters)
    .where(_counters.c.plan_line_id == bindparam("line"))
    .values(
        units=_counters.c.units + bindparam("more"),
        amount_minor=_counters.c.amount_minor + bindparam("more_minor"),
        last_on=func.greatest(_counters.c.last_on, bindparam("day")),
    )
)
