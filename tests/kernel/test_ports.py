"""A lower floor asks; one floor above answers."""

import pytest

from reintegration.kernel import ports
from reintegration.kernel.ports import Poll, Port


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


def test_a_poll_puts_the_answers_of_all_floors_together():
    poll = Poll[[int], str]("what is open")
    assert ports.unanswered() == ["what is open"]
    for word in ("referral", "voucher"):
        poll.answer_with(lambda number, word=word: [f"{word} {number}"])
    assert poll(7) == ["referral 7", "voucher 7"]


def test_who_answers_a_poll_twice_counts_once():
    poll = Poll[[], str]("what is open")

    def answer():
        return ["a voucher"]

    poll.answer_with(answer)
    poll.answer_with(answer)
    assert poll() == ["a voucher"]
