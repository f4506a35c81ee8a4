"""A sample is the same for every worker, moves with the seed, and leaves nothing out of `--deep`."""

import pytest

from tests import sampling
from tests.sampling import amount, drawn, is_drawn, one_of_each, shuffled

PAGES = [(page, width) for page in "abcdefgh" for width in (320, 390)]


@pytest.fixture
def seeded(monkeypatch):
    """Ask as a run of a day does, or a complete one."""

    def settle(seed, *, deep=False):
        monkeypatch.setenv(sampling.SEED, seed)
        monkeypatch.setattr(sampling._Run, "deep", deep)

    return settle


def asked(cells):
    return [cell.values for cell in cells if not cell.marks]


def by_page(page, _width):
    return page


def test_the_same_seed_draws_the_same(seeded):
    seeded("2026-03-01")
    first = drawn(range(100), 5, of="numbers"), shuffled(range(100), of="numbers")
    assert first == (drawn(range(100), 5, of="numbers"), shuffled(range(100), of="numbers"))
    assert len(first[0]) == 5
    assert sorted(first[1]) == list(range(100))


def test_another_seed_and_another_matrix_draw_otherwise(seeded):
    seeded("2026-03-01")
    first = drawn(range(100), 5, of="numbers")
    assert drawn(range(100), 5, of="other numbers") != first
    seeded("2026-03-02")
    assert drawn(range(100), 5, of="numbers") != first


def test_one_of_each_group_is_asked_and_the_others_wait_for_a_complete_run(seeded):
    seeded("2026-03-01")
    cells = one_of_each(PAGES, by=by_page)
    assert [cell.values for cell in cells] == PAGES
    assert [page for page, _width in asked(cells)] == list("abcdefgh")
    assert {cell.marks[0].name for cell in cells if cell.marks} == {"deep"}


def test_within_some_days_everything_was_asked(seeded):
    seen = set()
    for day in range(1, 29):
        seeded(f"2026-03-{day:02}")
        seen |= set(asked(one_of_each(PAGES, by=by_page)))
    assert seen == set(PAGES)


def test_a_complete_run_asks_everything(seeded):
    seeded("2026-03-01", deep=True)
    assert asked(one_of_each(PAGES, by=by_page)) == PAGES
    assert drawn(range(100), 5, of="numbers") == list(range(100))
    assert amount(6, deep=60) == 60


def test_what_turns_up_one_by_one_is_drawn_by_its_share_and_wholly_in_a_complete_run(seeded):
    seeded("2026-03-01")
    taken = [one for one in map(str, range(1000)) if is_drawn(one, 0.5)]
    assert 400 < len(taken) < 600
    assert taken == [one for one in map(str, range(1000)) if is_drawn(one, 0.5)]
    seeded("2026-03-01", deep=True)
    assert all(is_drawn(str(one), 0.0) for one in range(1000))
