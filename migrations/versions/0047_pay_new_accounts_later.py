"""Let a payee's account that takes the place of another be paid only from a day on."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the day; accounts of before are paid as they were."""
    op.add_column("payee_account", sa.Column("pays_from", sa.Date(), nullable=True))


def downgrade() -> None:
    """Take it away: what waits is paid at once."""
    op.drop_column("payee_account", "pays_from")
