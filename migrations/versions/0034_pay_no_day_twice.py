"""Let the database know that no two vouchers of a person stand for the same night, day or month.

An open voucher stands for all days between its first and its last, an ended one for those up to its
last delivery. Vouchers of one planned service are compared, and all of a person's nights. The case
is held, so that two that are made at once look one after the other.
"""

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

STANDS = "'draft', 'approved', 'issued', 'partly_redeemed'"
FUNCTION = f"""
CREATE FUNCTION refuse_days_twice() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public AS $$
BEGIN
  IF TG_OP = 'INSERT' AND NEW.replaces_id IS NOT NULL THEN
    PERFORM 1 FROM voucher WHERE id = NEW.replaces_id AND plan_line_id = NEW.plan_line_id
      AND unit = NEW.unit AND NEW.valid_from >= valid_from AND NEW.valid_until <= valid_until;
    IF FOUND THEN RETURN NEW; END IF;
  END IF;
  PERFORM 1 FROM case_file WHERE id = NEW.case_id FOR NO KEY UPDATE;
  PERFORM 1 FROM voucher v
    CROSS JOIN LATERAL (SELECT CASE WHEN v.state IN ({STANDS}) THEN v.valid_until
      ELSE (SELECT max(r.delivered_on) FROM redemption r WHERE r.voucher_id = v.id
              AND r.state IN ('accepted', 'unconfirmed')) END AS last) l
    WHERE v.case_id = NEW.case_id AND v.id <> NEW.id AND v.unit IN ('night', 'day', 'month')
      AND (v.plan_line_id = NEW.plan_line_id OR (v.unit = 'night' AND NEW.unit = 'night'))
      AND v.valid_from < NEW.valid_until + CASE WHEN NEW.unit = 'night' THEN 0 ELSE 1 END
      AND l.last + CASE WHEN v.unit = 'night' THEN 0 ELSE 1 END > NEW.valid_from;
  IF FOUND THEN
    RAISE EXCEPTION 'another voucher stands for some of these days'
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'days_of_voucher',
      TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
"""
TAKES_DAYS = f"NEW.unit IN ('night', 'day', 'month') AND NEW.state IN ({STANDS})"
CHANGED = (
    f"(OLD.state NOT IN ({STANDS}) OR (NEW.unit, NEW.plan_line_id, NEW.case_id, NEW.valid_from,"
    " NEW.valid_until) IS DISTINCT FROM (OLD.unit, OLD.plan_line_id, OLD.case_id, OLD.valid_from,"
    " OLD.valid_until))"
)


def upgrade() -> None:
    """Add the function and its two triggers; what stands already is left as it is."""
    op.execute(FUNCTION)
    op.execute(
        "CREATE TRIGGER days_of_voucher BEFORE INSERT ON voucher"
        f" FOR EACH ROW WHEN ({TAKES_DAYS}) EXECUTE FUNCTION refuse_days_twice()"
    )
    op.execute(
        "CREATE TRIGGER days_of_voucher_change BEFORE UPDATE OF unit, plan_line_id, case_id,"
        f" valid_from, valid_until, state ON voucher FOR EACH ROW WHEN ({TAKES_DAYS} AND {CHANGED})"
        " EXECUTE FUNCTION refuse_days_twice()"
    )


def downgrade() -> None:
    """Take them away."""
    op.execute("DROP FUNCTION refuse_days_twice() CASCADE")
