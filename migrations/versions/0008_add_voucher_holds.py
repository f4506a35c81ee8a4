"""Add holds on vouchers as rows: several may stop one voucher, each with its cause.

The voucher counts those that live, so that a redemption sees them in the row that it reads anyway.
No provider reads a hold: its cause tells about the person.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

SEEN = """
  (SELECT punte_is('system', 'finance_preparer', 'finance_approver', 'finance_releaser', 'auditor'))
  OR EXISTS (SELECT FROM case_member
              WHERE case_member.case_id = voucher_hold.case_id
                AND case_member.user_id = (SELECT punte_actor())
                AND (case_member.until IS NULL OR case_member.until > now()))
"""


def upgrade() -> None:
    """Add the table, its guard, and the count on the voucher."""
    op.create_table(
        "voucher_hold",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("voucher_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("placed_by", sa.Uuid(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_by", sa.Uuid(), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "cause IN ('case_team', 'offering_suspended')", name=op.f("ck_voucher_hold_cause")
        ),
        sa.CheckConstraint(
            "lifted_by IS NULL OR lifted_at IS NOT NULL", name=op.f("ck_voucher_hold_lifted")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_voucher_hold_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["lifted_by"], ["user_account.id"], name=op.f("fk_voucher_hold_lifted_by")
        ),
        sa.ForeignKeyConstraint(
            ["placed_by"], ["user_account.id"], name=op.f("fk_voucher_hold_placed_by")
        ),
        sa.ForeignKeyConstraint(
            ["voucher_id"], ["voucher.id"], name=op.f("fk_voucher_hold_voucher_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voucher_hold")),
    )
    op.create_index(op.f("ix_voucher_hold_voucher_id"), "voucher_hold", ["voucher_id"])
    op.create_index(
        "uq_voucher_hold_live",
        "voucher_hold",
        ["voucher_id", "cause", "reference"],
        unique=True,
        postgresql_where=sa.text("lifted_at IS NULL"),
    )
    op.create_index(
        "ix_voucher_hold_because",
        "voucher_hold",
        ["cause", "reference"],
        postgresql_where=sa.text("lifted_at IS NULL"),
    )
    op.execute("ALTER TABLE voucher_hold ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY everything ON voucher_hold USING ({SEEN}) WITH CHECK ({SEEN})")
    op.add_column(
        "voucher", sa.Column("live_holds", sa.Integer(), server_default="0", nullable=False)
    )
    op.alter_column("voucher", "live_holds", server_default=None)
    op.create_check_constraint(op.f("ck_voucher_live_holds"), "voucher", "live_holds >= 0")
    op.create_index(
        "ix_voucher_held",
        "voucher",
        ["created_at", "id"],
        postgresql_where=sa.text("live_holds > 0"),
    )


def downgrade() -> None:
    """Take the table and the count away again."""
    op.drop_index("ix_voucher_held", "voucher")
    op.drop_column("voucher", "live_holds")
    op.drop_table("voucher_hold")
