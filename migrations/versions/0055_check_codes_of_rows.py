"""Look whether every row names a code of the lists: reading and writing go on meanwhile."""

from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None

COLUMNS = (
    ("offering", "category"),
    ("plan_line", "category"),
    ("referral", "category"),
    ("voucher", "category"),
    ("voucher", "proof"),
    ("redemption", "proof"),
)


def upgrade() -> None:
    """Check the rows that stood before the lists did."""
    for table, column in COLUMNS:
        op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT fk_{table}_{column}")


def downgrade() -> None:
    """Nothing is to be undone: what was checked stays true."""
