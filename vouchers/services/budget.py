"""What is free on a budget line: taken and given back by conditional updates only."""

from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from reintegration.kernel.errors import N_, Conflict
from reintegration.kernel.money import Money
from vouchers.models import BudgetLine


def take(session: Session, budget_line_id: UUID, amount: Money) -> None:
    """Take `amount` from what is free; raise Conflict when less is free or the line is closed.

    The update is the check: of two at once that together ask too much, one is refused.
    """
    taken = session.execute(
        update(BudgetLine)
        .where(
            BudgetLine.id == budget_line_id,
            BudgetLine.currency == amount.currency,
            BudgetLine.closed_at.is_(None),
            BudgetLine.available_minor >= amount.minor,
        )
        .values(available_minor=BudgetLine.available_minor - amount.minor)
        .execution_options(synchronize_session="fetch")
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(
            N_("The budget line has less than %(amount)s free. Ask finance, or choose another."),
            code="budget_exhausted",
            amount=str(amount),
        )


def give_back(session: Session, budget_line_id: UUID, amount: Money) -> None:
    """Give back what an expired, cancelled or reversed commitment no longer needs."""
    session.execute(
        update(BudgetLine)
        .where(BudgetLine.id == budget_line_id)
        .values(available_minor=BudgetLine.available_minor + amount.minor)
        .execution_options(synchronize_session="fetch")
    )
