"""Hold the codes of bank lines, of sources, of needs and of languages to their lists."""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

HELD = (
    (
        "bank_line",
        "kind",
        "IN ('unknown_credit', 'unknown_debit', 'return', 'charges', 'duplicate_payment', 'partial', 'two_possible', '')",
    ),
    ("bank_line", "resolution", "IN ('fee', 'grant', 'repaid', 'returned', '')"),
    (
        "ledger_entry",
        "source_type",
        "IN ('bank_account', 'bank_line', 'budget_line', 'payment_order', 'redemption', 'voucher')",
    ),
    (
        "case_file",
        "access_needs",
        "<@ ARRAY['step_free', 'wheelchair', 'sign_language', 'interpreter', 'easy_language', 'quiet_room']",
    ),
    (
        "site",
        "access_features",
        "<@ ARRAY['step_free', 'wheelchair', 'sign_language', 'interpreter', 'easy_language', 'quiet_room']",
    ),
    ("offering", "languages", "<@ ARRAY['ro', 'ru', 'en']"),
)


def upgrade() -> None:
    """Add each CHECK under the name that the models give it."""
    for table, column, rule in HELD:
        check = f"ck_{table}_{column} CHECK ({column} {rule})"
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {check}")


def downgrade() -> None:
    """Let go of them."""
    for table, column, _rule in HELD:
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT ck_{table}_{column}")
