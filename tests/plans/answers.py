"""What floors above would say, said by the test: budget lines, promises, open vouchers, money."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy.orm import Session

from reintegration.kernel.ports import Poll, Port
from reintegration.plans.queries import provision
from reintegration.plans.queries.provision import BudgetChoice
from reintegration.web import slots
from tests.factories.cast import Cast

PORTS = (
    provision.budget_lines_to_plan_with,
    provision.money_of_case,
    provision.prices_asked,
    provision.promised_on,
)


class Answers:
    """Answers what plans ask; what is not answered has nothing to say."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._patch = monkeypatch
        for port in (*PORTS, provision.open_on_line):
            self.give(port, lambda *_: [])
        self.fill("plan_line.actions", lambda **_: [])
        self.fill("plan_service.who_fits", lambda **_: [])

    def give(self, port: Port[Any, Any] | Poll[Any, Any], answer: Callable[..., Any]) -> None:
        """Answer a question from now on."""
        if isinstance(port, Poll):
            self._patch.setattr(port, "_answers", [answer])
        else:
            self._patch.setattr(port, "_answer", answer)

    def fill(self, name: str, panel: Callable[..., Any]) -> None:
        """Fill a slot of the plan's page from now on."""
        self._patch.setitem(slots._slots, name, [panel])


@pytest.fixture
def answers(
    app: Any, session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Answers]:
    """Answers with the cast's two budget lines."""
    given = Answers(monkeypatch)
    lines = [
        BudgetChoice(line.id, f"{line.code} {line.name}", line.available)
        for line in (cast.budget_line, cast.euro_budget_line)
    ]
    given.give(
        provision.budget_lines_to_plan_with,
        lambda _session, _actor, currency, _on: [
            line for line in lines if line.free.currency == currency
        ],
    )
    return given
