"""What must hold of the books, always, each law as one SQL statement that returns the offenders.

One statement sees one moment of the database, and every change posts in its own transaction: a
law that fails is a bug or a forgery, never a race. The laws read the journal on one side and the
vouchers, redemptions and payment orders on the other, so that a forgotten leg shows.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from reintegration.kernel.errors import N_

CHECK_JOB = "ledger.check"
"""The name of the scheduled check."""


@dataclass(frozen=True, slots=True)
class Law:
    """`sql` returns one row per offender; its columns say what differs, in minor units.

    `order` is where it stands among the laws of all floors.
    """

    name: str
    order: int
    says: str
    sql: str


@dataclass(frozen=True, slots=True)
class Broken:
    """A law that does not hold, and its first offenders."""

    law: Law
    rows: Sequence[dict[str, Any]]

    def __str__(self) -> str:
        shown = "; ".join(
            ", ".join(f"{name} {value}" for name, value in row.items()) for row in self.rows[:3]
        )
        more = f" … {len(self.rows)} in all" if len(self.rows) > 3 else ""
        return f"{self.law.name}: {self.law.says} {shown}{more}"


_laws: dict[str, Law] = {}


def keep(laws: Iterable[Law]) -> None:
    """Have these laws checked: each floor states what must hold of its own rows."""
    for law in laws:
        if _laws.setdefault(law.name, law) != law:
            raise ValueError(f"two laws are called {law.name}")


def laws() -> list[Law]:
    """Return every law of the books, in order."""
    return sorted(_laws.values(), key=lambda law: law.order)


def broken(session: Session) -> list[Broken]:
    """Return the laws that do not hold; an empty list means that the books are sound.

    The session must see all rows: it acts as the system, the operator or finance.
    """
    found = []
    for law in laws():
        rows = session.execute(text(f"{law.sql} LIMIT 100")).mappings().all()
        if rows:
            found.append(Broken(law, [dict(row) for row in rows]))
    return found


LAWS: tuple[Law, ...] = (
    Law(
        "entries-balance",
        10,
        N_("Every entry debits what it credits, in one currency."),
        """
        SELECT e.id AS entry, sum(l.debit_minor) AS debit, sum(l.credit_minor) AS credit
          FROM ledger_entry e LEFT JOIN ledger_line l ON l.entry_id = e.id
         GROUP BY e.id, e.currency
        HAVING count(l.id) = 0 OR sum(l.debit_minor) <> sum(l.credit_minor)
            OR bool_or(l.currency <> e.currency)
        """,
    ),
    Law(
        "available",
        20,
        N_("What a budget line has free is account 9100 of the line, and never below zero."),
        """
        SELECT b.id AS budget_line, b.code, b.available_minor AS stored,
               coalesce(j.minor, 0) AS journal
          FROM budget_line b
          LEFT JOIN (SELECT budget_line_id, sum(credit_minor - debit_minor) AS minor
                       FROM ledger_line WHERE account = '9100' GROUP BY 1) j
            ON j.budget_line_id = b.id
         WHERE coalesce(j.minor, 0) <> b.available_minor OR b.available_minor < 0
        """,
    ),
    Law(
        "deferred",
        110,
        N_(
            "Account 2300 is what is free and committed on budget lines, and what was received"
            " and not allocated."
        ),
        """
        SELECT l.currency,
               sum(l.credit_minor - l.debit_minor) FILTER (WHERE l.account = '2300') AS deferred,
               sum(l.credit_minor - l.debit_minor) FILTER (WHERE l.account = '9100') AS available,
               sum(l.credit_minor - l.debit_minor) FILTER (WHERE l.account = '9200') AS encumbered,
               sum(l.credit_minor - l.debit_minor)
                 FILTER (WHERE e.event = 'grant_received' AND l.account = '2300') AS received,
               sum(l.debit_minor - l.credit_minor)
                 FILTER (WHERE e.event IN ('allocated', 'reduced') AND l.account = '9000')
                 AS allocated
          FROM ledger_line l JOIN ledger_entry e ON e.id = l.entry_id GROUP BY l.currency
        HAVING coalesce(sum(l.credit_minor - l.debit_minor)
                 FILTER (WHERE l.account = '2300'), 0)
            <> coalesce(sum(l.credit_minor - l.debit_minor)
                 FILTER (WHERE l.account IN ('9100', '9200')), 0)
             + coalesce(sum(l.credit_minor - l.debit_minor)
                 FILTER (WHERE e.event = 'grant_received' AND l.account = '2300'), 0)
             - coalesce(sum(l.debit_minor - l.credit_minor)
                 FILTER (WHERE e.event IN ('allocated', 'reduced') AND l.account = '9000'), 0)
        """,
    ),
    Law(
        "delivery",
        120,
        N_("Revenue, assistance and the used budget are the same sum: account 4100, 5100, 9300."),
        """
        SELECT currency, revenue, assistance, used FROM (
          SELECT currency,
                 coalesce(sum(credit_minor - debit_minor) FILTER (WHERE account = '4100'), 0)
                   AS revenue,
                 coalesce(sum(debit_minor - credit_minor) FILTER (WHERE account = '5100'), 0)
                   AS assistance,
                 coalesce(sum(credit_minor - debit_minor) FILTER (WHERE account = '9300'), 0)
                   AS used
            FROM ledger_line GROUP BY currency) s
         WHERE revenue <> assistance OR revenue <> used
        """,
    ),
)
