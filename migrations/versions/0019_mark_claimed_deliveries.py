"""Mark each delivery that a line of a claim stands for, and index by provider those without."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the mark, set it where a line was not refused, add the index."""
    op.add_column(
        "redemption", sa.Column("claimed", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.alter_column("redemption", "claimed", server_default=None)
    op.execute(
        "UPDATE redemption SET claimed = true FROM claim_line"
        " WHERE claim_line.redemption_id = redemption.id AND claim_line.state <> 'refused'"
    )
    op.create_index(
        "ix_redemption_unclaimed",
        "redemption",
        ["provider_id", "state", "currency", "delivered_on", "receipt"],
        postgresql_where=sa.text("NOT claimed"),
    )


def downgrade() -> None:
    """Take both away."""
    op.drop_index("ix_redemption_unclaimed", "redemption")
    op.drop_column("redemption", "claimed")
