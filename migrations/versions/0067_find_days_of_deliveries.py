"""Find the deliveries of a month, for its cut-off list."""

from alembic import op

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add an index over their days."""
    op.create_index("ix_redemption_delivered_on", "redemption", ["delivered_on", "id"])


def downgrade() -> None:
    """Take it away."""
    op.drop_index("ix_redemption_delivered_on", "redemption")
