"""What must hold of the books, always, each law as one SQL statement that returns the offenders.

One statement sees one moment of the database, and every change posts in its own transaction: a
law that fails is a bug or a forgery, never a race. The laws read the journal on one side and the
vouchers, redemptions and payment orders on the other, so that a forgotten leg shows.

A law reads *relations*, and each of them says twice what it is: all rows, and those that were
touched since the marks. So one law serves the check of what is new and that of everything.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from reintegration.kernel.errors import N_
from vouchers.books.services.settling import Marks, touched_since

CHECK_JOB, SWEEP_JOB = "ledger.check", "ledger.sweep"
"""The scheduled checks: of what is new, and of everything."""


@dataclass(frozen=True, slots=True)
class Relation:
    """What laws read under `name`: the rows of `everything`, or the `touched` ones among them.

    `touched` is SQL over what `touched_since` returns, and may read relations kept before.
    """

    name: str
    everything: str
    touched: str


@dataclass(frozen=True, slots=True)
class Law:
    """`sql` returns one row per offender; its columns say what differs, in minor units.

    It holds over the touched rows of each relation as over all. `order` is where it stands among
    the laws of all floors.
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
_relations: dict[str, Relation] = {}


def keep(laws: Iterable[Law], relations: Iterable[Relation] = ()) -> None:
    """Have these laws checked: each floor states what must hold of its own rows."""
    _relations.update((relation.name, relation) for relation in relations)
    for law in laws:
        if _laws.setdefault(law.name, law) != law:
            raise ValueError(f"two laws are called {law.name}")


def laws() -> list[Law]:
    """Return every law of the books, in order."""
    return sorted(_laws.values(), key=lambda law: law.order)


def broken(session: Session, since: Marks | None = None) -> list[Broken]:
    """Return the laws that do not hold; an empty list means that the books are sound.

    It looks at what was touched since the marks, without them at everything. The session must see
    all rows: it acts as the system, the operator or finance.
    """
    read, given = relations_read(session, since)
    found = []
    for law in laws():
        offenders = text(f"WITH {read} SELECT * FROM ({law.sql}) offenders LIMIT 100")  # noqa: S608
        rows = session.execute(offenders, given).mappings().all()
        if rows:
            found.append(Broken(law, [dict(row) for row in rows]))
    return found


def relations_read(session: Session, since: Marks | None) -> tuple[str, dict[str, Any]]:
    """Return the relations as the head of a statement, and what it is given."""
    kept = _relations.values()
    if since is None:
        return ", ".join(f"{one.name} AS ({one.everything})" for one in kept), {}
    narrowed = ", ".join(f"{one.name} AS ({one.touched})" for one in kept)
    return narrowed, touched_since(session, since)


_RECEIVED = "('grant_received', 'grant_undone', 'opening_fund', 'opening_fund_undone')"
"""What puts money of a donor on account 2300: received here, or left over when the books began."""
_SUMMED_BY = "account, currency, event, fund_id, budget_line_id, provider_id"
_ENTRIES = """
SELECT e.id AS entry, e.currency AS entry_currency, l.id, l.currency, l.debit_minor, l.credit_minor
  FROM ledger_entry e LEFT JOIN ledger_line l ON l.entry_id = e.id
"""
_DAYS = "SELECT id AS entry, posted_on, posted_at FROM ledger_entry"

RELATIONS: tuple[Relation, ...] = (
    Relation("entries", _ENTRIES, f"{_ENTRIES} WHERE e.id = ANY(CAST(:entries AS uuid[]))"),
    Relation(
        "totals",
        """
        SELECT l.account, l.currency, e.event, l.fund_id, l.budget_line_id, l.provider_id,
               sum(l.debit_minor) AS debit_minor, sum(l.credit_minor) AS credit_minor
          FROM ledger_line l JOIN ledger_entry e ON e.id = l.entry_id GROUP BY 1, 2, 3, 4, 5, 6
        """,
        f"SELECT {_SUMMED_BY}, debit_minor, credit_minor FROM ledger_total",  # noqa: S608
    ),
    Relation("days", _DAYS, f"{_DAYS} WHERE id = ANY(CAST(:entries AS uuid[]))"),
)
"""The lines of entries; the sums of the whole journal, over all lines or as they are kept; days."""

LAWS: tuple[Law, ...] = (
    Law(
        "sums",
        5,
        N_("The sums that are kept of the journal are those of its lines."),
        f"""
        SELECT {_SUMMED_BY}, sum(debit_minor) AS debit, sum(credit_minor) AS credit
          FROM (SELECT * FROM totals UNION ALL
                SELECT {_SUMMED_BY}, -debit_minor, -credit_minor FROM ledger_total) d
         GROUP BY {_SUMMED_BY} HAVING sum(debit_minor) <> 0 OR sum(credit_minor) <> 0
        """,  # noqa: S608 - a constant of this module
    ),
    Law(
        "entries-balance",
        10,
        N_("Every entry debits what it credits, in one currency."),
        """
        SELECT entry, sum(debit_minor) AS debit, sum(credit_minor) AS credit FROM entries
         GROUP BY entry
        HAVING count(id) = 0 OR sum(debit_minor) <> sum(credit_minor)
            OR bool_or(currency <> entry_currency)
        """,
    ),
    Law(
        "closed-months",
        15,
        N_("Nothing was posted in a closed month, or before it, after its close."),
        """
        SELECT d.entry, d.posted_on, p.month AS closed FROM days d JOIN accounting_period p
            ON p.month >= date_trunc('month', d.posted_on)::date AND p.closed_at < d.posted_at
         WHERE p.state IN ('closed', 'reopening')
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
                       FROM totals WHERE account = '9100' GROUP BY 1) j
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
        f"""
        SELECT currency,
               sum(credit_minor - debit_minor) FILTER (WHERE account = '2300') AS deferred,
               sum(credit_minor - debit_minor) FILTER (WHERE account = '9100') AS available,
               sum(credit_minor - debit_minor) FILTER (WHERE account = '9200') AS encumbered,
               sum(credit_minor - debit_minor)
                 FILTER (WHERE event IN {_RECEIVED} AND account = '2300') AS received,
               sum(debit_minor - credit_minor)
                 FILTER (WHERE event IN ('allocated', 'reduced') AND account = '9000')
                 AS allocated
          FROM totals GROUP BY currency
        HAVING coalesce(sum(credit_minor - debit_minor)
                 FILTER (WHERE account = '2300'), 0)
            <> coalesce(sum(credit_minor - debit_minor)
                 FILTER (WHERE account IN ('9100', '9200')), 0)
             + coalesce(sum(credit_minor - debit_minor)
                 FILTER (WHERE event IN {_RECEIVED} AND account = '2300'), 0)
             - coalesce(sum(debit_minor - credit_minor)
                 FILTER (WHERE event IN ('allocated', 'reduced') AND account = '9000'), 0)
        """,  # noqa: S608 - a constant of this module
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
            FROM totals GROUP BY currency) s
         WHERE revenue <> assistance OR revenue <> used
        """,
    ),
)
