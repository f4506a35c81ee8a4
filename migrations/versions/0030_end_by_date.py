"""Let consents be swept when their last day is over, and tokens of programs end."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

LIVE = "withdrawn_at IS NULL AND lapsed_at IS NULL"


def upgrade() -> None:
    """Add what was swept and told of; a token that was made before has a month at least."""
    op.add_column("consent", sa.Column("lapsed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("consent", sa.Column("told_before", sa.Integer(), nullable=True))
    op.create_index("ix_consent_ends", "consent", ["valid_until"], postgresql_where=sa.text(LIVE))
    op.add_column("api_token", sa.Column("expires_on", sa.Date(), nullable=True))
    op.execute(
        "UPDATE api_token SET expires_on = greatest("
        "(created_at AT TIME ZONE 'Europe/Chisinau')::date + 365, current_date + 31)"
    )
    op.alter_column("api_token", "expires_on", nullable=False)


def downgrade() -> None:
    """Take them away."""
    op.drop_column("api_token", "expires_on")
    op.drop_index("ix_consent_ends", "consent")
    op.drop_column("consent", "told_before")
    op.drop_column("consent", "lapsed_at")
