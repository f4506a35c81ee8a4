"""Hooks carry what must happen on a floor above, in the same transaction.

A lower floor announces a typed event; an upper feature subscribes in its `feature.py`. Each
subscriber has a `preview` twin, so that a person sees what an announcement would change.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy.orm import Session

Event = TypeVar("Event")


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that an event changes: a message with its parameters, and how many."""

    message: str
    count: int
    params: dict[str, Any]

    @property
    def values(self) -> dict[str, Any]:
        """Return what the message is filled with."""
        return {"count": self.count, **self.params}


@dataclass(frozen=True, slots=True)
class _Subscriber:
    apply: Callable[[Session, Any], None]
    preview: Callable[[Session, Any], list[Change]]


_subscribers: dict[type[Any], list[_Subscriber]] = {}


def subscribe(
    event: type[Event],
    apply: Callable[[Session, Event], None],
    *,
    preview: Callable[[Session, Event], list[Change]],
) -> None:
    """Have `apply` called when `event` is announced; subscribing twice counts once."""
    subscriber = _Subscriber(apply, preview)
    listed = _subscribers.setdefault(event, [])
    if subscriber not in listed:
        listed.append(subscriber)


def says_nothing(session: Session, event: Any) -> list[Change]:
    """Return nothing: the preview of what is not worth a line, or of what the page says itself."""
    del session, event
    return []


def announce(session: Session, event: Any) -> None:
    """Tell every subscriber; what one raises rolls the whole change back."""
    for subscriber in _subscribers.get(type(event), ()):
        subscriber.apply(session, event)


def preview(session: Session, event: Any) -> list[Change]:
    """Return what announcing `event` would change, changing nothing."""
    return [
        change
        for subscriber in _subscribers.get(type(event), ())
        for change in subscriber.preview(session, event)
        if change.count
    ]
