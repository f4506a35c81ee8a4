"""The whole normal suite is judged by what it costs, and nothing else is."""

from contextlib import suppress
from types import SimpleNamespace

import pytest

from tests import budget

WHOLE, CHOSEN = pytest.Config.ArgsSource.TESTPATHS, pytest.Config.ArgsSource.ARGS


def finish(*, source=WHOLE, keyword="", deep=False, slower=1.0, spent=None):
    """End a run that was asked for like this, and return its exit status."""
    option = SimpleNamespace(keyword=keyword, markexpr="", deep=deep)
    config = SimpleNamespace(args_source=source, option=option)
    session = SimpleNamespace(exitstatus=pytest.ExitCode.OK)
    judged = budget.Budget(config, lambda: None)
    judged._pieces.append(budget._PIECE * slower)
    if spent is not None:
        judged._spent = lambda: spent
    judging = judged.pytest_sessionfinish(session)
    next(judging)
    with suppress(StopIteration):
        next(judging)
    return session.exitstatus


def test_a_suite_that_costs_too_much_fails(monkeypatch):
    monkeypatch.setattr(budget, "SECONDS_OF_PROCESSOR", 0.0)
    assert finish() == pytest.ExitCode.TESTS_FAILED


def test_a_suite_within_the_budget_passes(monkeypatch):
    monkeypatch.setattr(budget, "SECONDS_OF_PROCESSOR", 1e9)
    assert finish() == pytest.ExitCode.OK


@pytest.mark.parametrize(("slower", "ends"), [(3.0, 0), (1.0, 1)])
def test_a_slow_machine_is_not_a_dear_suite(slower, ends):
    spent = budget.SECONDS_OF_PROCESSOR * 2
    assert finish(slower=slower, spent=spent) == pytest.ExitCode(ends)


@pytest.mark.parametrize("chosen", [{"source": CHOSEN}, {"keyword": "money"}, {"deep": True}])
def test_a_part_and_a_complete_run_are_not_judged(monkeypatch, chosen):
    monkeypatch.setattr(budget, "SECONDS_OF_PROCESSOR", 0.0)
    assert finish(**chosen) == pytest.ExitCode.OK


def test_the_time_of_children_and_of_the_database_counts(postgres):
    assert budget._used(children=True) >= budget._used(children=False) > 0
    assert budget._used_by(postgres.cluster._postmaster_pid()) > 0
