"""What must hold between providers, payment orders and the journal."""

from reintegration.kernel.errors import N_
from vouchers.books.services.laws import Law, Relation

_LINES = """
SELECT l.account, e.event, l.currency, l.provider_id, l.debit_minor, l.credit_minor
  FROM ledger_line l JOIN ledger_entry e ON e.id = l.entry_id
"""
_SOURCES = "'redemption', 'payment_order', 'bank_line'"

RELATIONS: tuple[Relation, ...] = (
    Relation(
        "payable_lines",
        _LINES,
        f"{_LINES} WHERE e.source_type IN ({_SOURCES})"
        " AND e.source_id = ANY(CAST(:touched AS uuid[]))",
    ),
    Relation(
        "payable_deliveries",
        "SELECT * FROM redemption",
        "SELECT * FROM redemption WHERE id = ANY(CAST(:touched AS uuid[]))",
    ),
    Relation(
        "payable_orders",
        "SELECT * FROM payment_order",
        "SELECT * FROM payment_order WHERE id = ANY(CAST(:touched AS uuid[]))",
    ),
    Relation(
        "claimable_deliveries",
        "SELECT * FROM redemption",
        """
        SELECT * FROM redemption WHERE id IN (
          SELECT unnest(CAST(:touched AS uuid[])) UNION
          SELECT redemption_id FROM claim_line WHERE claim_id = ANY(CAST(:touched AS uuid[])))
        """,
    ),
)
"""What makes or pays a debt, each with all its lines; and what was delivered or is on a claim."""

LAWS: tuple[Law, ...] = (
    Law(
        "provider",
        80,
        N_(
            "What a provider is owed, less what it owes, is what it delivered, less what was"
            " ordered and not taken back, paid twice, and set off against advances, plus what it"
            " repaid."
        ),
        """
        WITH journal AS (
          SELECT provider_id, currency,
                 sum(credit_minor - debit_minor) FILTER (WHERE account = '2100') AS payable,
                 sum(debit_minor - credit_minor) FILTER (WHERE account = '1300') AS receivable,
                 sum(credit_minor - debit_minor)
                   FILTER (WHERE account = '1300' AND event IN ('repaid', 'repaid_undone'))
                   AS repaid,
                 sum(debit_minor - credit_minor)
                   FILTER (WHERE account = '1300' AND event IN ('paid_twice', 'paid_twice_undone'))
                   AS paid_twice,
                 sum(credit_minor - debit_minor)
                   FILTER (WHERE account = '1310' AND event = 'advance_liquidated') AS liquidated
            FROM payable_lines WHERE account IN ('2100', '1300', '1310') GROUP BY 1, 2
        ), delivered AS (
          SELECT provider_id, currency, sum(amount_minor) AS minor FROM payable_deliveries
           WHERE state = 'accepted' GROUP BY 1, 2
        ), ordered AS (
          SELECT provider_id, currency, sum(amount_minor - taken_back_minor) AS minor
            FROM payable_orders WHERE state IN ('released', 'settled') GROUP BY 1, 2
        ), provider AS (
          SELECT provider_id, currency, coalesce(j.payable, 0) AS payable,
                 coalesce(j.receivable, 0) AS receivable, coalesce(d.minor, 0) AS delivered,
                 coalesce(o.minor, 0) AS ordered, coalesce(j.liquidated, 0) AS liquidated,
                 coalesce(j.repaid, 0) AS repaid, coalesce(j.paid_twice, 0) AS paid_twice
            FROM journal j FULL JOIN delivered d USING (provider_id, currency)
                 FULL JOIN ordered o USING (provider_id, currency)
        )
        SELECT provider_id AS provider, currency, payable, receivable, delivered, ordered,
               liquidated, repaid, paid_twice
          FROM provider
         WHERE payable - receivable
               <> delivered - ordered - liquidated + repaid - paid_twice
        """,
    ),
    Law(
        "provider-signs",
        90,
        N_("Nobody is owed, or owes, less than nothing."),
        """
        SELECT provider_id AS provider, currency, payable, receivable FROM (
          SELECT provider_id, currency,
                 sum(credit_minor - debit_minor) FILTER (WHERE account = '2100') AS payable,
                 sum(debit_minor - credit_minor) FILTER (WHERE account = '1300') AS receivable
            FROM totals WHERE account IN ('2100', '1300') GROUP BY 1, 2) s
         WHERE payable < 0 OR receivable < 0
        """,
    ),
    Law(
        "in-transit",
        100,
        N_("Account 2200 is what was released of payment orders and is not paid yet."),
        """
        SELECT currency, coalesce(j.minor, 0) AS journal, coalesce(o.minor, 0) AS orders
          FROM (SELECT currency, sum(credit_minor - debit_minor) AS minor
                  FROM totals WHERE account = '2200' GROUP BY 1) j
          FULL JOIN (SELECT currency, sum(amount_minor - paid_minor) AS minor FROM payment_order
                      WHERE state = 'released' GROUP BY 1) o USING (currency)
         WHERE coalesce(j.minor, 0) <> coalesce(o.minor, 0)
        """,
    ),
    Law(
        "claimed",
        105,
        N_("A delivery is marked as claimed when a line of a claim stands for it."),
        """
        SELECT d.receipt AS delivery, d.claimed AS marked, l.redemption_id IS NOT NULL AS claimed
          FROM claimable_deliveries d
          LEFT JOIN (SELECT redemption_id FROM claim_line
                      WHERE state <> 'refused'
                        AND redemption_id IN (SELECT id FROM claimable_deliveries)) l
            ON l.redemption_id = d.id
         WHERE d.claimed <> (l.redemption_id IS NOT NULL)
        """,
    ),
)
