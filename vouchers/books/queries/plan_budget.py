"""Which budget lines a plan may choose."""

from datetime import date

from sqlalchemy.orm import Session

from reintegration.kernel.actor import Actor
from reintegration.plans.queries.provision import BudgetChoice
from vouchers.books.queries import funds


def budget_lines(session: Session, actor: Actor, currency: str, on: date) -> list[BudgetChoice]:
    """Return the open lines in one currency of funds that run on a day."""
    if actor.is_provider:
        return []
    return [
        BudgetChoice(line.id, f"{line.fund.code} · {line.name}", line.available)
        for line in funds.open_budget_lines(session, currency=currency, on=on)
    ]
