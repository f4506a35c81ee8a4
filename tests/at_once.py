"""Two things at the same moment: each takes its first lock, they meet, and both go on."""

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from sqlalchemy import create_engine
from sqlalchemy import event as sa_event
from sqlalchemy.orm import Session

from reintegration.kernel import tries
from reintegration.kernel.db import act_as, acting
from tests.lock_order import lock_of

Act = Callable[[Session], Any]
_WAITED = 0.7


def at_once(session: Session, *acts: Act) -> list[Any]:
    """Do each act in a transaction of its own; return what it returned or raised, in order.

    Where the first locks are of one row, the second waits for it, and the first stops waiting for
    a meeting that cannot be.
    """
    session.commit()
    meeting = threading.Barrier(len(acts))
    outcomes: list[Any] = [None] * len(acts)

    def do(number: int) -> None:
        engine = create_engine(session.get_bind().engine.url)
        _meet_after_the_first_lock(engine, meeting)
        with Session(engine, info=dict(session.info)) as own:
            act_as(own, acting(session))
            try:
                outcomes[number] = acts[number](own)
                own.commit()
            except Exception as problem:
                own.rollback()
                outcomes[number] = problem
            tries.companion(own).dispose()
        engine.dispose()

    threads = [threading.Thread(target=do, args=(number,)) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    session.expire_all()
    return outcomes


def _meet_after_the_first_lock(engine: Any, meeting: threading.Barrier) -> None:
    met: list[bool] = []

    def after(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if lock_of(statement) is not None and not met:
            met.append(True)
            with suppress(threading.BrokenBarrierError):
                meeting.wait(_WAITED)

    sa_event.listen(engine, "after_cursor_execute", after)
