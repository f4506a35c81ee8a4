"""Let a budget line say whom it may help, where they live and when; one that says nothing, as before."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

CODES = {"ages": ("any", "children", "adults"), "sex_policy": ("any", "female", "male")}


def upgrade() -> None:
    """Add the columns: the lines that there are limit nobody."""
    for name, codes in CODES.items():
        op.add_column(
            "budget_line", sa.Column(name, sa.Text(), nullable=False, server_default="any")
        )
        op.alter_column("budget_line", name, server_default=None)
        listed = ", ".join(f"'{code}'" for code in codes)
        op.create_check_constraint(
            op.f(f"ck_budget_line_{name}"), "budget_line", f"{name} IN ({listed})"
        )
    places = sa.Column("places", postgresql.ARRAY(sa.Text()), nullable=False, server_default="{}")
    op.add_column("budget_line", places)
    op.alter_column("budget_line", "places", server_default=None)
    op.add_column("budget_line", sa.Column("pays_from", sa.Date()))
    op.add_column("budget_line", sa.Column("pays_until", sa.Date()))
    op.create_check_constraint(
        op.f("ck_budget_line_days"), "budget_line", "pays_until >= pays_from"
    )


def downgrade() -> None:
    """Take them away."""
    for name in ("pays_until", "pays_from", "places", *CODES):
        op.drop_column("budget_line", name)
