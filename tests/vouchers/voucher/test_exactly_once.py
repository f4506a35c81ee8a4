"""Many clients at once over HTTP with four workers: each voucher is redeemed once."""

import http.client
import json
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest
from sqlalchemy import func, select

from reintegration.kernel import clock
from reintegration.kernel.ids import new_id
from tests.factories.casework import make_casework
from tests.factories.vouchers import PIN, living_voucher, make_token
from tests.live import run_live
from tests.sampling import amount
from vouchers.books.models import LedgerLine
from vouchers.voucher.models import Redemption, Voucher

CLIENTS = 20
VOUCHERS = amount(6, deep=50)

pytestmark = pytest.mark.xdist_group("load")


@dataclass
class Answers:
    """What all clients were answered."""

    statuses: Counter = field(default_factory=Counter)
    successes: Counter = field(default_factory=Counter)


@pytest.fixture
def stock(session, cast):
    """Vouchers of one unit each, and a token."""
    made = [
        living_voucher(session, cast, work=make_casework(session, cast), units=1)
        for _ in range(VOUCHERS)
    ]
    codes = [issued.secrets.code for issued in made]
    _row, token = make_token(session, cast.provider.id, velocity_exempt=True)
    session.commit()
    return codes, token


@pytest.fixture(scope="module")
def server(_database, tmp_path_factory):
    """The application itself with four workers, for all tests here."""
    log = tmp_path_factory.mktemp("load") / "server.log"
    running = run_live(_database, log, workers=4, threads=4, app="wsgi:app")
    yield running
    running.stop()


def storm(server, codes, token) -> Answers:
    """Send every code from every client, all of them at the same code at the same time."""
    answers, lock = Answers(), threading.Lock()
    barrier = threading.Barrier(CLIENTS)

    def client(_number):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        for code in codes:
            barrier.wait(60)
            body = json.dumps({"code": code, "pin": PIN, "units": 1})
            headers = {
                "Authorization": f"Bearer {token}",
                "Content-Type": "application/json",
                "Idempotency-Key": str(new_id()),
            }
            connection.request("POST", "/api/v1/redemptions", body, headers)
            response = connection.getresponse()
            response.read()
            with lock:
                answers.statuses[response.status] += 1
                if response.status == 201:
                    answers.successes[code] += 1
        connection.close()

    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(client, range(CLIENTS)))
    return answers


def test_each_voucher_is_redeemed_once_and_none_is_left_out(session, stock, server):
    codes, token = stock
    answers = storm(server, codes, token)
    assert answers.successes == Counter(dict.fromkeys(codes, 1))
    assert max(answers.statuses) < 500, answers.statuses
    session.expire_all()
    assert session.scalar(select(func.count()).select_from(Redemption)) == VOUCHERS
    assert set(session.scalars(select(Voucher.state))) == {"redeemed"}
    assert session.scalar(
        select(func.sum(LedgerLine.credit_minor)).where(LedgerLine.account == "2100")
    ) == session.scalar(select(func.sum(Redemption.amount_minor)))


@pytest.mark.deep
def test_a_copy_without_the_lock_pays_twice(session, stock, live_server, committed_db):
    codes, token = stock
    server = live_server(committed_db, workers=4, app="tests.vouchers.voucher.unlocked:app")
    answers = storm(server, codes, token)
    assert sum(count - 1 for count in answers.successes.values()) > 0


def test_parallel_repeats_of_one_request_are_one_delivery(session, cast, server):
    issued = living_voucher(session, cast, units=5)
    _row, token = make_token(session, cast.provider.id)
    session.commit()
    barrier = threading.Barrier(8)

    def repeat(_number):
        barrier.wait(30)
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        connection.request(
            "POST",
            "/api/v1/redemptions",
            json.dumps({"code": issued.secrets.code, "pin": PIN, "units": 1}),
            {
                "Authorization": f"Bearer {token}",
                "Content-Type": "application/json",
                "Idempotency-Key": "the-same",
            },
        )
        response = connection.getresponse()
        return response.status, response.read()

    with ThreadPoolExecutor(8) as pool:
        answered = Counter(pool.map(repeat, range(8)))
    bodies = {body for status, body in answered if status == 201}
    assert len(bodies) == 1
    assert {status for status, _ in answered} <= {201, 429}
    session.refresh(issued.voucher)
    assert issued.voucher.units_left == 4


def test_parallel_guesses_never_compare_more_than_five(app, session, cast, monkeypatch):
    """Each guess has its own connection; those beyond the fifth are refused uncompared."""
    from sqlalchemy.orm import Session

    from reintegration.kernel import db as kernel_db
    from reintegration.kernel.errors import DomainError
    from tests.factories.cast import actor
    from vouchers.voucher.services import pins
    from vouchers.voucher.services.redemption import Delivery, redeem

    issued = living_voucher(session, cast)
    rita = actor(session, cast.rita)
    code = issued.secrets.code
    session.commit()
    compared, real = [], pins.compare
    monkeypatch.setattr(pins, "compare", lambda *given: compared.append(1) or real(*given))
    with app.app_context():
        engine = kernel_db.db.engine
    keyring = app.extensions["keyring"]
    barrier = threading.Barrier(12)

    def guess(number):
        barrier.wait(30)
        with Session(engine, info={"keyring": keyring}) as own:
            kernel_db.act_as(own, rita)
            delivery = Delivery(key=f"g{number}", code=code, units=1, pin=f"1357{number:02}")
            try:
                redeem(own, actor=rita, delivery=delivery, now=clock.now())
            except DomainError as error:
                return error.code
        return "accepted"

    with ThreadPoolExecutor(12) as pool:
        outcomes = Counter(pool.map(guess, range(12)))
    assert len(compared) == 5
    assert outcomes == {"wrong_pin": 5, "locked": 7}
