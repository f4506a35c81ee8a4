"""A filtered list of 25 of 100,000 vouchers, against a route that does nothing and 10,000."""

import tempfile
from contextlib import ExitStack
from pathlib import Path
from uuid import UUID

from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session

from bench.clients import Work, run
from bench.report import Figure, interleaved
from bench.stage import Stage, web
from reintegration.kernel.actor import SYSTEM
from reintegration.kernel.db import act_as
from reintegration.web.paging import page_of
from tests.database import Database, Server
from tests.factories.vouchers import make_voucher
from tests.live import LiveServer
from vouchers.voucher.models import Voucher
from vouchers.voucher.states import VoucherState

CLIENTS, SECONDS, ROUNDS = 8, 4.0, 5
SMALL, LARGE = 10_000, 100_000
_OWN = {
    "id": "gen_random_uuid()",
    "reference": "'B-' || n",
    "code_hash": "NULL",
    "secret_hash": "NULL",
    "print_sealed": "NULL",
    "created_at": "v.created_at - n * interval '1 second'",
    "state": "(ARRAY['issued', 'redeemed', 'expired', 'cancelled'])[1 + mod(n, 4)]",
}


def figures(stage: Stage) -> list[Figure]:
    """Return both figures of the list, from two databases of one server."""
    headers = stage.cookie(stage.cast.petru)
    model = make_voucher(stage.session, stage.cast).voucher.id
    stage.session.commit()
    stage.session.close()
    stage.session.get_bind().dispose()  # nobody may be connected to what is copied
    small = stage.database
    large = stage.server.clone("punte_bench_large", template=small.name)
    for database, count in ((small, SMALL), (large, LARGE)):
        _fill(stage.server, database, model, count)
    with ExitStack() as opened:
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory()))
        few, many = (
            opened.enter_context(web(database, folder / f"{database.name}.log"))
            for database in (small, large)
        )
        addresses = {server: _middle(server.database) for server in (few, many)}

        def pages(server: LiveServer) -> float:
            return _per_second(server, addresses[server], headers)

        for server in (few, many):
            pages(server)
        of_large, of_small, hello = interleaved(
            [lambda: pages(many), lambda: pages(few), lambda: _per_second(many, "/healthz", {})],
            ROUNDS,
        )
    return [
        Figure(
            "list of 25 of 100,000 vouchers, filtered",
            of_large,
            "/s",
            "hello route",
            hello,
            at_least=0.05,
        ),
        Figure(
            "the same list, time at 100,000",
            1000 / of_large,
            "ms",
            "time at 10,000",
            1000 / of_small,
            at_most=1.3,
        ),
    ]


def _per_second(server: LiveServer, path: str, headers: dict[str, str]) -> float:
    request = {"path": path, "headers": headers}
    answered = run(Work(server.port, CLIENTS, "GET", 200, [request], seconds=SECONDS))
    assert answered.unexpected == 0, f"{answered.unexpected} answers were not 200"
    return answered.per_second


def _middle(database: Database) -> str:
    """Return the address of a page in the middle of the list, as its "older" link has it."""
    issued = select(Voucher).where(Voucher.state == VoucherState.ISSUED.value)
    engine = create_engine(database.url)
    with Session(engine) as session:
        act_as(session, SYSTEM)
        middle = select(func.percentile_disc(0.5).within_group(Voucher.created_at))
        page = page_of(
            session,
            issued.where(Voucher.created_at < session.scalar(middle)),
            keys=(Voucher.created_at, Voucher.id),
            cursor=None,
        )
    engine.dispose()
    return f"/vouchers/?state=issued&page={page.older}"


def _fill(server: Server, database: Database, model: UUID, count: int) -> None:
    """Copy one voucher many times, behind the application's back: rows to page through."""
    columns = [column.name for column in Voucher.__table__.columns]
    values = [_OWN.get(name, f"v.{name}") for name in columns]
    with server.cluster.connect_as_superuser(database.name) as connection:
        connection.execute("SET session_replication_role = replica")  # one line has no such money
        connection.execute(
            f"INSERT INTO voucher ({', '.join(columns)}) SELECT {', '.join(values)}"
            f" FROM voucher v, generate_series(1, {count - 1}) n WHERE v.id = %s",
            [model],
        )
        connection.execute("VACUUM ANALYZE voucher")
