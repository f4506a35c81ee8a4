"""Give deliveries and claim lines the case that they are of; filled by the next migration."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns, still empty."""
    for table in ("redemption", "claim_line"):
        op.add_column(table, sa.Column("case_id", sa.Uuid(), nullable=True))


def downgrade() -> None:
    """Drop the columns."""
    for table in ("claim_line", "redemption"):
        op.drop_column(table, "case_id")
