"""Keep what stands at Stripe: accounts, transfers, reversals, payouts, messages, balance lines."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

SYSTEM = "(SELECT punte_is('system'))"
FINANCE = "(SELECT punte_is('finance_preparer', 'finance_approver', 'finance_releaser', 'auditor'))"
OWN = "provider_id = (SELECT punte_organisation())"
VETTING = "(SELECT punte_is('vetting_officer'))"
BOOKS = "(SELECT punte_is('provider_bookkeeper', 'provider_manager'))"
OF_ACCOUNT = "EXISTS (SELECT 1 FROM stripe_account a WHERE a.id = account_id)"
GUARDED = {
    "stripe_account": f"({OWN} AND {BOOKS}) OR {FINANCE} OR {VETTING}",
    "stripe_transfer": FINANCE,
    "stripe_reversal": FINANCE,
    "stripe_payout": OF_ACCOUNT,
    "stripe_event": FINANCE,
    "stripe_line": FINANCE,
}
"""Who sees a row: of a payout whoever sees its account."""


def upgrade() -> None:
    """Add the tables, each with who may see its rows."""
    op.create_table(
        "stripe_account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("transfers", sa.Text(), nullable=False),
        sa.Column("payouts_active", sa.Boolean(), nullable=False),
        sa.Column("due", postgresql.JSONB(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("opened_by", sa.Uuid(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state <> 'open' OR reference IS NOT NULL", name=op.f("ck_stripe_account_open_is_known")
        ),
        sa.CheckConstraint(
            "state IN ('opening', 'open', 'failed', 'closed')", name=op.f("ck_stripe_account_state")
        ),
        sa.CheckConstraint(
            "transfers IN ('active', 'pending', 'restricted', 'rejected', 'unsupported')",
            name=op.f("ck_stripe_account_transfers"),
        ),
        sa.ForeignKeyConstraint(
            ["opened_by"], ["user_account.id"], name=op.f("fk_stripe_account_opened_by")
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_stripe_account_provider_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stripe_account")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_stripe_account_idempotency_key")),
        sa.UniqueConstraint("reference", name=op.f("uq_stripe_account_reference")),
    )
    op.create_index(
        "uq_stripe_account_live",
        "stripe_account",
        ["provider_id"],
        unique=True,
        postgresql_where="state IN ('opening', 'open')",
    )
    op.create_table(
        "stripe_transfer",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("destination", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("reversed_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("known_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "amount_minor > 0 AND reversed_minor BETWEEN 0 AND amount_minor",
            name=op.f("ck_stripe_transfer_amounts"),
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["payment_order.id"], name=op.f("fk_stripe_transfer_order_id")
        ),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_stripe_transfer")),
        sa.UniqueConstraint("reference", name=op.f("uq_stripe_transfer_reference")),
    )
    op.create_table(
        "stripe_reversal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "cause IN ('clawback', 'payout_failed')", name=op.f("ck_stripe_reversal_cause")
        ),
        sa.CheckConstraint(
            "state <> 'done' OR reference IS NOT NULL",
            name=op.f("ck_stripe_reversal_done_is_known"),
        ),
        sa.CheckConstraint(
            "state IN ('asked', 'done', 'refused')", name=op.f("ck_stripe_reversal_state")
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_stripe_reversal_amount")),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["user_account.id"], name=op.f("fk_stripe_reversal_asked_by")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["stripe_transfer.order_id"], name=op.f("fk_stripe_reversal_order_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stripe_reversal")),
        sa.UniqueConstraint("reference", name=op.f("uq_stripe_reversal_reference")),
    )
    op.create_index(
        op.f("ix_stripe_reversal_order_id"), "stripe_reversal", ["order_id"], unique=False
    )
    op.create_table(
        "stripe_payout",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("arrives_on", sa.Date(), nullable=False),
        sa.Column("failure_code", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('pending', 'in_transit', 'paid', 'failed', 'cancelled')",
            name=op.f("ck_stripe_payout_state"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["stripe_account.id"], name=op.f("fk_stripe_payout_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stripe_payout")),
        sa.UniqueConstraint("reference", name=op.f("uq_stripe_payout_reference")),
    )
    op.create_index(
        "ix_stripe_payout_account", "stripe_payout", ["account_id", "made_at", "id"], unique=False
    )
    op.create_table(
        "stripe_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'done', 'refused')", name=op.f("ck_stripe_event_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stripe_event")),
        sa.UniqueConstraint("reference", name=op.f("uq_stripe_event_reference")),
    )
    op.create_index(
        "ix_stripe_event_due",
        "stripe_event",
        ["next_attempt_at"],
        unique=False,
        postgresql_where="state = 'waiting'",
    )
    op.create_index(
        "ix_stripe_event_state", "stripe_event", ["state", "received_at", "id"], unique=False
    )
    op.create_table(
        "stripe_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("available_on", sa.Date(), nullable=False),
        sa.Column("swept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("reversal_id", sa.Uuid(), nullable=True),
        sa.Column("bank_line_id", sa.Uuid(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('matched', 'open', 'settled')", name=op.f("ck_stripe_line_state")
        ),
        sa.CheckConstraint("net_minor = amount_minor - fee_minor", name=op.f("ck_stripe_line_net")),
        sa.ForeignKeyConstraint(
            ["bank_line_id"], ["bank_line.id"], name=op.f("fk_stripe_line_bank_line_id")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["payment_order.id"], name=op.f("fk_stripe_line_order_id")
        ),
        sa.ForeignKeyConstraint(
            ["reversal_id"], ["stripe_reversal.id"], name=op.f("fk_stripe_line_reversal_id")
        ),
        sa.ForeignKeyConstraint(
            ["settled_by"], ["user_account.id"], name=op.f("fk_stripe_line_settled_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stripe_line")),
        sa.UniqueConstraint("bank_line_id", name=op.f("uq_stripe_line_bank_line_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_stripe_line_reference")),
    )
    op.create_index("ix_stripe_line_made", "stripe_line", ["made_at", "id"], unique=False)
    op.create_index("ix_stripe_line_order", "stripe_line", ["order_id"], unique=False)
    op.create_index("ix_stripe_line_reversal", "stripe_line", ["reversal_id"], unique=False)
    op.create_index("ix_stripe_line_state", "stripe_line", ["state", "made_at", "id"], unique=False)

    for table, rule in GUARDED.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY everything ON {table} USING ({SYSTEM} OR {rule})"
            f" WITH CHECK ({SYSTEM} OR {rule})"
        )


def downgrade() -> None:
    """Take them away."""
    for table in reversed(GUARDED):
        op.drop_table(table)
