"""Hold by a foreign key that a delivery is of its voucher's case, and a claim line of its delivery's."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

FOLLOWS = (("redemption", "voucher"), ("claim_line", "redemption"))


def upgrade() -> None:
    """Require the case; the key to what it comes from carries it."""
    for table, source in FOLLOWS:
        op.alter_column(table, "case_id", nullable=False)
        op.create_unique_constraint(f"uq_{source}_id_case_id", source, ["id", "case_id"])
        op.create_foreign_key(
            f"fk_{table}_{source}_id_case_id",
            table,
            source,
            [f"{source}_id", "case_id"],
            ["id", "case_id"],
        )
        op.drop_constraint(f"fk_{table}_{source}_id", table, type_="foreignkey")
    _index_unconfirmed("case_id", "recorded_at")


def downgrade() -> None:
    """Let the case be anything again."""
    _index_unconfirmed("recorded_at")
    for table, source in reversed(FOLLOWS):
        op.create_foreign_key(f"fk_{table}_{source}_id", table, source, [f"{source}_id"], ["id"])
        op.drop_constraint(f"fk_{table}_{source}_id_case_id", table, type_="foreignkey")
        op.drop_constraint(f"uq_{source}_id_case_id", source, type_="unique")
        op.alter_column(table, "case_id", nullable=True)


def _index_unconfirmed(*columns: str) -> None:
    op.drop_index("ix_redemption_unconfirmed", "redemption")
    op.create_index(
        "ix_redemption_unconfirmed",
        "redemption",
        list(columns),
        postgresql_where="state = 'unconfirmed'",
    )
