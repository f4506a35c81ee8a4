"""A lower floor asks; one floor above answers."""

import pytest

from reintegration.kernel import ports
from reintegration.kernel.ports import Port


@pytest.fixture(autouse=True)
def declared(monkeypatch):
    monkeypatch.setattr(ports, "_declared", [])


def test_a_question_is_answered_by_whoever_said_so_last():
    port = Port[[int], int]("how many")
    port.answer_with(lambda number: number + 1)
    port.answer_with(lambda number: number + 2)
    assert port(40) == 42


def test_a_question_without_an_answer_names_itself():
    port = Port[[], int]("how many there are")
    with pytest.raises(LookupError, match="how many there are"):
        port()
    assert ports.unanswered() == ["how many there are"]
    port.answer_with(lambda: 0)
    assert ports.unanswered() == []
