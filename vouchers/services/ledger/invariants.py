"""What must hold of the books, always, each law as one SQL statement that returns the offenders.

One statement sees one moment of the database, and every change posts in its own transaction: a
law that fails is a bug or a forgery, never a race. The laws read the journal on one side and the
vouchers, redemptions and payment orders on the other, so that a forgotten leg shows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from reintegration.kernel.errors import N_

CHECK_JOB = "ledger.check"
"""The name of the scheduled check."""


@dataclass(frozen=True, slots=True)
class Law:
    """`sql` returns one row per offender; its columns say what differs, in minor units."""

    name: str
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


def broken(session: Session) -> list[Broken]:
    """Return the laws that do not hold; an empty list means that the books are sound.

    The session must see all rows: it acts as the system, the operator or finance.
    """
    found = []
    for law in LAWS:
        rows = session.execute(text(f"{law.sql} LIMIT 100")).mappings().all()
        if rows:
            found.append(Broken(law, [dict(row) for row in rows]))
    return found


_OPEN = "('issued', 'partly_redeemed', 'suspended')"
_NEVER_COMMITTED = "('draft', 'approved')"

# What each voucher still holds of its budget line. A closed one holds what waits for confirmation.
_REMAINDER = f"""
  SELECT v.id, v.reference, v.budget_line_id, v.currency,
         CASE WHEN v.state IN {_OPEN} THEN v.amount_left_minor
              WHEN v.state IN {_NEVER_COMMITTED} THEN 0
              ELSE v.amount_pending_minor END AS remainder
    FROM voucher v
"""  # noqa: S608 - these are all constants of this module

_PROVIDERS = """
WITH journal AS (
  SELECT l.provider_id, l.currency,
         sum(l.credit_minor - l.debit_minor) FILTER (WHERE l.account = '2100') AS payable,
         sum(l.debit_minor - l.credit_minor) FILTER (WHERE l.account = '1300') AS receivable,
         sum(l.credit_minor - l.debit_minor)
           FILTER (WHERE l.account = '1300' AND e.event = 'repaid') AS repaid,
         sum(l.credit_minor - l.debit_minor)
           FILTER (WHERE l.account = '1310' AND e.event = 'advance_liquidated') AS liquidated
    FROM ledger_line l JOIN ledger_entry e ON e.id = l.entry_id
   WHERE l.account IN ('2100', '1300', '1310') GROUP BY 1, 2
), delivered AS (
  SELECT provider_id, currency, sum(amount_minor) AS minor FROM redemption
   WHERE state = 'accepted' GROUP BY 1, 2
), ordered AS (
  SELECT provider_id, currency, sum(amount_minor) AS minor FROM payment_order
   WHERE state IN ('released', 'settled') GROUP BY 1, 2
), provider AS (
  SELECT provider_id, currency, coalesce(j.payable, 0) AS payable,
         coalesce(j.receivable, 0) AS receivable, coalesce(d.minor, 0) AS delivered,
         coalesce(o.minor, 0) AS ordered, coalesce(j.liquidated, 0) AS liquidated,
         coalesce(j.repaid, 0) AS repaid
    FROM journal j FULL JOIN delivered d USING (provider_id, currency)
         FULL JOIN ordered o USING (provider_id, currency)
)
"""

LAWS: tuple[Law, ...] = (
    Law(
        "entries-balance",
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
        "encumbered",
        N_("Account 9200 of a budget line is what its vouchers still hold."),
        f"""
        SELECT coalesce(j.budget_line_id, r.budget_line_id) AS budget_line,
               coalesce(j.minor, 0) AS journal, coalesce(r.minor, 0) AS vouchers
          FROM (SELECT budget_line_id, sum(credit_minor - debit_minor) AS minor
                  FROM ledger_line WHERE account = '9200' GROUP BY 1) j
          FULL JOIN (SELECT budget_line_id, sum(remainder) AS minor FROM ({_REMAINDER}) v
                      GROUP BY 1) r USING (budget_line_id)
         WHERE coalesce(j.minor, 0) <> coalesce(r.minor, 0)
        """,  # noqa: S608
    ),
    Law(
        "encumbered-by-voucher",
        N_("Account 9200 of a voucher is what it still holds."),
        f"""
        SELECT v.reference AS voucher, coalesce(j.minor, 0) AS journal, v.remainder AS held
          FROM ({_REMAINDER}) v
          LEFT JOIN (SELECT voucher_id, sum(credit_minor - debit_minor) AS minor
                       FROM ledger_line WHERE account = '9200' GROUP BY 1) j
            ON j.voucher_id = v.id
         WHERE coalesce(j.minor, 0) <> v.remainder
        """,  # noqa: S608
    ),
    Law(
        "consumed",
        N_("Account 9300 of a voucher is what was delivered on it and not taken back."),
        """
        SELECT v.reference AS voucher, coalesce(j.minor, 0) AS journal,
               coalesce(r.minor, 0) AS delivered
          FROM voucher v
          LEFT JOIN (SELECT voucher_id, sum(credit_minor - debit_minor) AS minor
                       FROM ledger_line WHERE account = '9300' GROUP BY 1) j
            ON j.voucher_id = v.id
          LEFT JOIN (SELECT voucher_id, sum(amount_minor) AS minor FROM redemption
                      WHERE state = 'accepted' GROUP BY 1) r ON r.voucher_id = v.id
         WHERE coalesce(j.minor, 0) <> coalesce(r.minor, 0)
        """,
    ),
    Law(
        "pending",
        N_("What waits on a voucher is what was delivered and not confirmed."),
        """
        SELECT v.reference AS voucher, v.amount_pending_minor AS stored,
               coalesce(r.minor, 0) AS unconfirmed
          FROM voucher v
          LEFT JOIN (SELECT voucher_id, sum(amount_minor) AS minor FROM redemption
                      WHERE state = 'unconfirmed' GROUP BY 1) r ON r.voucher_id = v.id
         WHERE v.amount_pending_minor <> coalesce(r.minor, 0)
        """,
    ),
    Law(
        "remainder",
        N_("An open voucher was issued for what it holds, what was delivered, and what came back."),
        f"""
        SELECT v.reference AS voucher, v.amount_minor AS amount, v.amount_left_minor AS remainder,
               coalesce(r.minor, 0) AS delivered, coalesce(c.minor, 0) AS came_back
          FROM voucher v
          LEFT JOIN (SELECT voucher_id, sum(amount_minor) AS minor FROM redemption
                      WHERE state = 'accepted' GROUP BY 1) r ON r.voucher_id = v.id
          LEFT JOIN (SELECT l.voucher_id, sum(l.debit_minor) AS minor
                       FROM ledger_line l JOIN ledger_entry e ON e.id = l.entry_id
                      WHERE l.account = '9300' AND e.event = 'clawed_back' GROUP BY 1) c
            ON c.voucher_id = v.id
         WHERE v.state IN {_OPEN} AND v.amount_minor - v.amount_left_minor
               <> coalesce(r.minor, 0) + coalesce(c.minor, 0)
        """,  # noqa: S608
    ),
    Law(
        "provider",
        N_(
            "What a provider is owed, less what it owes, is what it delivered, less what was"
            " ordered and set off against advances, plus what it repaid."
        ),
        f"""{_PROVIDERS}
        SELECT provider_id AS provider, currency, payable, receivable, delivered, ordered,
               liquidated, repaid
          FROM provider
         WHERE payable - receivable <> delivered - ordered - liquidated + repaid
        """,  # noqa: S608
    ),
    Law(
        "provider-signs",
        N_("Nobody is owed, or owes, less than nothing."),
        f"""{_PROVIDERS}
        SELECT provider_id AS provider, currency, payable, receivable
          FROM provider WHERE payable < 0 OR receivable < 0
        """,  # noqa: S608
    ),
    Law(
        "in-transit",
        N_("Account 2200 is the sum of the payment orders that were released."),
        """
        SELECT currency, coalesce(j.minor, 0) AS journal, coalesce(o.minor, 0) AS orders
          FROM (SELECT currency, sum(credit_minor - debit_minor) AS minor
                  FROM ledger_line WHERE account = '2200' GROUP BY 1) j
          FULL JOIN (SELECT currency, sum(amount_minor) AS minor FROM payment_order
                      WHERE state = 'released' GROUP BY 1) o USING (currency)
         WHERE coalesce(j.minor, 0) <> coalesce(o.minor, 0)
        """,
    ),
    Law(
        "deferred",
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
