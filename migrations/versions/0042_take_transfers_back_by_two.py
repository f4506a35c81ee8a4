"""Let payments leave in a lane of their own, and a transfer be taken back by two people."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

LANES_BEFORE = "'jobs', 'outbox', 'tasks'"
LANES = "'jobs', 'outbox', 'payments', 'tasks'"
STATES_BEFORE = "'asked', 'done', 'refused'"
STATES = "'waiting', 'asked', 'done', 'refused', 'declined'"


def upgrade() -> None:
    """Let both lists grow, and keep who confirmed."""
    _hold_to("lane_beat", "lane", LANES)
    _hold_to("stripe_reversal", "state", STATES)
    op.add_column("stripe_reversal", sa.Column("confirmed_by", sa.Uuid(), nullable=True))
    op.add_column(
        "stripe_reversal", sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.create_foreign_key(
        op.f("fk_stripe_reversal_confirmed_by"),
        "stripe_reversal",
        "user_account",
        ["confirmed_by"],
        ["id"],
    )
    op.create_check_constraint(
        op.f("ck_stripe_reversal_by_two"),
        "stripe_reversal",
        "confirmed_by IS NULL OR confirmed_by <> asked_by",
    )
    op.create_index(
        "uq_stripe_reversal_open",
        "stripe_reversal",
        ["order_id"],
        unique=True,
        postgresql_where="state IN ('waiting', 'asked')",
    )
    op.create_index(
        "ix_stripe_reversal_waiting",
        "stripe_reversal",
        ["asked_at", "id"],
        postgresql_where="state = 'waiting'",
    )


def downgrade() -> None:
    """Take them away; it refuses while a reversal waits or was declined."""
    op.execute("DELETE FROM lane_beat WHERE lane = 'payments'")
    op.drop_index("ix_stripe_reversal_waiting", "stripe_reversal")
    op.drop_index("uq_stripe_reversal_open", "stripe_reversal")
    op.drop_constraint(op.f("ck_stripe_reversal_by_two"), "stripe_reversal")
    op.drop_column("stripe_reversal", "confirmed_at")
    op.drop_column("stripe_reversal", "confirmed_by")
    _hold_to("stripe_reversal", "state", STATES_BEFORE)
    _hold_to("lane_beat", "lane", LANES_BEFORE)


def _hold_to(table: str, column: str, listed: str) -> None:
    op.execute(f"ALTER TABLE {table} DROP CONSTRAINT ck_{table}_{column}")
    check = f"ck_{table}_{column} CHECK ({column} IN ({listed}))"
    op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {check}")
