"""Let the database refuse fewer approved units than are on vouchers or delivered; find releases.

What an agreed price below the planned one leaves over kept the ceiling above what was promised,
though the units were not. The index answers what one person released within a week.
"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

FUNCTION = """
CREATE FUNCTION refuse_fewer_than_promised() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public AS $$
DECLARE promised bigint; given bigint;
BEGIN
  SELECT coalesce(sum(units_left), 0) INTO promised FROM voucher
    WHERE plan_line_id = NEW.id AND kind = 'service_units';
  SELECT coalesce(sum(units), 0) INTO given FROM plan_line_delivery WHERE plan_line_id = NEW.id;
  IF promised + given > NEW.approved_units THEN
    RAISE EXCEPTION 'fewer than are promised'
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'units_of_line',
      TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
"""


def upgrade() -> None:
    """Add the function, its trigger and the index."""
    op.execute(FUNCTION)
    op.execute(
        "CREATE TRIGGER promised_units BEFORE UPDATE OF approved_units ON plan_line FOR EACH ROW"
        " WHEN (NEW.origin = 'plan' AND NEW.removed_at IS NULL"
        " AND NEW.approved_units < OLD.approved_units)"
        " EXECUTE FUNCTION refuse_fewer_than_promised()"
    )
    op.create_index(
        "ix_payment_batch_released",
        "payment_batch",
        ["released_by", "released_at"],
        postgresql_where=sa.text("released_by IS NOT NULL"),
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_index("ix_payment_batch_released", "payment_batch")
    op.execute("DROP FUNCTION refuse_fewer_than_promised() CASCADE")
