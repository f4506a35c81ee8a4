"""Let messages be claimed, tasks be counted, lanes say that they go on, and seals look above a mark."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

BEFORE = "state IN ('queued', 'sent', 'failed', 'unknown')"
AFTER = "state IN ('queued', 'sending', 'sent', 'failed', 'unknown')"


def upgrade() -> None:
    """Add columns, two tables, and what a message may be; uploads of failed tasks go."""
    op.add_column("outbox_message", sa.Column("claimed_at", sa.DateTime(timezone=True)))
    _hold_states(AFTER)
    op.create_index(
        "ix_outbox_message_open",
        "outbox_message",
        ["queued_at"],
        postgresql_where="state IN ('sending', 'unknown', 'failed')",
    )
    op.add_column(
        "background_task", sa.Column("attempts", sa.Integer(), server_default="0", nullable=False)
    )
    op.alter_column("background_task", "attempts", server_default=None)
    op.execute("UPDATE background_task SET input = NULL WHERE state = 'failed'")
    op.create_table(
        "lane_beat",
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("lane IN ('jobs', 'outbox', 'tasks')", name=op.f("ck_lane_beat_lane")),
        sa.PrimaryKeyConstraint("lane", name=op.f("pk_lane_beat")),
    )
    op.create_table(
        "audit_window",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("low", sa.BigInteger(), nullable=False),
        sa.Column("next_low", sa.BigInteger(), nullable=False),
        sa.Column("next_xid", sa.BigInteger(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("id = 1", name="one"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_window")),
    )


def downgrade() -> None:
    """Take them away; a message that is being sent is of unknown outcome."""
    op.drop_table("audit_window")
    op.drop_table("lane_beat")
    op.drop_column("background_task", "attempts")
    op.drop_index("ix_outbox_message_open", "outbox_message")
    op.execute("UPDATE outbox_message SET state = 'unknown' WHERE state = 'sending'")
    _hold_states(BEFORE)
    op.drop_column("outbox_message", "claimed_at")


def _hold_states(rule: str) -> None:
    op.drop_constraint(op.f("ck_outbox_message_state"), "outbox_message")
    op.create_check_constraint(op.f("ck_outbox_message_state"), "outbox_message", rule)
