"""Fill the case of each delivery from its voucher, and of each claim line from its delivery."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Fill what is empty."""
    op.execute(
        "UPDATE redemption SET case_id = voucher.case_id FROM voucher"
        " WHERE voucher.id = redemption.voucher_id AND redemption.case_id IS NULL"
    )
    op.execute(
        "UPDATE claim_line SET case_id = redemption.case_id FROM redemption"
        " WHERE redemption.id = claim_line.redemption_id AND claim_line.case_id IS NULL"
    )


def downgrade() -> None:
    """Leave the columns as they are: the migration before drops them."""
