"""Let a master key be changed: keep the keys of the house apart, and a sample of each key in use.

The first start afterwards puts the keys of the house in, as they were derived until then, and
gives the sample of before the name of its key.
"""

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None

SYSTEM = "(SELECT punte_is('system'))"


def upgrade() -> None:
    """Add the table, and let there be several samples."""
    op.create_table(
        "house_key",
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("purpose", name=op.f("pk_house_key")),
    )
    op.execute("ALTER TABLE house_key ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY reading ON house_key FOR SELECT USING ({SYSTEM})")
    op.execute(f"CREATE POLICY adding ON house_key FOR INSERT WITH CHECK ({SYSTEM})")
    op.execute(
        f"CREATE POLICY changing ON house_key FOR UPDATE USING ({SYSTEM}) WITH CHECK ({SYSTEM})"
    )
    op.execute("DROP TRIGGER append_only ON key_sample")
    op.add_column("key_sample", sa.Column("key_id", sa.Text(), nullable=False, server_default=""))
    op.alter_column("key_sample", "key_id", server_default=None)
    op.drop_constraint(op.f("ck_key_sample_one"), "key_sample")
    op.drop_constraint(op.f("pk_key_sample"), "key_sample")
    op.drop_column("key_sample", "id")
    op.create_primary_key(op.f("pk_key_sample"), "key_sample", ["key_id"])
    op.execute(f"CREATE POLICY removing ON key_sample FOR DELETE USING ({SYSTEM})")


def downgrade() -> None:
    """Go back to one sample, which the next start leaves; only before a key was changed."""
    op.execute("DROP POLICY removing ON key_sample")
    op.execute("DELETE FROM key_sample")
    op.drop_constraint(op.f("pk_key_sample"), "key_sample")
    op.drop_column("key_sample", "key_id")
    op.add_column("key_sample", sa.Column("id", sa.Integer(), autoincrement=False, nullable=False))
    op.create_primary_key(op.f("pk_key_sample"), "key_sample", ["id"])
    op.create_check_constraint(op.f("ck_key_sample_one"), "key_sample", "id = 1")
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON key_sample"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    op.drop_table("house_key")
