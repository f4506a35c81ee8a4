"""Listening to what a service announces."""

from typing import Any

import pytest

from reintegration.kernel import hooks


def hear(monkeypatch: pytest.MonkeyPatch, event: type[Any], would: str, count: int) -> list[Any]:
    """Subscribe to `event` alone, for one test; return what was announced.

    Its preview says that it `would` change so many.
    """
    monkeypatch.setattr(hooks, "_subscribers", {})
    applied: list[Any] = []
    hooks.subscribe(
        event,
        lambda _session, told: applied.append(told),
        preview=lambda _session, _told: [hooks.Change(would, count, {})],
    )
    return applied
