"""Let the words about an erased person go, though their case is closed."""

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_closed_case() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public AS $$
DECLARE changed record := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
BEGIN
  PERFORM 1 FROM case_file WHERE id = changed.case_id AND state = 'closed' FOR SHARE;
  IF FOUND {unless} THEN
    RAISE EXCEPTION 'the case of this % is closed', TG_TABLE_NAME
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'open_case', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN changed;
END $$;
"""
ERASED = """AND NOT (TG_OP = 'UPDATE' AND EXISTS (
    SELECT FROM erasure_request WHERE case_id = changed.case_id AND erased))"""


def upgrade() -> None:
    """Refuse no change of a row whose person was erased; adding and taking out stay refused."""
    op.execute(FUNCTION.format(unless=ERASED))


def downgrade() -> None:
    """Refuse it again."""
    op.execute(FUNCTION.format(unless=""))
