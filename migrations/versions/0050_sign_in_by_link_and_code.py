"""Let people come in by a link of a mail, and show a second factor beside their password."""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0048"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)
OWN = "user_id = (SELECT punte_actor()) OR (SELECT punte_is('system'))"


def upgrade() -> None:
    """Add the tables; whoever is signed in stays so."""
    _extend_sessions()
    _add_links()
    _add_browsers()
    _add_factors()


def downgrade() -> None:
    """Take them away: a password alone opens an account again."""
    for table in ("recovery_code", "second_factor", "known_browser", "account_link"):
        op.drop_table(table)
    op.drop_constraint(op.f("ck_sign_in_session_passed_first"), "sign_in_session")
    op.drop_constraint(op.f("uq_sign_in_session_id"), "sign_in_session")
    for column in ("must_enrol", "confirmed_at", "passed_at", "id"):
        op.drop_column("sign_in_session", column)


def _extend_sessions() -> None:
    op.add_column("sign_in_session", sa.Column("id", sa.Uuid(), nullable=True))
    op.add_column("sign_in_session", sa.Column("passed_at", AT, nullable=True))
    op.add_column("sign_in_session", sa.Column("confirmed_at", AT, nullable=True))
    op.add_column(
        "sign_in_session",
        sa.Column("must_enrol", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.alter_column("sign_in_session", "must_enrol", server_default=None)
    op.execute("UPDATE sign_in_session SET id = gen_random_uuid(), passed_at = started_at")
    op.alter_column("sign_in_session", "id", nullable=False)
    op.create_unique_constraint(op.f("uq_sign_in_session_id"), "sign_in_session", ["id"])
    op.create_check_constraint(
        op.f("ck_sign_in_session_passed_first"),
        "sign_in_session",
        "confirmed_at IS NULL OR passed_at IS NOT NULL",
    )


def _add_links() -> None:
    op.create_table(
        "account_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("made_at", AT, nullable=False),
        sa.Column("expires_at", AT, nullable=False),
        sa.Column("ended_at", AT, nullable=True),
        sa.CheckConstraint("expires_at > made_at", name=op.f("ck_account_link_ends_later")),
        sa.CheckConstraint(
            "purpose IN ('invitation', 'reset')", name=op.f("ck_account_link_purpose")
        ),
        _of_a_person("account_link"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_link")),
        sa.UniqueConstraint("hash", name=op.f("uq_account_link_hash")),
    )
    op.create_index(op.f("ix_account_link_user_id"), "account_link", ["user_id"])


def _add_browsers() -> None:
    op.create_table(
        "known_browser",
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("last_seen_at", AT, nullable=False),
        sa.Column("passed_until", AT, nullable=True),
        _of_a_person("known_browser"),
        sa.PrimaryKeyConstraint("hash", "user_id", name=op.f("pk_known_browser")),
    )
    op.create_index(op.f("ix_known_browser_user_id"), "known_browser", ["user_id"])


def _add_factors() -> None:
    op.create_table(
        "second_factor",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("enrolled_at", AT, nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        _of_a_person("second_factor"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_second_factor")),
    )
    op.create_table(
        "recovery_code",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("used_at", AT, nullable=True),
        _of_a_person("recovery_code"),
        sa.PrimaryKeyConstraint("user_id", "hash", name=op.f("pk_recovery_code")),
    )
    for table in ("account_link", "known_browser", "second_factor", "recovery_code"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY everything ON {table} USING ({OWN}) WITH CHECK ({OWN})")


def _of_a_person(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["user_id"], ["user_account.id"], name=op.f(f"fk_{table}_user_id"), ondelete="CASCADE"
    )
