"""A count for a badge stops where nobody reads on."""

from datetime import timedelta

import pytest
from sqlalchemy import literal, select, text

from reintegration.kernel import bounded
from reintegration.kernel.bounded import Count
from reintegration.kernel.jobs import JobRun
from reintegration.web.filters import number
from tests.factories.cast import NOW


@pytest.fixture
def rows(session):
    def add(job: str, how_many: int) -> None:
        session.execute(
            text(
                "INSERT INTO job_run (job, slot)"
                " SELECT :job, CAST(:now AS timestamptz) + n * interval '1 second'"
                " FROM generate_series(1, :how_many) n"
            ),
            {"job": job, "how_many": how_many, "now": NOW},
        )

    return add


@pytest.mark.parametrize(
    ("how_many", "says"), [(0, "0"), (1, "1"), (99, "99"), (100, "99+"), (250, "99+")]
)
def test_a_count_says_no_more_than_99(session, rows, how_many, says):
    rows("a", how_many)
    counted = bounded.count(session, select(JobRun).order_by(JobRun.slot))
    assert str(counted) == f"{counted}" == number(counted) == says
    assert counted == min(how_many, 100)


def test_many_are_counted_in_one_statement_each_as_far_as_it_is_read(session, rows):
    for job, how_many in (("a", 3), ("b", 120)):
        rows(job, how_many)
    asked = {job: select(JobRun).where(JobRun.job == job) for job in "abc"}
    assert bounded.count_each(session, asked) == {"a": 3, "b": 100, "c": 0}


def test_counts_add_up_to_a_count():
    assert str(sum([Count(60), Count(50)])) == "99+"
    assert str(1 + Count(2)) == "3"


@pytest.mark.parametrize(("how_many", "worth"), [(0, []), (3, [6]), (99, [198]), (120, [])])
def test_a_pile_says_how_many_since_when_and_a_sum_only_of_all(session, rows, how_many, worth):
    rows("a", how_many)
    pile = bounded.pile(
        session, select(JobRun), since=JobRun.slot, worth=(literal(2), literal("MDL"))
    )
    assert pile.count == min(how_many, 100)
    assert pile.since == (NOW + timedelta(seconds=1) if how_many else None)
    assert [one.minor for one in pile.worth] == worth
