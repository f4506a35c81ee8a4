"""What must hold between the Stripe balance and the journal."""

from reintegration.kernel.errors import N_
from vouchers.books.services.laws import Law

LAWS: tuple[Law, ...] = (
    Law(
        "stripe",
        107,
        N_(
            "Account 1120 is what the lines of the Stripe balance changed, without those to be"
            " cleared, and what has no line yet."
        ),
        """
        SELECT currency, sum(books) AS books, sum(lines) AS lines FROM (
          SELECT currency, debit_minor - credit_minor AS books, 0::bigint AS lines
            FROM totals WHERE account = '1120'
           UNION ALL
          SELECT currency, 0, CASE WHEN state <> 'open' THEN net_minor
                                   ELSE -greatest(fee_minor, 0) END
            FROM stripe_line
           UNION ALL
          SELECT currency, 0, -amount_minor FROM stripe_transfer t
           WHERE NOT EXISTS (SELECT 1 FROM stripe_line l WHERE l.order_id = t.order_id
                                AND l.reversal_id IS NULL AND l.state <> 'open')
           UNION ALL
          SELECT currency, 0, amount_minor FROM stripe_reversal r
           WHERE state = 'done' AND problem = ''
             AND NOT EXISTS (SELECT 1 FROM stripe_line l
                              WHERE l.reversal_id = r.id AND l.state <> 'open')
           UNION ALL
          SELECT currency, 0, -amount_minor FROM bank_line b
           WHERE resolution = 'service'
             AND NOT EXISTS (SELECT 1 FROM stripe_line l
                              WHERE l.bank_line_id = b.id AND l.state <> 'open')) s
         GROUP BY currency HAVING sum(books) <> sum(lines)
        """,
    ),
)
