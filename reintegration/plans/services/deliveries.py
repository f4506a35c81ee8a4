"""What a floor above reports: a service was delivered on a plan line, or taken back."""

from datetime import date
from uuid import UUID

from sqlalchemy import func, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from reintegration.plans.models import PlanLineDelivery


def expect_deliveries(session: Session, plan_line_id: UUID) -> None:
    """Make the counter of a line, before the first delivery can come."""
    session.execute(
        insert(PlanLineDelivery)
        .values(plan_line_id=plan_line_id, units=0, amount_minor=0, considered_units=0)
        .on_conflict_do_nothing(index_elements=[PlanLineDelivery.plan_line_id])
    )


def record_service_delivered(
    session: Session, plan_line_id: UUID, *, units: int, amount_minor: int, on: date
) -> None:
    """Count a delivery (or, with negative figures, take one back); one statement.

    Whoever redeems may not see the line or its case: a job moves the milestone soon after.
    """
    session.execute(
        update(PlanLineDelivery)
        .where(PlanLineDelivery.plan_line_id == plan_line_id)
        .values(
            units=PlanLineDelivery.units + units,
            amount_minor=PlanLineDelivery.amount_minor + amount_minor,
            last_on=func.greatest(PlanLineDelivery.last_on, on),
        )
        .execution_options(synchronize_session=False)
    )
