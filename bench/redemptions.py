"""Redemptions per second over the API, against pgbench running the least that is honest."""

import json
import tempfile
from pathlib import Path

from sqlalchemy import event

from bench.clients import Work, run
from bench.honest import Honest
from bench.report import Figure, interleaved
from bench.stage import Stage, web
from reintegration.kernel.ids import new_id
from reintegration.kernel.tries import companion
from tests.factories.vouchers import PIN, deliver, make_token, make_voucher

CLIENTS, SECONDS, ROUNDS = 8, 5, 3
VOUCHERS_A_ROUND = 1_500


def figures(stage: Stage) -> list[Figure]:
    """Return both figures of redemption."""
    rate, limit = _rates(stage)
    return [
        Figure("redemptions per second, 8 clients", rate, "/s",
               "pgbench, minimal honest transaction", limit, at_least=0.12),
        Figure("statements per redemption", _statements(stage), "", "one", 1, at_most=12),
    ]  # fmt: skip


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
            rate, unexpected = run(work)
            assert unexpected == 0, f"{unexpected} answers were not 201"
            return rate

        redeem(warm)
        rate, limit = interleaved(
            [redeem, lambda: honest.per_second(clients=CLIENTS, seconds=SECONDS)], ROUNDS
        )
    return rate, limit


def _requests(stage: Stage, token: str, count: int) -> list[dict]:
    """Issue vouchers of one unit each and return the requests that redeem them."""
    made = []
    for number in range(count):
        issued = make_voucher(stage.session, stage.cast, units=1)
        if number % 50 == 49:
            stage.session.commit()
        body = {"code": issued.secrets.code, "pin": PIN, "units": 1}
        headers = {
            "Authorization": f"Bearer {token}",
            "Idempotency-Key": str(new_id()),
            "Content-Type": "application/json",
        }
        made.append({"path": "/api/v1/redemptions", "headers": headers, "body": json.dumps(body)})
    stage.session.commit()
    return made


def _statements(stage: Stage) -> float:
    """Count what one redemption sends, without BEGIN and COMMIT."""
    issued = make_voucher(stage.session, stage.cast, units=5)
    stage.session.commit()
    deliver(stage.session, stage.cast.rita, issued)
    stage.session.commit()
    counted: list[str] = []
    engines = [stage.session.get_bind(), companion(stage.session)]

    def count(_connection, _cursor, statement, *_rest):
        counted.append(statement)

    for engine in engines:
        event.listen(engine, "before_cursor_execute", count)
    deliver(stage.session, stage.cast.rita, issued)
    stage.session.commit()
    for engine in engines:
        event.remove(engine, "before_cursor_execute", count)
    return len(counted)
