"""Add what sent forms were answered, so that one sent twice is answered the same."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

OWN = "actor_id = (SELECT punte_actor()) OR (SELECT punte_is('system'))"


def upgrade() -> None:
    """Make the table; a row is its sender's own."""
    op.create_table(
        "answered_form",
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("is_page", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("actor_id", "key", name=op.f("pk_answered_form")),
    )
    op.create_index(op.f("ix_answered_form_answered_at"), "answered_form", ["answered_at"])
    op.execute("ALTER TABLE answered_form ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY everything ON answered_form USING ({OWN}) WITH CHECK ({OWN})")


def downgrade() -> None:
    """Forget them."""
    op.drop_table("answered_form")
