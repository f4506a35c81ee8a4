"""Which budget lines a plan may choose."""

from reintegration.kernel import clock
from reintegration.kernel.actor import Actor
from reintegration.kernel.db import session
from reintegration.plans.queries.provision import BudgetChoice
from vouchers.books.queries import funds


def budget_lines(*, actor: Actor, currency: str) -> list[BudgetChoice]:
    """Return the open lines of funds that run now, in one currency."""
    if actor.is_provider:
        return []
    today = clock.local_day(clock.now())
    return [
        BudgetChoice(line.id, f"{line.fund.code} · {line.name}", line.available)
        for line in funds.open_budget_lines(session(), currency=currency, on=today)
    ]
