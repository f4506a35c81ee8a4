"""What the whole normal suite may cost, so that `make test` stays within five minutes for ever.

The budget is processor time, of the tests and of every process that they start, in units of what
a fixed piece of work takes on the same machine during the same run: a neighbour makes a run long,
and a slow machine both, but neither makes it dear. Whoever adds what breaks it makes something
cheaper, or asks a sample and leaves the complete matrix to `make deep` (tests/sampling.py).
"""

import hashlib
import json
import os
import statistics
import time
from collections import Counter
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest

SECONDS_OF_PROCESSOR = 900.0
"""Where `_PIECE` was measured, 5,300 tests took 450 s, and 290 s on the clock; twice that is room
for what one piece of work does not tell of a machine: its disk, its memory, its neighbours."""
SECONDS_ON_THE_CLOCK = 300.0
_PIECE = 0.0091
"""Seconds of processor that a piece of work took there."""
_TESTS_A_PIECE = 100
_DEAREST = 10


class Budget:
    """Counts what a run costs; the run's controller says it, and fails a run that is too dear."""

    def __init__(self, config: pytest.Config, database_pid: Callable[[], int | None]) -> None:
        self._config = config
        self._database_pid = database_pid
        self._began = time.monotonic()
        self._by_file: Counter[str] = Counter()
        self._workers = 0.0
        self._pieces: list[float] = []
        self._tests = 0

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note what each file takes on the clock."""
        self._by_file[report.nodeid.partition("::")[0]] += report.duration

    def pytest_runtest_logfinish(self) -> None:
        """Do a piece of work now and then: a machine may become slow on the way."""
        if hasattr(self._config, "workerinput"):
            return
        if self._tests % _TESTS_A_PIECE == 0:
            self._pieces.append(_piece_of_work())
        self._tests += 1

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
        if output is None and self._is_judged() and self._cost() > SECONDS_OF_PROCESSOR:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what the whole suite took, and where."""
        if not self._is_whole():
            return
        clock = time.monotonic() - self._began
        terminalreporter.section("what it took")
        for name, seconds in self._by_file.most_common(_DEAREST):
            terminalreporter.write_line(f"{seconds:7.1f} s  {name}")
        line = (
            f"{self._spent():.0f} s of processor, {clock:.0f} s on the clock,"
            f" on a machine that takes {self._pace():.2f} times as long as the budget's"
        )
        if not self._is_judged():
            terminalreporter.write_line(line)
        elif self._cost() > SECONDS_OF_PROCESSOR:
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

    def _cost(self) -> float:
        return self._spent() / self._pace()

    def _pace(self) -> float:
        """Return how much longer than there a piece of work takes here, in the middle of all."""
        return statistics.median(self._pieces) / _PIECE if self._pieces else 1.0

    def _spent(self) -> float:
        # The workers are children too, which may have ended or not: each is counted as it told.
        own = _used(children=not self._workers)
        return own + self._workers + _used_by(self._database_pid())


def _piece_of_work() -> float:
    """Hash, write, read and sort as tests do; return the processor time that it took."""
    began = time.process_time()
    rows = [
        {"key": hashlib.sha256(b"%d" % number).hexdigest(), "n": number} for number in range(6000)
    ]
    read = json.loads(json.dumps(rows))
    read.sort(key=lambda row: str(row["key"]))
    Counter(row["n"] % 977 for row in read)
    return time.process_time() - began


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
