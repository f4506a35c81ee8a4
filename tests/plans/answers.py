"""What floors above would say, said by the test: budget lines, promises, open vouchers, money."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy.orm import Session

from reintegration.plans.queries.provision import BudgetChoice
from reintegration.web import slots
from tests.factories.cast import Cast


class Answers:
    """Fills the slots of the plan; what is not filled answers nothing."""

    def __init__(self) -> None:
        self._kept = {name: list(panels) for name, panels in slots._slots.items()}
        for name in (
            "plan.budget_lines",
            "plan.money",
            "plan_line.actions",
            "plan_line.exposure",
            "plan_line.committed",
            "plan.sidebar",
        ):
            slots._slots[name] = []

    def give(self, name: str, panel: Callable[..., Any]) -> None:
        """Answer a slot from now on."""
        slots._slots[name] = [panel]

    def forget(self) -> None:
        """Give the slots back to those who filled them."""
        slots._slots.clear()
        slots._slots.update(self._kept)


@pytest.fixture
def answers(app: Any, session: Session, cast: Cast) -> Iterator[Answers]:
    """Answers with the cast's two budget lines."""
    given = Answers()
    lines = [
        BudgetChoice(line.id, f"{line.code} {line.name}", line.available)
        for line in (cast.budget_line, cast.euro_budget_line)
    ]
    given.give(
        "plan.budget_lines",
        lambda *, currency, **_: [c for c in lines if c.free.currency == currency],
    )
    yield given
    given.forget()
