"""What must hold between vouchers, deliveries and the journal."""

from reintegration.kernel.errors import N_
from vouchers.books.services.laws import Law, Relation

_OPEN = "('issued', 'partly_redeemed')"
_NEVER_COMMITTED = "('draft', 'approved')"

# What each voucher still holds of its budget line. A closed one holds what waits for confirmation.
_REMAINDER = f"""
  SELECT v.id, v.reference, v.budget_line_id, v.currency,
         CASE WHEN v.state IN {_OPEN} THEN v.amount_left_minor
              WHEN v.state IN {_NEVER_COMMITTED} THEN 0
              ELSE v.amount_pending_minor END AS remainder
    FROM checked_vouchers v
"""  # noqa: S608 - these are all constants of this module

_LINES = """
SELECT l.account, e.event, l.budget_line_id, l.voucher_id, l.debit_minor, l.credit_minor
  FROM ledger_line l JOIN ledger_entry e ON e.id = l.entry_id
"""

RELATIONS: tuple[Relation, ...] = (
    Relation(
        "checked_vouchers",
        "SELECT * FROM voucher",
        """
        SELECT * FROM voucher WHERE id IN (
          SELECT unnest(CAST(:touched AS uuid[])) UNION
          SELECT voucher_id FROM redemption WHERE id = ANY(CAST(:touched AS uuid[])))
        """,
    ),
    Relation(
        "voucher_lines",
        _LINES,
        f"""
        {_LINES} WHERE l.voucher_id IN (SELECT id FROM checked_vouchers)
         UNION ALL {_LINES} WHERE l.voucher_id IS NULL AND l.id > :line
        """,  # noqa: S608
    ),
    Relation(
        "voucher_deliveries",
        "SELECT * FROM redemption",
        "SELECT * FROM redemption WHERE voucher_id IN (SELECT id FROM checked_vouchers)",
    ),
)
"""Vouchers that were touched, or of which a delivery was, with all that hangs on them."""

LAWS: tuple[Law, ...] = (
    Law(
        "encumbered",
        30,
        N_("Account 9200 of a budget line is what its vouchers still hold."),
        f"""
        SELECT coalesce(j.budget_line_id, r.budget_line_id) AS budget_line,
               coalesce(j.minor, 0) AS journal, coalesce(r.minor, 0) AS vouchers
          FROM (SELECT budget_line_id, sum(credit_minor - debit_minor) AS minor
                  FROM voucher_lines WHERE account = '9200' GROUP BY 1) j
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
                       FROM voucher_lines WHERE account = '9200' GROUP BY 1) j
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
          FROM checked_vouchers v
          LEFT JOIN (SELECT voucher_id, sum(credit_minor - debit_minor) AS minor
                       FROM voucher_lines WHERE account = '9300' GROUP BY 1) j
            ON j.voucher_id = v.id
          LEFT JOIN (SELECT voucher_id, sum(amount_minor) AS minor FROM voucher_deliveries
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
          FROM checked_vouchers v
          LEFT JOIN (SELECT voucher_id, sum(amount_minor) AS minor FROM voucher_deliveries
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
          FROM checked_vouchers v
          LEFT JOIN (SELECT voucher_id, sum(amount_minor) AS minor FROM voucher_deliveries
                      WHERE state = 'accepted' GROUP BY 1) r ON r.voucher_id = v.id
          LEFT JOIN (SELECT l.voucher_id, sum(l.debit_minor) AS minor
                       FROM voucher_lines l
                      WHERE l.account = '9300' AND l.event = 'clawed_back' GROUP BY 1) c
            ON c.voucher_id = v.id
         WHERE v.state IN {_OPEN} AND v.amount_minor - v.amount_left_minor
               <> coalesce(r.minor, 0) + coalesce(c.minor, 0)
        """,  # noqa: S608
    ),
    Law(
        "holds",
        75,
        N_("A voucher counts the holds on it that live, and knows the last day that they let be."),
        """
        SELECT v.reference AS voucher, v.live_holds AS counted, coalesce(h.live, 0) AS live,
               v.held_through AS known, h.through
          FROM checked_vouchers v
          LEFT JOIN (SELECT voucher_id, count(*) AS live,
                            CASE WHEN count(*) = count(through) THEN min(through) END AS through
                       FROM voucher_hold
                      WHERE lifted_at IS NULL
                        AND voucher_id IN (SELECT id FROM checked_vouchers) GROUP BY 1) h
            ON h.voucher_id = v.id
         WHERE v.live_holds <> coalesce(h.live, 0) OR v.held_through IS DISTINCT FROM h.through
        """,
    ),
)
