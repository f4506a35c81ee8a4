"""Ports: a question that a lower floor asks, and one floor above answers.

A port is declared where the question is asked, typed by its signature; the floor that knows the
answer gives it in its `feature.py`. Pages use slots instead, which any number of floors may fill.
"""

from collections.abc import Callable
from typing import Any, Generic, ParamSpec, TypeVar

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")


_declared: "list[Port[Any, Any]]" = []


def unanswered() -> list[str]:
    """Return the declared questions that no floor answers."""
    return [port.question for port in _declared if not port.is_answered]


class Port(Generic[Asked, Answer]):
    """A declared question; calling it asks. Asking what nobody answers raises LookupError."""

    def __init__(self, question: str) -> None:
        self._question = question
        self._answer: Callable[Asked, Answer] | None = None
        _declared.append(self)

    @property
    def question(self) -> str:
        """Return what is asked, in words."""
        return self._question

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
            raise LookupError(f"no floor answers: {self._question}")
        return self._answer(*args, **kwargs)
