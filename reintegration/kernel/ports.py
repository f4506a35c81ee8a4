"""Ports: a question that a lower floor asks, and floors above answer.

A port is declared where the question is asked, typed by its signature: the session first, then
what the answer depends on, the day too. The floor that knows the answer gives it in its
`feature.py`. Pages use slots instead, which any number of floors may fill.
"""

from collections.abc import Callable
from typing import Any, Generic, ParamSpec, TypeVar

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")
Item = TypeVar("Item")


_declared: "list[Port[Any, Any] | Poll[Any, Any]]" = []


def declared() -> "list[Port[Any, Any] | Poll[Any, Any]]":
    """Return every declared question."""
    return list(_declared)


def unanswered() -> list[str]:
    """Return the declared questions that no floor answers."""
    return [port.question for port in _declared if not port.is_answered]


class Port(Generic[Asked, Answer]):
    """A question to one floor; calling it asks. Asking what nobody answers raises LookupError."""

    def __init__(self, question: str) -> None:
        self.question = question
        self._answer: Callable[Asked, Answer] | None = None
        _declared.append(self)

    @property
    def is_answered(self) -> bool:
        """Whether a floor above has said that it answers."""
        return self._answer is not None

    def answer_with(self, answer: Callable[Asked, Answer]) -> None:
        """Say who answers; the last one counts."""
        self._answer = answer

    def __call__(self, *args: Asked.args, **kwargs: Asked.kwargs) -> Answer:
        """Ask."""
        if self._answer is None:
            raise LookupError(f"no floor answers: {self.question}")
        return self._answer(*args, **kwargs)


class Poll(Generic[Asked, Item]):
    """A question to several floors; calling it puts their answers together, in their order."""

    def __init__(self, question: str) -> None:
        self.question = question
        self._answers: list[Callable[Asked, list[Item]]] = []
        _declared.append(self)

    @property
    def is_answered(self) -> bool:
        """Whether a floor above has said that it answers."""
        return bool(self._answers)

    def answer_with(self, answer: Callable[Asked, list[Item]]) -> None:
        """Say who answers too; the same one twice counts once."""
        if answer not in self._answers:
            self._answers.append(answer)

    def __call__(self, *args: Asked.args, **kwargs: Asked.kwargs) -> list[Item]:
        """Ask all of them."""
        return [item for answer in self._answers for item in answer(*args, **kwargs)]
