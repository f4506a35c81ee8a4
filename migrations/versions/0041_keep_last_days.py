"""Keep the last day of an approval that ended by its date, and hold the limit of one who prepares.

A voucher on which the person chooses names no offering before its first delivery, so no hold of it
says until when the provider was approved: the offering does. The trigger holds whoever releases
without being a releaser, so that two batches at once are looked at one after the other.
"""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0039"
branch_labels = None
depends_on = None

FUNCTION = """
CREATE FUNCTION refuse_parts_of_a_release() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public AS $$
DECLARE already bigint;
BEGIN
  PERFORM 1 FROM user_role WHERE user_id = NEW.released_by AND role = 'finance_releaser';
  IF FOUND THEN RETURN NULL; END IF;
  PERFORM 1 FROM user_account WHERE id = NEW.released_by FOR NO KEY UPDATE;
  SELECT coalesce(sum(total_minor), 0) INTO already FROM payment_batch
    WHERE released_by = NEW.released_by AND currency = NEW.currency AND id <> NEW.id
      AND released_at > NEW.released_at - interval '168 hours';
  IF already + NEW.total_minor
      >= (CASE NEW.currency WHEN 'MDL' THEN 500000 WHEN 'EUR' THEN 25000 ELSE 0 END) THEN
    RAISE EXCEPTION 'another person releases so much'
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'released_together',
      TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NULL;
END $$;
"""


def upgrade() -> None:
    """Add the day, take it from the terms that ran out, and add the law."""
    op.add_column("offering", sa.Column("lapsed_on", sa.Date(), nullable=True))
    op.execute(
        "UPDATE offering SET lapsed_on = approved_until WHERE state = 'expired'"
        " AND approved_until < (now() AT TIME ZONE 'Europe/Chisinau')::date"
    )
    op.execute(FUNCTION)
    op.execute(
        "CREATE TRIGGER released_together AFTER INSERT OR UPDATE OF released_by, released_at,"
        " total_minor, currency ON payment_batch FOR EACH ROW WHEN (NEW.released_by IS NOT NULL)"
        " EXECUTE FUNCTION refuse_parts_of_a_release()"
    )


def downgrade() -> None:
    """Take them away."""
    op.execute("DROP FUNCTION refuse_parts_of_a_release() CASCADE")
    op.drop_column("offering", "lapsed_on")
