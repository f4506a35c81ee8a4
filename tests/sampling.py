"""What a run asks of a matrix that is too big for every day: a sample drawn by a seed, or all.

`make test` draws; `make deep` (`pytest --deep`) asks everything. The seed is the day, so that a
failure stays until it is mended and the next day draws anew: `SAMPLE_SEED=2026-03-01 make test`
draws what was drawn on that day.
"""

import os
from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import date
from random import Random
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings

T = TypeVar("T")
SEED = "SAMPLE_SEED"


class _Run:
    """Whether this run asks everything; workers of pytest-xdist are told like the run itself."""

    deep = False


def begin(*, deep: bool) -> str:
    """Settle what this run and its workers ask; return it in words."""
    _Run.deep = deep
    settings.register_profile(
        "sampled",
        max_examples=amount(100, deep=1000),
        deadline=None,  # a machine that others use too is slow, and nothing is wrong
        suppress_health_check=[HealthCheck.too_slow],
    )
    settings.load_profile("sampled")
    day = os.environ.setdefault(SEED, date.today().isoformat())  # noqa: DTZ011 - whoever runs it
    return "complete (--deep)" if deep else f"a sample, {SEED}={day}"


def amount(daily: int, *, deep: int) -> int:
    """Return how many of something that can be repeated at will: examples, vouchers, rounds."""
    return deep if _Run.deep else daily


def drawn(population: Iterable[T], many: int, *, of: str) -> list[T]:
    """Return `many` of these, drawn by the seed and by what they are a sample `of`, or all."""
    everything = list(population)
    if _Run.deep or many >= len(everything):
        return everything
    chosen = set(Random(f"{os.environ[SEED]} {of}").sample(range(len(everything)), many))
    return [one for place, one in enumerate(everything) if place in chosen]


def is_drawn(one: str, share: float) -> bool:
    """Whether this one, of many that turn up one by one, is in a sample of that share of them."""
    return _Run.deep or Random(f"{os.environ[SEED]} {one}").random() < share


def shuffled(population: Iterable[T], *, of: str) -> list[T]:
    """Return all of these in an order that is drawn."""
    everything = list(population)
    Random(f"{os.environ[SEED]} {of}").shuffle(everything)
    return everything


def one_of_each(cells: Sequence[tuple[Any, ...]], *, by: Callable[..., Hashable]) -> list[Any]:
    """Return the cells of a matrix as parameters; in each group all but a drawn one are `deep`."""
    groups: dict[Hashable, list[tuple[Any, ...]]] = {}
    for cell in cells:
        groups.setdefault(by(*cell), []).append(cell)
    asked = {cell for group in groups for cell in drawn(groups[group], 1, of=str(group))}
    return [pytest.param(*cell, marks=[] if cell in asked else pytest.mark.deep) for cell in cells]


def leave_out(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect what only a complete run asks."""
    if _Run.deep:
        return
    left_out = [item for item in items if item.get_closest_marker("deep")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not item.get_closest_marker("deep")]
