"""Slots: a page on a lower floor shows what a floor above adds, without knowing it."""

from collections.abc import Callable
from typing import Any

from flask import current_app
from markupsafe import Markup

_slots: dict[str, list[Callable[..., Any]]] = {}


def add(name: str, panel: Callable[..., Any]) -> None:
    """Put `panel` into the slot; adding the same one twice counts once."""
    listed = _slots.setdefault(name, [])
    if panel not in listed:
        listed.append(panel)


def filled() -> frozenset[str]:
    """Return the names of the slots that anybody fills."""
    return frozenset(_slots)


def render(name: str, **context: Any) -> Markup:
    """Return the HTML of all panels of the slot, in the order in which they were added."""
    return Markup("").join(Markup(panel(**context) or "") for panel in _slots.get(name, ()))  # noqa: S704


def collect(name: str, **context: Any) -> list[Any]:
    """Return what each panel of a data slot gives, flattened."""
    return [item for panel in _slots.get(name, ()) for item in panel(**context)]


def part(template: str, **context: Any) -> Markup:
    """Return a part of a page; unlike a whole page it does not ask for menu and figures again."""
    return Markup(current_app.jinja_env.get_template(template).render(context))  # noqa: S704
