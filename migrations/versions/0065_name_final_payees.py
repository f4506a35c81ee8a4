"""Keep for whom a payment through the transit bank is: fiscal code and name beside the account."""

import sqlalchemy as sa
from alembic import op

revision = "0065"
down_revision = "0064"
branch_labels = None
depends_on = None

ADDED = [
    (table, column)
    for table in ("payee_account", "payment_order")
    for column in ("final_code", "final_name")
]


def upgrade() -> None:
    """Add the columns; what stands there says nothing in them and is paid as it was."""
    for table, column in ADDED:
        op.add_column(table, sa.Column(column, sa.Text(), server_default="", nullable=False))
        op.alter_column(table, column, server_default=None)


def downgrade() -> None:
    """Take them away."""
    for table, column in ADDED:
        op.drop_column(table, column)
