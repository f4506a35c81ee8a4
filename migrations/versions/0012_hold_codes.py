"""Hold the codes that no CHECK held yet to their lists: what posts, is indexed, matches."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

HELD = (
    (
        "ledger_entry",
        "event",
        "'grant_received', 'allocated', 'reduced', 'moved', 'issued', 'replaced', 'redeemed', 'remainder_released', 'payment_released', 'settled_by_bank', 'settled_by_stripe', 'unsettled', 'payment_failed', 'returned_open', 'returned_clawed', 'return_charges', 'return_charges_clawed', 'reversed', 'reversed_closed', 'clawed_back', 'repaid', 'offset', 'offset_undone', 'advance_paid', 'advance_liquidated', 'bank_fee', 'exchanged_out', 'exchanged_in', 'exchange_loss', 'exchange_gain'",
    ),
    ("identity_index", "kind", "'name_birth', 'document'"),
    (
        "bank_match",
        "tier",
        "'end_to_end', 'batch', 'amount_and_iban', 'reference', 'likeness', 'manual'",
    ),
)


def upgrade() -> None:
    """Add each CHECK under the name that the models give it."""
    for table, column, codes in HELD:
        check = f"ck_{table}_{column} CHECK ({column} IN ({codes}))"
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {check}")


def downgrade() -> None:
    """Let go of them."""
    for table, column, _codes in HELD:
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT ck_{table}_{column}")
