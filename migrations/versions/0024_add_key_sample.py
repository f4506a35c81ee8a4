"""Keep a sample that is sealed under the master key: a start under another key is refused."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

SYSTEM = "(SELECT punte_is('system'))"


def upgrade() -> None:
    """Add the table: the first process that starts puts the sample in, and nobody changes it."""
    op.create_table(
        "key_sample",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_key_sample_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_sample")),
    )
    op.execute("ALTER TABLE key_sample ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY reading ON key_sample FOR SELECT USING ({SYSTEM})")
    op.execute(f"CREATE POLICY adding ON key_sample FOR INSERT WITH CHECK ({SYSTEM})")
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON key_sample"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_table("key_sample")
