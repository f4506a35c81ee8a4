"""Connections that do not wait for a PostgreSQL that is frozen.

A server that is stopped refuses at once. One that is frozen, or a network that swallows what is
sent, answers nothing, and no timeout of the server's own helps. Who waits asks now and then with a
fresh connection whether anybody answers there; a statement that only takes long is waited for.
"""

import time
from collections.abc import Generator
from typing import Any

import psycopg
from psycopg.waiting import Ready
from sqlalchemy import Engine
from sqlalchemy import event as sa_event

PATIENCE = 1.5
"""Seconds of silence after which the server is asked whether it lives."""
CONNECT_TIMEOUT = 2
"""Seconds to connect in, unless the address says otherwise; PostgreSQL's library takes whole ones
of at least two."""

POOL_TIMEOUT = 4
"""Seconds to wait for one of the process's own connections."""
_SILENCE = 1.0
"""Seconds for which nobody tries again to connect where nobody answered."""
_SAID = "the server does not answer"
_silent_until: dict[str, float] = {}
"""By the place of the server; a moment of the monotonic clock."""


class PatientConnection(psycopg.Connection[Any]):
    """A connection that gives up when its server answers nobody."""

    def wait(self, gen: Any, *args: Any, **more: Any) -> Any:
        """Wait for what `gen` waits for; raise OperationalError when the server is frozen."""
        return super().wait(self._while_it_lives(gen), *args, **more)

    def _while_it_lives(self, gen: Any) -> Generator[Any, Any, Any]:
        heard = time.monotonic()
        try:
            waits_for = next(gen)
            while True:
                ready = yield waits_for
                if ready != Ready.NONE:
                    heard = time.monotonic()
                elif time.monotonic() - heard > PATIENCE:
                    self._ask_whether_it_lives()
                    heard = time.monotonic()
                waits_for = gen.send(ready)
        except StopIteration as done:
            return done.value

    def _ask_whether_it_lives(self) -> None:
        try:
            with psycopg.connect(
                self.info.dsn, password=self.info.password, connect_timeout=CONNECT_TIMEOUT
            ):
                return
        except psycopg.OperationalError as error:
            _silent_until[f"{self.info.host}:{self.info.port}"] = time.monotonic() + _SILENCE
            self.pgconn.finish()
            raise psycopg.OperationalError(_SAID) from error


@sa_event.listens_for(Engine, "do_connect")
def _connect(_dialect: Any, _record: Any, more: Any, address: Any) -> PatientConnection:
    address.setdefault("connect_timeout", CONNECT_TIMEOUT)
    place = f"{address.get('host')}:{address.get('port')}"
    if time.monotonic() < _silent_until.get(place, 0):
        raise psycopg.OperationalError(_SAID)
    return PatientConnection.connect(*more, **address)
