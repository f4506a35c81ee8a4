"""Keep what notifications of banks (camt.054) explain: the payments inside a line."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None

FINANCE = "(SELECT punte_is('finance_preparer', 'finance_approver', 'finance_releaser', 'auditor'))"
SEEN = f"(SELECT punte_is('system')) OR {FINANCE}"
POINTS_AT = {
    "file_id": "bank_file",
    "bank_account_id": "bank_account",
    "bank_line_id": "bank_line",
    "imported_by": "user_account",
}


def upgrade() -> None:
    """Add the table; whoever reads the books sees it."""
    op.create_table(
        "bank_notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("bank_account_id", sa.Uuid(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("occurrence", sa.Integer(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.CHAR(3), nullable=False),
        sa.Column("bank_reference", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("is_whole", sa.Boolean(), nullable=False),
        sa.Column("details", postgresql.JSONB(), nullable=False),
        sa.Column("bank_line_id", sa.Uuid(), nullable=True),
        sa.Column("imported_by", sa.Uuid(), nullable=True),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_bank_notice_{column}")
            )
            for column, table in POINTS_AT.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_notice")),
        sa.UniqueConstraint(
            "bank_account_id",
            "fingerprint",
            "occurrence",
            name=op.f("uq_bank_notice_bank_account_id_fingerprint_occurrence"),
        ),
    )
    op.create_index("ix_bank_notice_booked", "bank_notice", ["bank_account_id", "booked_on", "id"])
    for column in ("file_id", "bank_line_id"):
        op.create_index(op.f(f"ix_bank_notice_{column}"), "bank_notice", [column])
    op.execute("ALTER TABLE bank_notice ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY everything ON bank_notice USING ({SEEN}) WITH CHECK ({SEEN})")


def downgrade() -> None:
    """Take it away: what lines became stays."""
    op.drop_table("bank_notice")
