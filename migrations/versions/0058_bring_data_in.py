"""Let cases keep the reference of before, and let the books begin with balances.

The lists of the journal's events, sources and accounts grow, so the whole journal is read once.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None

EVENTS_BEFORE = "'grant_received', 'allocated', 'reduced', 'moved', 'issued', 'replaced', 'redeemed', 'remainder_released', 'payment_released', 'settled_by_bank', 'settled_by_stripe', 'unsettled', 'unsettled_stripe', 'payment_failed', 'returned_open', 'returned_clawed', 'returned_open_stripe', 'returned_clawed_stripe', 'return_charges', 'return_charges_clawed', 'reversed', 'reversed_closed', 'clawed_back', 'repaid', 'repaid_stripe', 'offset', 'offset_undone', 'advance_paid', 'advance_liquidated', 'bank_fee', 'stripe_fee', 'stripe_fee_back', 'stripe_topped_up', 'stripe_drawn', 'exchanged_out', 'exchanged_in', 'exchange_loss', 'exchange_gain'"
EVENTS = "'grant_received', 'allocated', 'reduced', 'moved', 'issued', 'replaced', 'redeemed', 'remainder_released', 'payment_released', 'settled_by_bank', 'settled_by_stripe', 'unsettled', 'unsettled_stripe', 'payment_failed', 'returned_open', 'returned_clawed', 'returned_open_stripe', 'returned_clawed_stripe', 'return_charges', 'return_charges_clawed', 'reversed', 'reversed_closed', 'clawed_back', 'repaid', 'repaid_stripe', 'offset', 'offset_undone', 'advance_paid', 'advance_liquidated', 'bank_fee', 'stripe_fee', 'stripe_fee_back', 'stripe_topped_up', 'stripe_drawn', 'exchanged_out', 'exchanged_in', 'exchange_loss', 'exchange_gain', 'opening_bank', 'opening_fund', 'opening_bank_undone', 'opening_fund_undone'"
SOURCES_BEFORE = "'bank_account', 'bank_line', 'budget_line', 'payment_order', 'redemption', 'service_line', 'voucher'"
SOURCES = "'bank_account', 'bank_line', 'budget_line', 'opening_balance', 'payment_order', 'redemption', 'service_line', 'voucher'"
ACCOUNTS_BEFORE = "'1110', '1120', '1300', '1310', '1900', '2100', '2200', '2300', '4100', '5100', '6100', '7100', '9000', '9100', '9200', '9300'"
ACCOUNTS = "'1110', '1120', '1300', '1310', '1900', '2100', '2200', '2300', '3000', '4100', '5100', '6100', '7100', '9000', '9100', '9200', '9300'"
LISTS = (
    ("ledger_entry", "event", EVENTS, EVENTS_BEFORE),
    ("ledger_sum", "event", EVENTS, EVENTS_BEFORE),
    ("ledger_entry", "source_type", SOURCES, SOURCES_BEFORE),
    ("ledger_line", "account", ACCOUNTS, ACCOUNTS_BEFORE),
    ("ledger_sum", "account", ACCOUNTS, ACCOUNTS_BEFORE),
)
"""Lists of codes that grew: table, column, the list from now on and the one before."""

SYSTEM = "(SELECT punte_is('system'))"
GUARDED = {
    "case_origin": (
        "EXISTS (SELECT 1 FROM case_member m WHERE m.case_id = case_origin.case_id"
        " AND m.user_id = (SELECT punte_actor()) AND (m.until IS NULL OR m.until > now()))"
    ),
    "opening_balance": (
        "(SELECT punte_is('finance_preparer', 'finance_approver', 'finance_releaser', 'auditor'))"
    ),
}
"""Who sees a row: the team of its case; finance and the auditor."""
MOVES = "event IN ('grant_received', 'allocated', 'reduced', 'moved', 'opening_fund', 'opening_fund_undone')"
MOVES_BEFORE = "event IN ('grant_received', 'allocated', 'reduced', 'moved')"


def upgrade() -> None:
    """Add both tables, and let the lists of the journal grow."""
    op.create_table(
        "case_origin",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("reference_index", sa.LargeBinary(), nullable=False),
        sa.Column("reference_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("brought_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("brought_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_case_origin_case_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["brought_by"], ["user_account.id"], name=op.f("fk_case_origin_brought_by")
        ),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_origin")),
        sa.UniqueConstraint("reference_index", name=op.f("uq_case_origin_reference_index")),
    )
    op.create_table(
        "opening_balance",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=True),
        sa.Column("proposed_for", sa.Uuid(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_for", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "NOT (ARRAY[approved_by, approved_for] && ARRAY[proposed_by, proposed_for])",
            name=op.f("ck_opening_balance_four_eyes"),
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], ["user_account.id"], name=op.f(f"fk_opening_balance_{column}")
            )
            for column in ("proposed_by", "proposed_for", "approved_by", "approved_for")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_balance")),
    )
    op.create_index(
        "uq_opening_balance_in_force",
        "opening_balance",
        [sa.text("(true)")],
        unique=True,
        postgresql_where=sa.text("retired_at IS NULL"),
    )
    for table, rule in GUARDED.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY everything ON {table} USING ({SYSTEM} OR {rule})"
            f" WITH CHECK ({SYSTEM} OR {rule})"
        )
    for table, column, listed, _before in LISTS:
        _hold_to(table, column, listed)
    _index_moves(MOVES)


def downgrade() -> None:
    """Take both away; a list shrinks only where nothing uses what was added."""
    _index_moves(MOVES_BEFORE)
    for table, column, _listed, before in LISTS:
        _hold_to(table, column, before)
    op.drop_table("opening_balance")
    op.drop_table("case_origin")


def _hold_to(table: str, column: str, listed: str) -> None:
    name = f"ck_{table}_{column}"
    op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({column} IN ({listed}))")


def _index_moves(which: str) -> None:
    op.drop_index("ix_ledger_entry_moves", "ledger_entry")
    op.create_index(
        "ix_ledger_entry_moves",
        "ledger_entry",
        ["posted_at", "id"],
        postgresql_where=sa.text(which),
    )
