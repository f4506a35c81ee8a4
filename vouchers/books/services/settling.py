"""How far the journal is settled: checked, and summed up in `ledger_sum`.

Both marks follow a check that found nothing, so a fault is found again until it is mended.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Uuid, any_, literal, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from reintegration.kernel import watermark
from reintegration.kernel.audit import AuditEvent
from reintegration.kernel.watermark import Horizon
from vouchers.books.models import LedgerEntry, LedgerLine

_LINES, _EVENTS = "ledger.lines", "ledger.events"


@dataclass(frozen=True, slots=True)
class Marks:
    """What lies above was not settled yet: lines of the journal, and events of the trail."""

    line: int
    event: int


def marks(session: Session) -> Marks | None:
    """Return how far the books are settled, or None when nothing is."""
    found = Marks(watermark.low(session, _LINES), watermark.low(session, _EVENTS))
    return found if found.line and found.event else None


def touched_since(session: Session, since: Marks) -> dict[str, Any]:
    """Return what was touched since the marks, as parameters of SQL.

    `entries` are those with new lines; `touched` is whatever they or the trail are about.
    """
    lines = select(LedgerLine.entry_id, LedgerLine.voucher_id).where(LedgerLine.id > since.line)
    told = select(AuditEvent.subject_id).where(AuditEvent.id > since.event)
    entries, touched = set(), set(session.scalars(told))
    for entry_id, voucher_id in session.execute(lines):
        entries.add(entry_id)
        touched.add(voucher_id)
    by_id = LedgerEntry.id == any_(literal(list(entries), ARRAY(Uuid)))
    touched.update(session.scalars(select(LedgerEntry.source_id).where(by_id)))
    return {"line": since.line, "entries": list(entries), "touched": list(touched - {None})}


def horizons(session: Session) -> tuple[Horizon, Horizon]:
    """Look at what goes on, before a check looks at lines and events."""
    return (watermark.horizon(session, LedgerLine.id), watermark.horizon(session, AuditEvent.id))


def settle(session: Session, seen: tuple[Horizon, Horizon], *, now: datetime) -> None:
    """Raise the marks after a check that found nothing, and sum up what lies below them now."""
    lines, events = seen
    watermark.move_up(session, _EVENTS, events, now=now)
    before, after = watermark.move_up(session, _LINES, lines, now=now)
    sum_up(session, before, after)


def sum_up(session: Session, above: int, upto: int) -> None:
    """Add the lines above one id, up to another, to the sums that are kept."""
    session.execute(_SUM_UP, {"above": above, "upto": upto})


_SUM_UP = text("""
INSERT INTO ledger_sum (account, currency, event, fund_id, budget_line_id, provider_id,
                        debit_minor, credit_minor, lines)
SELECT l.account, l.currency, e.event, l.fund_id, l.budget_line_id, l.provider_id,
       sum(l.debit_minor), sum(l.credit_minor), count(*)
  FROM ledger_line l JOIN ledger_entry e ON e.id = l.entry_id
 WHERE l.id > :above AND l.id <= :upto
 GROUP BY 1, 2, 3, 4, 5, 6
ON CONFLICT ON CONSTRAINT uq_ledger_sum DO UPDATE
   SET debit_minor = ledger_sum.debit_minor + excluded.debit_minor,
       credit_minor = ledger_sum.credit_minor + excluded.credit_minor,
       lines = ledger_sum.lines + excluded.lines
""")
