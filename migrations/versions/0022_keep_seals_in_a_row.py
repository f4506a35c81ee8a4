"""Refuse a seal that does not follow the last one: one far ahead would break the chain for good."""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

FOLLOWS = """
CREATE FUNCTION seal_follows() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public AS $$
BEGIN
  IF NEW.position <> coalesce((SELECT max(position) FROM audit_seal), 0) + 1 THEN
    RAISE EXCEPTION 'seal % follows no seal', NEW.position
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$
"""


def upgrade() -> None:
    """Ask it of each seal."""
    op.execute(FOLLOWS)
    op.execute(
        "CREATE TRIGGER follows BEFORE INSERT ON audit_seal"
        " FOR EACH ROW EXECUTE FUNCTION seal_follows()"
    )


def downgrade() -> None:
    """Ask it no more."""
    op.execute("DROP TRIGGER follows ON audit_seal")
    op.execute("DROP FUNCTION seal_follows()")
