"""Mark the days of plans of which a manager was told; index what long tables are asked for.

What was told before stands in the inbox, under a key that arrives once: the first run only marks
it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

OPEN_LINES = "state IN ('unmatched', 'suggested', 'exception')"
GOES_ON = "state IN ('planned', 'in_progress') AND removed_at IS NULL"
MOVES = "event IN ('grant_received', 'allocated', 'reduced', 'moved')"
UNCLAIMED = ("provider_id", "state", "currency", "delivered_on", "receipt")
LATEST_FIRST = [
    sa.text(f"{name} DESC NULLS LAST") for name in ("until_on", "imported_at", "position")
]
INDEXES = (
    ("user_account", "ix_user_account_name", ("name", "id"), None, ()),
    ("user_account", "ix_user_account_organisation", ("organisation_id",), None, ()),
    ("referral", "ix_referral_provider_created", ("provider_id", "created_at", "id"), None, ()),
    (
        "referral",
        "ix_referral_past",
        ("offering_id", "state"),
        None,
        ("requested_at", "provider_id", "case_id"),
    ),
    ("claim", "ix_claim_provider_state", ("provider_id", "state", "created_at", "id"), None, ()),
    ("claim", "ix_claim_created", ("created_at", "id"), "state <> 'draft'", ()),
    ("payment_batch", "ix_payment_batch_state", ("state", "prepared_at", "id"), None, ()),
    ("bank_statement", "ix_bank_statement_latest", ("bank_account_id", *LATEST_FIRST), None, ()),
    ("bank_line", "ix_bank_line_open", ("currency",), OPEN_LINES, ("state", "amount_minor")),
    ("ledger_entry", "ix_ledger_entry_moves", ("posted_at", "id"), MOVES, ()),
)
"""Table, name, columns, of which rows, and what is answered without the row."""
MARKS = (("milestone", "due_told_of"), ("milestone", "late_told_of"), ("plan", "review_told_of"))


def upgrade() -> None:
    """Add marks and indexes."""
    for table, name in MARKS:
        op.add_column(table, sa.Column(name, sa.Date()))
    for table, name, columns, where, more in INDEXES:
        op.create_index(
            name,
            table,
            columns,
            postgresql_where=None if where is None else sa.text(where),
            postgresql_include=more,
        )
    _index_unclaimed("amount_minor", "case_id")
    for stage in ("due", "late"):
        op.create_index(
            f"ix_milestone_{stage}_untold",
            "milestone",
            ["due_on"],
            postgresql_where=sa.text(f"{GOES_ON} AND {stage}_told_of IS DISTINCT FROM due_on"),
        )
    op.create_index(
        "ix_plan_review_untold",
        "plan",
        ["review_on"],
        postgresql_where=sa.text("review_told_of IS DISTINCT FROM review_on"),
    )


def downgrade() -> None:
    """Take them away."""
    _index_unclaimed()
    for table, name, *_ in INDEXES:
        op.drop_index(name, table)
    op.drop_index("ix_plan_review_untold", "plan")
    for stage in ("due", "late"):
        op.drop_index(f"ix_milestone_{stage}_untold", "milestone")
    for table, name in MARKS:
        op.drop_column(table, name)


def _index_unclaimed(*more: str) -> None:
    op.drop_index("ix_redemption_unclaimed", "redemption")
    op.create_index(
        "ix_redemption_unclaimed",
        "redemption",
        UNCLAIMED,
        postgresql_where=sa.text("NOT claimed"),
        postgresql_include=more,
    )
