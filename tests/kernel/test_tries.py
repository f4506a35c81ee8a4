"""Tries survive a rollback, and parallel guesses are all counted."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from reintegration.kernel import tries
from reintegration.kernel.errors import TooManyTries
from tests.factories.cast import NOW

LIMIT = tries.Limit(tries=5, window=timedelta(hours=1))


def test_a_try_is_counted_although_the_request_rolls_back(session):
    for left in (4, 3, 2, 1, 0):
        assert tries.spend(session, "k", LIMIT, now=NOW) == left
        session.rollback()
    with pytest.raises(TooManyTries):
        tries.spend(session, "k", LIMIT, now=NOW)


def test_a_new_window_begins_after_the_old_one(session):
    for _ in range(5):
        tries.spend(session, "k", LIMIT, now=NOW)
    later = NOW + timedelta(hours=1, seconds=1)
    assert tries.spend(session, "k", LIMIT, now=later) == 4


def test_a_counter_whose_window_is_over_is_not_kept(session):
    tries.spend(session, "old", LIMIT, now=NOW)
    tries.spend(session, "new", LIMIT, now=NOW + timedelta(minutes=59))
    later = NOW + timedelta(hours=1)
    assert tries.forget_old(session, later) == "1 forgotten"
    session.commit()
    assert tries.spend(session, "new", LIMIT, now=later) == 3


def test_a_right_secret_gives_the_tries_back_with_its_own_commit(session):
    tries.spend(session, "k", LIMIT, now=NOW)
    tries.forget(session, "k")
    session.rollback()
    assert tries.spend(session, "k", LIMIT, now=NOW) == 3
    tries.forget(session, "k")
    session.commit()
    assert tries.spend(session, "k", LIMIT, now=NOW) == 4


def test_of_forty_guesses_at_once_exactly_five_count(committed_db):
    engine = create_engine(committed_db.url, pool_size=20)

    def guess(_number):
        with Session(engine) as session:
            try:
                tries.spend(session, "parallel", LIMIT, now=NOW)
            except TooManyTries:
                return False
            return True

    with ThreadPoolExecutor(16) as pool:
        passed = sum(pool.map(guess, range(40)))
    with Session(engine) as session:
        tries.companion(session).dispose()
    engine.dispose()
    assert passed == 5


def test_a_right_secret_spends_nothing_and_is_not_in_the_way_of_another(session):
    for _ in range(4):
        tries.spend(session, "k", LIMIT, now=NOW)
    engine = session.get_bind().engine
    both = threading.Barrier(2)

    def try_right(_number):
        with Session(engine) as own:
            both.wait(10)
            return tries.spend_unless(own, "k", LIMIT, now=NOW, right=lambda: True)

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(try_right, range(2))) == [None, None]
    assert tries.spend_unless(session, "k", LIMIT, now=NOW, right=lambda: False) == 0
    with pytest.raises(TooManyTries):
        tries.spend_unless(session, "k", LIMIT, now=NOW, right=lambda: True)


def test_of_forty_secrets_at_once_no_more_than_five_are_compared(committed_db):
    engine = create_engine(committed_db.url, pool_size=20)
    compared = []

    def guess(number):
        with Session(engine) as session, suppress(TooManyTries):
            tries.spend_unless(
                session, "p", LIMIT, now=NOW, right=lambda: bool(compared.append(number))
            )

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(guess, range(40)))
    with Session(engine) as session:
        tries.companion(session).dispose()
    engine.dispose()
    assert len(compared) == 5


def test_looking_at_counters_spends_nothing(session):
    for _ in range(4):
        tries.spend(session, "k", LIMIT, now=NOW)
    for _ in range(3):
        tries.refuse_when_spent(session, [("k", LIMIT), ("other", LIMIT)], now=NOW)
    tries.spend(session, "k", LIMIT, now=NOW)
    with pytest.raises(TooManyTries):
        tries.refuse_when_spent(session, [("other", LIMIT), ("k", LIMIT)], now=NOW)
