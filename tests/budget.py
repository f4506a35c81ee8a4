"""What the whole normal suite may cost, so that `make test` stays within five minutes for ever.

The budget is processor time, of the tests and of every process that they start: a neighbour on
the same machine makes a run long, but not dear. Whoever adds what breaks it makes something
cheaper, or asks a sample and leaves the complete matrix to `make deep` (tests/sampling.py).
"""

import os
import time
from collections import Counter
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest

SECONDS_OF_PROCESSOR = 1_000.0
"""Runs took 345 to 415 s on one machine (242 to 288 s on the clock), and machines differ by two."""
SECONDS_ON_THE_CLOCK = 300.0
_DEAREST = 10


class Budget:
    """Counts what a run costs; the run's controller says it, and fails a run that is too dear."""

    def __init__(self, config: pytest.Config, database_pid: Callable[[], int | None]) -> None:
        self._config = config
        self._database_pid = database_pid
        self._began = time.monotonic()
        self._by_file: Counter[str] = Counter()
        self._workers = 0.0

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note what each file takes on the clock."""
        self._by_file[report.nodeid.partition("::")[0]] += report.duration

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Add what a worker of pytest-xdist and its children have used."""
        self._workers += getattr(node, "workeroutput", {}).get("processor", 0.0)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None, None, None]:
        """Tell the controller, or judge what the workers told."""
        output = getattr(self._config, "workeroutput", None)
        if output is not None:
            output["processor"] = _used(children=True)
        yield
        if output is None and self._is_judged() and self._spent() > SECONDS_OF_PROCESSOR:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what the whole suite took, and where."""
        if not self._is_whole():
            return
        spent, clock = self._spent(), time.monotonic() - self._began
        terminalreporter.section("what it took")
        for name, seconds in self._by_file.most_common(_DEAREST):
            terminalreporter.write_line(f"{seconds:7.1f} s  {name}")
        line = f"{spent:.0f} s of processor, {clock:.0f} s on the clock"
        if not self._is_judged():
            terminalreporter.write_line(line)
        elif spent > SECONDS_OF_PROCESSOR:
            said = f"{line}: over the budget of {SECONDS_OF_PROCESSOR:.0f} s (tests/budget.py)"
            terminalreporter.write_line(said, red=True, bold=True)
        elif clock > SECONDS_ON_THE_CLOCK:
            said = f"{line}: within the budget, but this machine was too busy for five minutes"
            terminalreporter.write_line(said, yellow=True)
        else:
            terminalreporter.write_line(line)

    def _is_whole(self) -> bool:
        chosen = self._config.option.keyword or self._config.option.markexpr
        return self._config.args_source is pytest.Config.ArgsSource.TESTPATHS and not chosen

    def _is_judged(self) -> bool:
        return self._is_whole() and not self._config.option.deep

    def _spent(self) -> float:
        # The workers are children too, which may have ended or not: each is counted as it told.
        own = _used(children=not self._workers)
        return own + self._workers + _used_by(self._database_pid())


def _used(*, children: bool) -> float:
    """Return the processor time of this process, and perhaps of its children that have ended."""
    return sum(os.times()[: 4 if children else 2])


def _used_by(pid: int | None) -> float:
    """Return the same of another process, where the system tells."""
    told = Path(f"/proc/{pid}/stat")
    if pid is None or not told.exists():
        return 0.0
    fields = told.read_text().rpartition(")")[2].split()
    return sum(int(ticks) for ticks in fields[11:15]) / os.sysconf("SC_CLK_TCK")
