"""Find the lines of the bank that moved money to a payment service or back, by their sum."""

from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add an index over those lines alone."""
    op.create_index(
        "ix_bank_line_service",
        "bank_line",
        ["currency", "amount_minor", "id"],
        unique=False,
        postgresql_where="resolution = 'service'",
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_index("ix_bank_line_service", table_name="bank_line")
