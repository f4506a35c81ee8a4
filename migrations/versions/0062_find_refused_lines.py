"""Find the refused lines of a delivery: a claim that is made again says why they were."""

from alembic import op

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None

NAME = "ix_claim_line_refused"


def upgrade() -> None:
    """Add the index."""
    op.create_index(
        NAME, "claim_line", ["redemption_id"], unique=False, postgresql_where="state = 'refused'"
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_index(NAME, "claim_line")
