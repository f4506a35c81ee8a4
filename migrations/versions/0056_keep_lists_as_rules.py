"""Let people speak the languages of the rulebook; keep by which text each message was written."""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None

LANGUAGES = "'ro', 'ru', 'en'"
FORMER = {
    "account_link:%:invitation": "invitation",
    "account_link:%:reset": "new_password",
    "second_factor:%:reset": "second_factor_removed",
    "referral:%:sent": "request_new",
    "referral:%": "request_changed",
    "payee:%": "account_changes",
}
"""The keys that messages of before have, the narrower ones first, and what they said."""


def upgrade() -> None:
    """Take two checks away; add which text a message was written by, and say it of those before."""
    op.drop_constraint(op.f("ck_case_file_language"), "case_file", type_="check")
    op.drop_constraint(op.f("ck_offering_languages"), "offering", type_="check")
    op.add_column("outbox_message", sa.Column("text_code", sa.Text(), nullable=True))
    op.add_column("outbox_message", sa.Column("text_version", sa.Uuid(), nullable=True))
    for key, code in FORMER.items():
        op.execute(
            sa.text(
                "UPDATE outbox_message SET text_code = :code"
                " WHERE text_code IS NULL AND channel = 'email' AND idempotency_key LIKE :key"
            ).bindparams(code=code, key=key)
        )
    op.create_index(
        "ix_outbox_message_text",
        "outbox_message",
        ["text_code", "queued_at"],
        postgresql_where=sa.text("text_code IS NOT NULL"),
    )


def downgrade() -> None:
    """Take it away; who speaks another language is noted with one of the three."""
    op.drop_index("ix_outbox_message_text", "outbox_message")
    op.drop_column("outbox_message", "text_version")
    op.drop_column("outbox_message", "text_code")
    op.execute(f"UPDATE case_file SET language = 'ro' WHERE language NOT IN ({LANGUAGES})")
    op.execute(
        "UPDATE offering SET languages = ARRAY(SELECT spoken FROM unnest(languages) AS spoken"
        f" WHERE spoken IN ({LANGUAGES})) WHERE NOT languages <@ ARRAY[{LANGUAGES}]"
    )
    op.create_check_constraint(
        op.f("ck_case_file_language"), "case_file", f"language IN ({LANGUAGES})"
    )
    op.create_check_constraint(
        op.f("ck_offering_languages"), "offering", f"languages <@ ARRAY[{LANGUAGES}]"
    )
