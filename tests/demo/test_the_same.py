"""The demo has the same counts per table and state and the same sums as ever, on whatever day.

Its stories follow a fixed chance and count back from the day of loading, so the day moves dates
and nothing else. What stays out of the figures is drawn from the system's own chance at each load
and means nothing: ids, references, codes, pseudonyms, passwords.

Where the demo itself is to be another one, `PUNTE_RECORD=1` writes the figures anew; the
difference of `tests/release/demo.json` then says what changed.
"""

import os
from pathlib import Path

import pytest

from tests.release import figures

RECORDED = Path(__file__).parents[1] / "release" / "demo.json"

pytestmark = pytest.mark.xdist_group("demo")


def test_the_demo_has_the_same_counts_and_sums_as_ever(demo):
    if os.environ.get("PUNTE_RECORD"):
        figures.write(demo.as_loaded, RECORDED)
    said = figures.differences(figures.read(RECORDED), demo.as_loaded)
    assert said == [], "\n".join(said)
    assert demo.as_loaded["rows"].keys() == figures.read(RECORDED)["rows"].keys()
