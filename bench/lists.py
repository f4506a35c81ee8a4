"""A filtered list of 25 vouchers out of 100,000, against a route that does nothing and 10,000."""

import tempfile
from pathlib import Path

from sqlalchemy import create_engine, text

from bench.clients import Work, run
from bench.report import Figure, interleaved
from bench.stage import Stage, web
from tests.factories.vouchers import make_voucher

CLIENTS, SECONDS, ROUNDS = 8, 4.0, 3
LIST = "/vouchers/?state=issued"
_COPY = """
INSERT INTO voucher ({columns})
SELECT {values} FROM voucher v, generate_series(1, {count}) n WHERE v.id = '{id}'
"""
_OWN = {
    "id": "gen_random_uuid()",
    "reference": "'B-' || {round} || '-' || n",
    "code_hash": "NULL",
    "secret_hash": "NULL",
    "print_sealed": "NULL",
    "created_at": "v.created_at - n * interval '1 second'",
    "state": "(ARRAY['issued', 'redeemed', 'expired', 'cancelled'])[1 + n % 4]",
}


def figures(stage: Stage) -> list[Figure]:
    """Return both figures of the list; the second stage of rows is added in between."""
    headers = stage.cookie(stage.cast.petru)
    with (
        tempfile.TemporaryDirectory() as folder,
        web(stage.database, Path(folder) / "web.log") as server,
    ):

        def load(path: str, headers: dict[str, str]) -> float:
            request = {"path": path, "headers": headers}
            rate, unexpected = run(
                Work(server.port, CLIENTS, "GET", 200, [request], seconds=SECONDS)
            )
            assert unexpected == 0, f"{unexpected} answers were not 200"
            return rate

        _fill(stage, 10_000, 1)
        load(LIST, headers)
        (small,) = interleaved([lambda: load(LIST, headers)], ROUNDS)
        _fill(stage, 90_000, 2)
        load(LIST, headers)
        large, hello = interleaved(
            [lambda: load(LIST, headers), lambda: load("/healthz", {})], ROUNDS
        )
    return [
        Figure("list of 25 of 100,000 vouchers, filtered", large, "/s", "hello route", hello,
               at_least=0.05),
        Figure("the same list, time at 100,000", 1000 / large, "ms", "time at 10,000",
               1000 / small, at_most=1.3),
    ]  # fmt: skip


def _fill(stage: Stage, count: int, round_: int) -> None:
    """Copy one voucher many times, behind the application's back: rows to page through."""
    model = make_voucher(stage.session, stage.cast).voucher
    stage.session.commit()
    columns = [column.name for column in model.__table__.columns]
    values = [_OWN.get(name, f"v.{name}").format(round=round_) for name in columns]
    owner = create_engine(stage.database.owner_url)
    with owner.begin() as connection:
        connection.execute(
            text(
                _COPY.format(
                    columns=", ".join(columns), values=", ".join(values), count=count, id=model.id
                )
            )
        )
    with owner.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE voucher"))
    owner.dispose()
