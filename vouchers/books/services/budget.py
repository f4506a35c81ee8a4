"""What is free on a budget line: taken and given back by conditional updates only."""

from uuid import UUID

from sqlalchemy import literal, or_, update
from sqlalchemy.orm import Session

from reintegration.kernel.errors import N_, Conflict
from reintegration.kernel.money import Money
from vouchers.books.models import BudgetLine


def take(
    session: Session, budget_line_id: UUID, amount: Money, *, even_closed: bool = False
) -> None:
    """Take `amount` from what is free; raise Conflict when less is free or the line is closed.

    A closed line commits nothing more; with `even_closed` its free money still leaves it.

    The update is the check: of two at once that together ask too much, one is refused.
    """
    taken = session.execute(
        update(BudgetLine)
        .where(
            BudgetLine.id == budget_line_id,
            BudgetLine.currency == amount.currency,
            or_(BudgetLine.closed_at.is_(None), literal(even_closed)),
            BudgetLine.available_minor >= amount.minor,
        )
        .values(available_minor=BudgetLine.available_minor - amount.minor)
        .execution_options(synchronize_session="fetch")
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(
            N_("The budget line has less than %(amount)s free. Ask finance, or choose another."),
            code="budget_exhausted",
            field="amount",
            amount=amount,
        )


def give_back(session: Session, budget_line_id: UUID, amount: Money) -> None:
    """Give back what an expired, cancelled or reversed commitment no longer needs."""
    given = session.execute(
        update(BudgetLine)
        .where(BudgetLine.id == budget_line_id, BudgetLine.currency == amount.currency)
        .values(available_minor=BudgetLine.available_minor + amount.minor)
        .execution_options(synchronize_session="fetch")
    )
    if given.rowcount != 1:  # type: ignore[attr-defined]
        raise ValueError(f"there is no budget line {budget_line_id} in {amount.currency}")
