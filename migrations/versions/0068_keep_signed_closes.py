"""Keep what was signed off at the close of a month; nobody changes or removes it."""

import sqlalchemy as sa
from alembic import op
from flask import current_app
from sqlalchemy import make_url
from sqlalchemy.dialects import postgresql

revision = "0068"
down_revision = "0067"
branch_labels = None
depends_on = None

BOOKS = (
    "(SELECT punte_is('system')) OR (SELECT punte_is('finance_preparer', 'finance_approver',"
    " 'finance_releaser', 'auditor'))"
)


def upgrade() -> None:
    """Add the table, read by whoever reads the books."""
    op.create_table(
        "period_close",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("period_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["period_id"], ["accounting_period.id"], name=op.f("fk_period_close_period_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_period_close")),
        sa.UniqueConstraint("period_id", "number", name=op.f("uq_period_close_period_id_number")),
    )
    op.execute("ALTER TABLE period_close ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY reading ON period_close FOR SELECT USING ({BOOKS})")
    op.execute(f"CREATE POLICY adding ON period_close FOR INSERT WITH CHECK ({BOOKS})")
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON period_close"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    settings = current_app.extensions["settings"]
    app_role = make_url(settings.database_url).username
    if app_role is not None and app_role != make_url(settings.database_owner_url).username:
        op.execute(f'REVOKE UPDATE, DELETE ON period_close FROM "{app_role}"')


def downgrade() -> None:
    """Take it away."""
    op.drop_table("period_close")
