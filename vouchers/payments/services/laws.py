"""What must hold between providers, payment orders and the journal."""

from reintegration.kernel.errors import N_
from vouchers.books.services.laws import Law

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
        "provider",
        80,
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
        90,
        N_("Nobody is owed, or owes, less than nothing."),
        f"""{_PROVIDERS}
        SELECT provider_id AS provider, currency, payable, receivable
          FROM provider WHERE payable < 0 OR receivable < 0
        """,  # noqa: S608
    ),
    Law(
        "in-transit",
        100,
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
)
