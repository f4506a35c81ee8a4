"""Let each account of ours name its bank's files; those of before have what was made for them."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the name; euro is paid by SEPA, everything else by the general file."""
    op.add_column(
        "bank_account", sa.Column("profile", sa.Text(), server_default="general", nullable=False)
    )
    op.execute("UPDATE bank_account SET profile = 'sepa' WHERE currency = 'EUR'")
    op.alter_column("bank_account", "profile", server_default=None)


def downgrade() -> None:
    """Forget the names."""
    op.drop_column("bank_account", "profile")
