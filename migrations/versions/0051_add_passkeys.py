"""Keep passkeys: the public halves of keys that never leave a person's device."""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)
OWN = "user_id = (SELECT punte_actor()) OR (SELECT punte_is('system'))"


def upgrade() -> None:
    """Add the table; a row is its person's own."""
    op.create_table(
        "passkey",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("credential", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("made_at", AT, nullable=False),
        sa.Column("used_at", AT, nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_passkey_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("credential", name=op.f("uq_passkey_credential")),
    )
    op.create_index(op.f("ix_passkey_user_id"), "passkey", ["user_id"])
    op.execute("ALTER TABLE passkey ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY everything ON passkey USING ({OWN}) WITH CHECK ({OWN})")


def downgrade() -> None:
    """Take them away: codes stay."""
    op.drop_table("passkey")
