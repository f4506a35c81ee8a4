"""Keep what Stripe says that we have, and what people say of a line that matches nothing.

A CHECK of the journal's events is made anew, so the whole journal is read once.
"""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

EVENTS_BEFORE = "'grant_received', 'allocated', 'reduced', 'moved', 'issued', 'replaced', 'redeemed', 'remainder_released', 'payment_released', 'settled_by_bank', 'settled_by_stripe', 'unsettled', 'unsettled_stripe', 'payment_failed', 'returned_open', 'returned_clawed', 'returned_open_stripe', 'returned_clawed_stripe', 'return_charges', 'return_charges_clawed', 'reversed', 'reversed_closed', 'clawed_back', 'repaid', 'repaid_stripe', 'offset', 'offset_undone', 'advance_paid', 'advance_liquidated', 'bank_fee', 'stripe_fee', 'stripe_topped_up', 'stripe_drawn', 'exchanged_out', 'exchanged_in', 'exchange_loss', 'exchange_gain'"
EVENTS = "'grant_received', 'allocated', 'reduced', 'moved', 'issued', 'replaced', 'redeemed', 'remainder_released', 'payment_released', 'settled_by_bank', 'settled_by_stripe', 'unsettled', 'unsettled_stripe', 'payment_failed', 'returned_open', 'returned_clawed', 'returned_open_stripe', 'returned_clawed_stripe', 'return_charges', 'return_charges_clawed', 'reversed', 'reversed_closed', 'clawed_back', 'repaid', 'repaid_stripe', 'offset', 'offset_undone', 'advance_paid', 'advance_liquidated', 'bank_fee', 'stripe_fee', 'stripe_fee_back', 'stripe_topped_up', 'stripe_drawn', 'exchanged_out', 'exchanged_in', 'exchange_loss', 'exchange_gain'"
PROBLEMS = "'unknown_transfer', 'unknown_reversal', 'not_booked', 'amount', 'currency', 'no_bank_line', 'several_bank_lines', 'unknown_kind', ''"
SYSTEM = "(SELECT punte_is('system'))"
FINANCE = "(SELECT punte_is('finance_preparer', 'finance_approver', 'finance_releaser', 'auditor'))"


def upgrade() -> None:
    """Let the list of events grow, and add what people and Stripe say."""
    for table in ("ledger_entry", "ledger_sum"):
        _hold_to(table, "event", EVENTS)
    op.create_check_constraint(
        op.f("ck_stripe_line_problem"), "stripe_line", f"problem IN ({PROBLEMS})"
    )
    op.add_column("stripe_line", sa.Column("noted_by", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_stripe_line_noted_by"), "stripe_line", "user_account", ["noted_by"], ["id"]
    )
    op.add_column(
        "stripe_line", sa.Column("postings", sa.Integer(), server_default="0", nullable=False)
    )
    op.alter_column("stripe_line", "postings", server_default=None)
    op.create_table(
        "stripe_balance",
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("said_minor", sa.BigInteger(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_whole", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("currency", name=op.f("pk_stripe_balance")),
    )
    op.execute("ALTER TABLE stripe_balance ENABLE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY everything ON stripe_balance USING ({SYSTEM} OR {FINANCE})"
        f" WITH CHECK ({SYSTEM} OR {FINANCE})"
    )


def downgrade() -> None:
    """Take them away; it refuses while the journal holds a fee that was given back."""
    op.drop_table("stripe_balance")
    op.drop_column("stripe_line", "postings")
    op.drop_constraint(op.f("fk_stripe_line_noted_by"), "stripe_line")
    op.drop_column("stripe_line", "noted_by")
    op.drop_constraint(op.f("ck_stripe_line_problem"), "stripe_line")
    for table in ("ledger_entry", "ledger_sum"):
        _hold_to(table, "event", EVENTS_BEFORE)


def _hold_to(table: str, column: str, listed: str) -> None:
    op.execute(f"ALTER TABLE {table} DROP CONSTRAINT ck_{table}_{column}")
    check = f"ck_{table}_{column} CHECK ({column} IN ({listed}))"
    op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {check}")
