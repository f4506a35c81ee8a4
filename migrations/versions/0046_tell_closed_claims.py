"""Tell a claim that finance closed from one that its provider withdrew; the history says which."""

from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

STATES = "'draft', 'submitted', 'disputed', 'checked', 'in_payment', 'paid', 'withdrawn'"
CLOSED = """
UPDATE claim SET state = 'closed' FROM state_event e
WHERE claim.state = 'withdrawn' AND e.aggregate = 'claim' AND e.aggregate_id = claim.id
AND e.move = 'close'
"""


def upgrade() -> None:
    """Let the list grow, and carry what was closed before."""
    _hold_to(f"{STATES}, 'closed'")
    op.execute(CLOSED)
    _once_but("state NOT IN ('withdrawn', 'closed')")


def downgrade() -> None:
    """Say of both that they were withdrawn, as before."""
    op.execute("UPDATE claim SET state = 'withdrawn' WHERE state = 'closed'")
    _once_but("state <> 'withdrawn'")
    _hold_to(STATES)


def _hold_to(listed: str) -> None:
    op.execute("ALTER TABLE claim DROP CONSTRAINT ck_claim_state")
    op.execute(f"ALTER TABLE claim ADD CONSTRAINT ck_claim_state CHECK (state IN ({listed}))")


def _once_but(stands: str) -> None:
    op.drop_index("uq_claim_invoice", table_name="claim")
    op.create_index(
        "uq_claim_invoice",
        "claim",
        ["provider_id", "invoice_number"],
        unique=True,
        postgresql_where=f"invoice_number <> '' AND {stands}",
    )
