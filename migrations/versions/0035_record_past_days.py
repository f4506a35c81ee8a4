"""Let a hold leave be what was delivered before it: say until which day, and the same on the voucher."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the two days; holds that stand already let no day be."""
    op.add_column("voucher_hold", sa.Column("through", sa.Date(), nullable=True))
    op.add_column("voucher", sa.Column("held_through", sa.Date(), nullable=True))
    op.create_check_constraint(
        op.f("ck_voucher_held_through"), "voucher", "held_through IS NULL OR live_holds > 0"
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_column("voucher", "held_through")
    op.drop_column("voucher_hold", "through")
