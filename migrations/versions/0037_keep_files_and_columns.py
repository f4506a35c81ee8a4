"""Keep the files of banks, what people say of their columns, and what a check of a file found."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

SYSTEM = "(SELECT punte_is('system'))"
FINANCE = "(SELECT punte_is('finance_preparer', 'finance_approver', 'finance_releaser', 'auditor'))"
MINE = (
    "EXISTS (SELECT 1 FROM background_task t"
    " WHERE t.id = task_id AND t.started_by = (SELECT punte_actor()))"
)
GUARDED = {"bank_file": FINANCE, "kept_columns": FINANCE, "task_page": MINE}


def upgrade() -> None:
    """Add the tables, and what points at them."""
    op.create_table(
        "bank_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("put_by", sa.Uuid(), nullable=True),
        sa.Column("put_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["put_by"], ["user_account.id"], name=op.f("fk_bank_file_put_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_file")),
        sa.UniqueConstraint("sha256", name=op.f("uq_bank_file_sha256")),
    )
    op.create_table(
        "kept_columns",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bank_account_id", sa.Uuid(), nullable=False),
        sa.Column("layout", postgresql.JSONB(), nullable=False),
        sa.Column("kept_by", sa.Uuid(), nullable=True),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_by", sa.Uuid(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["bank_account_id"], ["bank_account.id"], name=op.f("fk_kept_columns_bank_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["kept_by"], ["user_account.id"], name=op.f("fk_kept_columns_kept_by")
        ),
        sa.ForeignKeyConstraint(
            ["removed_by"], ["user_account.id"], name=op.f("fk_kept_columns_removed_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_columns")),
    )
    op.create_index(
        "uq_kept_columns_live",
        "kept_columns",
        ["bank_account_id"],
        unique=True,
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_table(
        "task_page",
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(
            ["task_id"],
            ["background_task.id"],
            name=op.f("fk_task_page_task_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("task_id", "part", "number", name=op.f("pk_task_page")),
    )
    for name, table in (("file_id", "bank_file"), ("columns_id", "kept_columns")):
        op.add_column("bank_statement", sa.Column(name, sa.Uuid(), nullable=True))
        op.create_foreign_key(
            op.f(f"fk_bank_statement_{name}"), "bank_statement", table, [name], ["id"]
        )
    op.create_index(op.f("ix_bank_statement_file_id"), "bank_statement", ["file_id"])
    op.add_column(
        "bank_line", sa.Column("counterparty_code", sa.Text(), server_default="", nullable=False)
    )
    op.alter_column("bank_line", "counterparty_code", server_default=None)
    op.add_column("bank_line", sa.Column("noted_by", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_bank_line_noted_by"), "bank_line", "user_account", ["noted_by"], ["id"]
    )
    for table, rule in GUARDED.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY everything ON {table} USING ({SYSTEM} OR {rule})"
            f" WITH CHECK ({SYSTEM} OR {rule})"
        )


def downgrade() -> None:
    """Take them away."""
    op.drop_constraint(op.f("fk_bank_line_noted_by"), "bank_line")
    for column in ("noted_by", "counterparty_code"):
        op.drop_column("bank_line", column)
    op.drop_index(op.f("ix_bank_statement_file_id"), "bank_statement")
    for name in ("file_id", "columns_id"):
        op.drop_constraint(op.f(f"fk_bank_statement_{name}"), "bank_statement")
        op.drop_column("bank_statement", name)
    for table in GUARDED:
        op.drop_table(table)
