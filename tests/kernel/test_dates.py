"""Days as each writer writes them; what names no day, or several, is refused."""

from datetime import date

import pytest

from reintegration.kernel import dates
from reintegration.kernel.dates import NoDay

DAY = date(2026, 3, 1)
SHAPES = ("%d.%m.%Y", "%Y-%m-%d", "%d.%m.%y")


@pytest.mark.parametrize(
    "text",
    ["2026-03-01", "01.03.2026", "1.3.2026", "01/03/2026", " 01.03.2026 ", "\u200e01.03.2026"],
)
def test_a_person_is_read(text):
    assert dates.typed(text) == DAY


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1.3.26",
        "2026-3-1",
        "20260301",
        "2026-W09-7",
        "31.02.2026",
        "2026-02-31",
        "03.13.2026",
        "0000-01-01",
        "0001-01-01",
        "1899-12-31",
        "2200-01-01",
        "9999-12-31",
        "01.03",
        "mâine",
        "٠١.٠٣.٢٠٢٦",
    ],
)
def test_what_is_no_day_is_refused_with_how_to_write_it(text):
    with pytest.raises(NoDay, match="Write it like"):
        dates.typed(text)


@pytest.mark.parametrize(
    "text", ["01.03.2026", "20260301", "2026-03-01T10:00", "9999-12-31", " 2026-03-01"]
)
def test_a_program_writes_one_way(text):
    assert dates.machine("2026-03-01") == DAY
    with pytest.raises(NoDay):
        dates.machine(text)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("260301", DAY),
        ("270230", date(2027, 2, 28)),
        ("280230", date(2028, 2, 29)),
        ("270430", date(2027, 4, 30)),
    ],
)
def test_mt940_is_read_and_the_thirtieth_of_february_is_its_last_day(text, day):
    assert dates.swift(text) == day


@pytest.mark.parametrize("text", ["", "2603", "261301", "260431", "260231", "26030a", "20260301"])
def test_mt940_that_names_no_day_is_refused(text):
    with pytest.raises(NoDay):
        dates.swift(text)


@pytest.mark.parametrize("text", ["01.03.2026", "01.03.26", "2026-03-01", "01.03.2026 10:15"])
def test_a_cell_is_read_in_the_shapes_of_its_account(text):
    assert dates.csv(text, SHAPES) == DAY


@pytest.mark.parametrize("text", ["03/01/2026", "", "01.03.9999", "0001-03-01"])
def test_a_cell_in_no_shape_of_its_account_is_refused(text):
    with pytest.raises(NoDay):
        dates.csv(text, SHAPES)
