"""Keep what banks answer to files of payments: the answer, and what it says of each order."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)
FINANCE = "(SELECT punte_is('finance_preparer', 'finance_approver', 'finance_releaser', 'auditor'))"
SEEN = f"(SELECT punte_is('system')) OR {FINANCE}"
STATES = "'noted', 'waiting', 'failed', 'discarded'"
DOUBTS = (
    "'amount_unsaid', 'amount_differs', 'account_differs', 'names_differ', 'sum_differs',"
    " 'whole_accepted', 'not_rejected', 'not_under_way', ''"
)


def upgrade() -> None:
    """Add the tables; whoever reads the books sees them."""
    op.create_table(
        "bank_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("said_at", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reasons", postgresql.JSONB(), nullable=False),
        sa.Column("content_print", sa.LargeBinary(), nullable=False),
        sa.Column("unknown", postgresql.JSONB(), nullable=False),
        sa.Column("imported_by", sa.Uuid(), nullable=True),
        sa.Column("imported_at", AT, nullable=False),
        _points_at("bank_answer", "batch_id", "payment_batch"),
        _points_at("bank_answer", "file_id", "bank_file"),
        _points_at("bank_answer", "imported_by", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_answer")),
        sa.UniqueConstraint(
            "batch_id", "message_id", name=op.f("uq_bank_answer_batch_id_message_id")
        ),
    )
    op.create_index(op.f("ix_bank_answer_file_id"), "bank_answer", ["file_id"])
    op.create_table(
        "order_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("answer_id", sa.Uuid(), nullable=False),
        sa.Column("payment_order_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reasons", postgresql.JSONB(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("doubt", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_for", sa.Uuid(), nullable=True),
        sa.Column("decided_at", AT, nullable=True),
        _points_at("order_answer", "answer_id", "bank_answer"),
        _points_at("order_answer", "payment_order_id", "payment_order"),
        _points_at("order_answer", "decided_by", "user_account"),
        _points_at("order_answer", "decided_for", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_answer")),
        sa.UniqueConstraint(
            "answer_id", "payment_order_id", name=op.f("uq_order_answer_answer_id_payment_order_id")
        ),
        sa.UniqueConstraint(
            "answer_id", "position", name=op.f("uq_order_answer_answer_id_position")
        ),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_order_answer_state")),
        sa.CheckConstraint(f"doubt IN ({DOUBTS})", name=op.f("ck_order_answer_doubt")),
    )
    op.create_index(op.f("ix_order_answer_payment_order_id"), "order_answer", ["payment_order_id"])
    op.create_index(
        "ix_order_answer_waiting",
        "order_answer",
        ["id"],
        postgresql_where=sa.text("state = 'waiting'"),
    )
    for table in ("bank_answer", "order_answer"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY everything ON {table} USING ({SEEN}) WITH CHECK ({SEEN})")


def _points_at(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))


def downgrade() -> None:
    """Take them away: what became of the orders stays."""
    op.drop_table("order_answer")
    op.drop_table("bank_answer")
