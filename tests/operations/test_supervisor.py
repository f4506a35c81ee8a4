"""The supervisor keeps its children: what ends is soon started again, however often."""

import sys

import pytest

from reintegration.operations import supervisor

BACK_WITHIN = 5.0
STARTS_IN = 2.5
"""What the web server needs until it answers."""


@pytest.fixture
def moment(monkeypatch):
    """The monotonic clock of the supervisor, which a test moves on."""
    shown = [1_000.0]
    monkeypatch.setattr(supervisor.time, "monotonic", lambda: shown[0])
    return shown


def seconds_until_started(child, moment):
    """Let the supervisor look four times a second until the child runs again."""
    began = moment[0]
    while child.process is None or child.process.poll() is not None:
        child.keep()
        moment[0] += supervisor._PAUSE
    return moment[0] - began


def test_a_service_that_is_killed_again_and_again_is_back_within_five_seconds(moment):
    child = supervisor._Child("A service", (sys.executable, "-c", "input()"))
    child.start()
    waited = []
    for _kill in range(8):
        supervisor._end([child.process])
        waited.append(seconds_until_started(child, moment))
    supervisor._end([child.process])
    assert max(waited) + STARTS_IN <= BACK_WITHIN


def test_a_service_that_ran_for_a_while_is_started_again_at_the_first_pause(moment):
    child = supervisor._Child("A service", (sys.executable, "-c", "input()"))
    child.start()
    for _kill in range(3):
        supervisor._end([child.process])
        seconds_until_started(child, moment)
    moment[0] += supervisor._STEADY_AFTER + 1
    supervisor._end([child.process])
    assert seconds_until_started(child, moment) < supervisor._FIRST_BACKOFF + 4 * supervisor._PAUSE
    supervisor._end([child.process])
