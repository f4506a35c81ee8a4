"""Workers that are killed between any two steps, and two at once: one transfer for each order."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from reintegration.kernel import outbox
from reintegration.kernel.actor import SYSTEM
from reintegration.kernel.db import act_as, session
from tests.vouchers.stripe_rail.rail import hasty
from tests.vouchers.stripe_rail.worker import PLACES
from vouchers.payments.states import OrderState
from vouchers.stripe_rail.channels import transfers

LONG = 120
SHARPEST = "after_call"
"""Where money has left and nobody here knows: asked every day, the other places by a deep run."""


def places():
    return [one if one == SHARPEST else pytest.param(one, marks=pytest.mark.deep) for one in PLACES]


@pytest.fixture
def start(rail, committed_db, tmp_path):
    """Return a function that starts a worker which stops at a place, or at none."""

    def begin(*place):
        rail.session.commit()
        return subprocess.Popen(
            [
                *(sys.executable, "-m", "tests.vouchers.stripe_rail.worker"),
                *(rail.stripe.url, str(tmp_path), *place),
            ],
            env=os.environ | committed_db.process_environment(),
        )

    return begin


@pytest.mark.parametrize("place", places())
def test_a_worker_killed_between_two_steps_neither_loses_an_order_nor_pays_it_twice(
    rail, start, tmp_path, place
):
    order = rail.order()
    worker = start(place)
    give_up = time.monotonic() + LONG
    while not (tmp_path / "reached").exists():
        assert time.monotonic() < give_up
        time.sleep(0.05)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    left = place in ("after_call", "before_settle")
    assert rail.transfers() == ({order.reference: 1} if left else {})
    rail.session.expire_all()
    assert order.state is OrderState.RELEASED
    assert rail.settled(order) == "settled"
    assert rail.transfers() == {order.reference: 1}


@pytest.mark.deep
def test_two_workers_at_once_pay_each_order_once(rail, start):
    orders = [rail.order() for _ in range(6)]
    workers = [start(), start()]
    assert [worker.wait(LONG) for worker in workers] == [0, 0]
    rail.session.expire_all()
    assert {order.state for order in orders} == {OrderState.SETTLED}
    assert rail.transfers() == {order.reference: 1 for order in orders}


def test_two_that_send_the_same_message_at_once_make_one_transfer(rail):
    """The sender of before was only slow, and another one has its message now."""
    order = rail.order()
    (message,) = rail.messages()
    rail.session.expunge(message)
    rail.session.rollback()
    sent = []

    def send():
        with rail.app.app_context():
            act_as(session(), SYSTEM)
            sent.append(outbox.attempt(transfers.channel(), message))

    both = [threading.Thread(target=send) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert {one.state for one in sent} <= {"sent", "unknown"}  # the slower one hears of the other
    assert rail.transfers() == {order.reference: 1}
    assert rail.settled(order) == "settled"
    assert rail.transfers() == {order.reference: 1}


def test_a_sender_without_a_stored_key_pays_twice(rail, monkeypatch):
    """The control: what the key is for shows as soon as it is left out."""
    stripe = hasty(rail.stripe.url)
    pay, tried = stripe.transfer, []

    def without_key(**asked):
        tried.append(1)
        return pay(**asked | {"key": f"another-{len(tried)}"})

    monkeypatch.setattr(stripe, "transfer", without_key)
    monkeypatch.setattr(stripe, "transfers_in", lambda _group: [])
    monkeypatch.setitem(rail.app.extensions, "stripe", stripe)
    rail.wrong("drop_answer")
    order = rail.order()
    assert rail.settled(order) == "settled"
    assert rail.transfers() == {order.reference: 2}
