"""Say who agreed: the person, a guardian or the guardianship authority."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

WHO = "signatory IN ('person', 'guardian', 'authority')"


def upgrade() -> None:
    """Add who agreed; what was recorded before was said to be the person's own."""
    op.add_column(
        "consent", sa.Column("signatory", sa.Text(), server_default="person", nullable=False)
    )
    op.alter_column("consent", "signatory", server_default=None)
    op.execute(f"ALTER TABLE consent ADD CONSTRAINT ck_consent_signatory CHECK ({WHO})")


def downgrade() -> None:
    """Take it away."""
    op.drop_column("consent", "signatory")
