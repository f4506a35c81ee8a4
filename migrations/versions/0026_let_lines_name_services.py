"""Let a budget line say which services it may pay; one that names none may pay any, as before."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

SERVICES = (
    "shelter",
    "rented_housing",
    "basic_needs",
    "medical",
    "mental_health",
    "legal_aid",
    "documents",
    "education",
    "vocational_training",
    "employment",
    "business_start_up",
    "family_mediation",
    "childcare",
    "social_protection",
    "transport",
    "interpretation",
)


def upgrade() -> None:
    """Add the list, empty for the lines that there are."""
    op.add_column(
        "budget_line",
        sa.Column("categories", postgresql.ARRAY(sa.Text()), nullable=False, server_default="{}"),
    )
    op.alter_column("budget_line", "categories", server_default=None)
    listed = ", ".join(f"'{service}'" for service in SERVICES)
    op.execute(
        "ALTER TABLE budget_line ADD CONSTRAINT ck_budget_line_categories"
        f" CHECK (categories <@ ARRAY[{listed}])"
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_constraint("ck_budget_line_categories", "budget_line")
    op.drop_column("budget_line", "categories")
