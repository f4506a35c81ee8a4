"""Let watermarks be of several kinds, keep the sums of the journal up to one; index new deliveries.

The sealer finds its watermark anew: until then it looks at the whole trail. The view finds
the mark by a function: row-level security lets an index serve it, and the planner can ask it how
few lines lie above. `OFFSET 0` keeps it from looking for them by anything else.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

READERS = """(SELECT punte_is('system'))
 OR (SELECT punte_is('finance_preparer', 'finance_approver', 'finance_releaser', 'auditor'))"""
ACCOUNTS = "'1110', '1120', '1300', '1310', '1900', '2100', '2200', '2300', '4100', '5100', '6100', '7100', '9000', '9100', '9200', '9300'"
EVENTS = "'grant_received', 'allocated', 'reduced', 'moved', 'issued', 'replaced', 'redeemed', 'remainder_released', 'payment_released', 'settled_by_bank', 'settled_by_stripe', 'unsettled', 'payment_failed', 'returned_open', 'returned_clawed', 'return_charges', 'return_charges_clawed', 'reversed', 'reversed_closed', 'clawed_back', 'repaid', 'offset', 'offset_undone', 'advance_paid', 'advance_liquidated', 'bank_fee', 'exchanged_out', 'exchanged_in', 'exchange_loss', 'exchange_gain'"
SUMMED_BY = ("account", "currency", "event", "fund_id", "budget_line_id", "provider_id")
SETTLED = """
CREATE FUNCTION punte_settled(kind text) RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT coalesce(max(low), 0) FROM public.watermark WHERE name = kind $$
"""
TOTAL = """
CREATE VIEW ledger_total WITH (security_invoker) AS
SELECT account, currency, event, fund_id, budget_line_id, provider_id,
       debit_minor, credit_minor, lines
  FROM ledger_sum
 UNION ALL
(SELECT l.account, l.currency, (SELECT event FROM ledger_entry e WHERE e.id = l.entry_id),
       l.fund_id, l.budget_line_id, l.provider_id, l.debit_minor, l.credit_minor, 1
  FROM ledger_line l
 WHERE l.id > punte_settled('ledger.lines') OFFSET 0)
"""


def upgrade() -> None:
    """Add two tables and a view; the watermark of the sealer becomes one of several."""
    op.drop_table("audit_window")
    op.create_table(
        "watermark",
        sa.Column("name", sa.Text(), nullable=False),
        *_mark(),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_watermark")),
    )
    op.create_table(
        "ledger_sum",
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("currency", sa.CHAR(3), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("fund_id", sa.Uuid()),
        sa.Column("budget_line_id", sa.Uuid()),
        sa.Column("provider_id", sa.Uuid()),
        sa.Column("debit_minor", sa.BigInteger(), nullable=False),
        sa.Column("credit_minor", sa.BigInteger(), nullable=False),
        sa.Column("lines", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(f"account IN ({ACCOUNTS})", name=op.f("ck_ledger_sum_account")),
        sa.CheckConstraint(f"event IN ({EVENTS})", name=op.f("ck_ledger_sum_event")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_ledger_sum_fund_id")),
        sa.ForeignKeyConstraint(
            ["budget_line_id"], ["budget_line.id"], name=op.f("fk_ledger_sum_budget_line_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_sum")),
        sa.UniqueConstraint(*SUMMED_BY, name="uq_ledger_sum", postgresql_nulls_not_distinct=True),
    )
    op.execute("ALTER TABLE ledger_sum ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY reading ON ledger_sum FOR SELECT USING ({READERS})")
    op.execute(
        "CREATE POLICY adding ON ledger_sum FOR INSERT WITH CHECK ((SELECT punte_is('system')))"
    )
    op.execute(
        "CREATE POLICY changing ON ledger_sum FOR UPDATE USING ((SELECT punte_is('system')))"
    )
    op.create_index(
        "ix_plan_line_delivery_new",
        "plan_line_delivery",
        ["plan_line_id"],
        postgresql_where="CASE WHEN units = 0 THEN amount_minor ELSE units END <> considered_units",
    )
    op.execute(SETTLED)
    op.execute(TOTAL)


def downgrade() -> None:
    """Take them away."""
    op.drop_index("ix_plan_line_delivery_new", "plan_line_delivery")
    op.execute("DROP VIEW ledger_total")
    op.execute("DROP FUNCTION punte_settled(text)")
    op.drop_table("ledger_sum")
    op.drop_table("watermark")
    op.create_table(
        "audit_window",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        *_mark(),
        sa.CheckConstraint("id = 1", name="one"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_window")),
    )


def _mark() -> tuple[sa.Column, ...]:
    return (
        sa.Column("low", sa.BigInteger(), nullable=False),
        sa.Column("next_low", sa.BigInteger(), nullable=False),
        sa.Column("next_xid", sa.BigInteger(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
    )
