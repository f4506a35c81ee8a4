"""Let a note be about a danger: it is written though the person did not agree to a file."""

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let the kind in."""
    _hold_to("'contact', 'observation', 'decision', 'safety'")


def downgrade() -> None:
    """Let it out; such notes become observations."""
    op.execute("UPDATE case_note SET kind = 'observation' WHERE kind = 'safety'")
    _hold_to("'contact', 'observation', 'decision'")


def _hold_to(kinds: str) -> None:
    op.execute("ALTER TABLE case_note DROP CONSTRAINT ck_case_note_kind")
    check = f"ck_case_note_kind CHECK (kind IN ({kinds}))"
    op.execute(f"ALTER TABLE case_note ADD CONSTRAINT {check}")
