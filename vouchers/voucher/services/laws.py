"""What must hold between vouchers, deliveries and the journal."""

from reintegration.kernel.errors import N_
from vouchers.books.services.laws import Law

_OPEN = "('issued', 'partly_redeemed')"
_NEVER_COMMITTED = "('draft', 'approved')"

# What each voucher still holds of its budget line. A closed one holds what waits for confirmation.
_REMAINDER = f"""
  SELECT v.id, v.reference, v.budget_line_id, v.currency,
         CASE WHEN v.state IN {_OPEN} THEN v.amount_left_minor
              WHEN v.state IN {_NEVER_COMMITTED} THEN 0
              ELSE v.amount_pending_minor END AS remainder
    FROM voucher v
"""  # noqa: S608 - these are all constants of this module

LAWS: tuple[Law, ...] = (
    Law(
        "encumbered",
        30,
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
        40,
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
        50,
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
        60,
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
        70,
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
        "holds",
        75,
        N_("A voucher counts the holds on it that live."),
        """
        SELECT v.reference AS voucher, v.live_holds AS counted, coalesce(h.live, 0) AS live
          FROM voucher v
          LEFT JOIN (SELECT voucher_id, count(*) AS live FROM voucher_hold
                      WHERE lifted_at IS NULL GROUP BY 1) h ON h.voucher_id = v.id
         WHERE v.live_holds <> coalesce(h.live, 0)
        """,
    ),
)
