"""Find payouts that failed without reading all of them."""

from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add an index over those that failed."""
    op.create_index(
        "ix_stripe_payout_failed",
        "stripe_payout",
        ["made_at", "id"],
        unique=False,
        postgresql_where="state = 'failed'",
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_index("ix_stripe_payout_failed", table_name="stripe_payout")
