"""Redemptions per second over the API, against pgbench running the least that is honest."""

import json
import tempfile
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from random import shuffle

from flask import Flask
from sqlalchemy import Engine, event
from sqlalchemy.exc import IntegrityError

from bench.clients import Work, run
from bench.honest import Honest
from bench.report import Figure, interleaved
from bench.stage import Stage, web
from reintegration.kernel.ids import new_id
from tests.factories.casework import Casework, make_casework
from tests.factories.vouchers import PIN, make_token, make_voucher

CLIENTS, SECONDS, ROUNDS = 8, 5, 3
VOUCHERS_A_ROUND = 1_000


def figures(stage: Stage) -> list[Figure]:
    """Return both figures of redemption."""
    rate, limit = _rates(stage)
    return [
        Figure(
            "redemptions per second, 8 clients",
            rate,
            "/s",
            "pgbench, minimal honest transaction",
            limit,
            at_least=0.12,
        ),
        Figure("statements per redemption", _statements(stage), "", "one", 1, at_most=12),
    ]


def _rates(stage: Stage) -> tuple[float, float]:
    honest = Honest(stage.server)
    _row, token = make_token(stage.session, stage.cast.provider.id, velocity_exempt=True)
    rounds = iter([_requests(stage, token, VOUCHERS_A_ROUND) for _ in range(ROUNDS)])
    warm = _requests(stage, token, 64)
    with (
        tempfile.TemporaryDirectory() as folder,
        web(stage.database, Path(folder) / "web.log") as server,
    ):

        def redeem(requests=None) -> float:
            work = Work(server.port, CLIENTS, "POST", 201, requests or next(rounds))
            answered = run(work)
            assert answered.unexpected == 0, f"{answered.unexpected} answers were not 201"
            return answered.per_second

        redeem(warm)
        rate, limit = interleaved(
            [redeem, lambda: honest.per_second(clients=CLIENTS, seconds=SECONDS)], ROUNDS
        )
    return rate, limit


def _requests(stage: Stage, token: str, count: int) -> list[dict]:
    """Issue vouchers of one unit each and return the requests that redeem them, in no order."""
    made: list[dict] = []
    while len(made) < count:
        work = _work(stage)
        for _ in range(work.line.units):
            issued = make_voucher(stage.session, stage.cast, work, units=1)
            made.append(_request(token, issued.secrets.code))
        stage.session.commit()
    shuffle(made)  # else neighbours would wait for the counter of one plan line
    return made[:count]


def _work(stage: Stage) -> Casework:
    while True:
        try:
            with stage.session.begin_nested():
                return make_casework(stage.session, stage.cast)
        except IntegrityError:  # a case code that was taken
            continue


def _request(token: str, code: str) -> dict:
    headers = {
        "Authorization": f"Bearer {token}",
        "Idempotency-Key": str(new_id()),
        "Content-Type": "application/json",
    }
    body = json.dumps({"code": code, "pin": PIN, "units": 1})
    return {"path": "/api/v1/redemptions", "headers": headers, "body": body}


def _statements(stage: Stage) -> float:
    """Count what one request over the API sends, without BEGIN and COMMIT.

    Many rows given to one `execute` are as many statements for PostgreSQL.
    """
    _row, token = make_token(stage.session, stage.cast.provider.id)
    first, second = _requests(stage, token, 2)
    app = stage.app
    counted: list[str] = []

    def count(_connection, _cursor, statement, parameters, _context, many):
        counted.extend([statement] * (len(parameters) if many else 1))

    send = partial(_send, app)
    with ThreadPoolExecutor(1) as thread:  # a request of its own, outside this application context
        thread.submit(send, first).result()
        event.listen(Engine, "before_cursor_execute", count)
        thread.submit(send, second).result()
        event.remove(Engine, "before_cursor_execute", count)
    return len(counted)


def _send(app: Flask, request: dict) -> None:
    client = app.test_client()
    answer = client.post(request["path"], data=request["body"], headers=request["headers"])
    assert answer.status_code == 201, answer.text
