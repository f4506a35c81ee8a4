"""Keep requests to let every name out in a sealed file: one asks, another approves, used once."""

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)
APART = "NOT (ARRAY[decided_by, decided_for] && ARRAY[asked_by, asked_for])"
SEEN = "(SELECT punte_is('system', 'administrator', 'supervisor'))"


def upgrade() -> None:
    """Add the table; administrators and supervisors see it."""
    op.create_table(
        "name_export",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_for", sa.Uuid(), nullable=True),
        sa.Column("asked_at", AT, nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_for", sa.Uuid(), nullable=True),
        sa.Column("decided_at", AT, nullable=True),
        sa.Column("approved", sa.Boolean(), nullable=False),
        sa.Column("used_at", AT, nullable=True),
        *(
            sa.ForeignKeyConstraint([one], ["user_account.id"], name=op.f(f"fk_name_export_{one}"))
            for one in ("asked_by", "asked_for", "decided_by", "decided_for")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_name_export")),
        sa.UniqueConstraint("reference", name=op.f("uq_name_export_reference")),
        sa.CheckConstraint(APART, name=op.f("ck_name_export_four_eyes")),
        sa.CheckConstraint(
            "(decided_by IS NULL) = (decided_at IS NULL)", name=op.f("ck_name_export_decided")
        ),
        sa.CheckConstraint(
            "NOT approved OR decided_at IS NOT NULL", name=op.f("ck_name_export_approved")
        ),
        sa.CheckConstraint("used_at IS NULL OR approved", name=op.f("ck_name_export_used")),
    )
    op.create_index("ix_name_export_asked", "name_export", ["asked_at", "id"])
    op.execute("ALTER TABLE name_export ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY everything ON name_export USING ({SEEN}) WITH CHECK ({SEEN})")


def downgrade() -> None:
    """Take them away: the trail keeps who asked and who approved."""
    op.drop_table("name_export")
