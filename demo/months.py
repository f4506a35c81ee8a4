"""The months of the books: closed one after the other, and the last of them only proposed."""

from datetime import timedelta

from demo.funds import APPROVER, PREPARER
from demo.timeline import at
from demo.world import World
from reintegration.kernel import jobs
from reintegration.kernel.errors import Conflict
from vouchers.books.jobs import LEDGER_SWEEP
from vouchers.books.models import AccountingPeriod
from vouchers.books.queries import periods
from vouchers.books.services.periods import closing
from vouchers.books.services.periods.months import add_months

_READY_AFTER = timedelta(days=2)
"""How long after a month finance looks at it: all of the books were checked since."""


def close_the_months(world: World) -> None:
    """Close what is over, each in the first days of the next; the laws were checked just now.

    A month whose books and bank differ stays open, and so do those after it.
    """
    session = world.session
    jobs.skip_slot(session, LEDGER_SWEEP, now=world.now)
    add_months(session, world.now)
    listed = reversed(periods.every(session, world.actor(PREPARER)))
    ready = [one for one in listed if one.last_day + _READY_AFTER < world.today]
    for number, period in enumerate(ready, start=1):
        try:
            _close(world, period, only_propose=number == len(ready))
        except Conflict:
            return


def _close(world: World, period: AccountingPeriod, *, only_propose: bool) -> None:
    day = period.last_day + _READY_AFTER
    preparer = world.actor(PREPARER)
    closing.prepare(world.session, period, actor=preparer, now=at(day, 10))
    if not only_propose:
        approver = world.actor(APPROVER)
        closing.close(world.session, period, actor=approver, now=at(day, 15))
