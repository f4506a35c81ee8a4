"""Let the database know that a closed case is read, not written, and not closed over a voucher."""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

FUNCTIONS = """
CREATE FUNCTION refuse_closed_case() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public AS $$
DECLARE changed record := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
BEGIN
  PERFORM 1 FROM case_file WHERE id = changed.case_id AND state = 'closed' FOR SHARE;
  IF FOUND THEN
    RAISE EXCEPTION 'the case of this % is closed', TG_TABLE_NAME
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'open_case', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN changed;
END $$;

CREATE FUNCTION refuse_closing_over_vouchers() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public AS $$
BEGIN
  PERFORM 1 FROM voucher WHERE case_id = NEW.id
    AND (state IN ('draft', 'approved', 'issued', 'partly_redeemed') OR amount_pending_minor > 0);
  IF FOUND THEN
    RAISE EXCEPTION 'a voucher of this case is open'
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'open_case', TABLE = 'case_file';
  END IF;
  RETURN NEW;
END $$;
"""
ADDING = (
    "need",
    "goal",
    "plan",
    "milestone",
    "milestone_dependency",
    "plan_line",
    "plan_version",
    "case_note",
    "consent",
    "emergency_start",
    "referral",
    "voucher",
)
CHANGING = {
    "need": "UPDATE",
    "goal": "UPDATE",
    "plan": "UPDATE OF submitted_by, last_edited_by, approved_version, approved_at",
    "milestone": "UPDATE OF title, domain, goal_id, starts_on, due_on, state, evidence,"
    " completed_on, removed_at",
    "plan_line": "UPDATE OF category, description, unit, units, unit_price_minor, ceiling_minor,"
    " currency, budget_line_id, removed_at",
}
TAKING_OUT = ("need", "goal")
OPENING = {
    "referral": "NEW.state IN ('requested', 'accepted', 'in_progress')",
    "voucher": "OLD.state NOT IN ('issued', 'partly_redeemed')"
    " AND NEW.state IN ('approved', 'issued', 'partly_redeemed')",
}
"""Moves that open something; a delivery on an open voucher is none."""


def upgrade() -> None:
    """Add the functions and put one trigger before each write that a closed case refuses.

    What ends something (a withdrawal, a cancellation, an expiry, erasing) passes.
    """
    op.execute(FUNCTIONS)
    for table in ADDING:
        _before(table, "open_case_add", "INSERT")
    for table, event in CHANGING.items():
        _before(table, "open_case_change", event)
    for table in TAKING_OUT:
        _before(table, "open_case_remove", "DELETE")
    for table, opens in OPENING.items():
        _before(table, "open_case_change", "UPDATE OF state", f"WHEN ({opens})")
    op.execute(
        "CREATE TRIGGER open_case BEFORE UPDATE OF state ON case_file FOR EACH ROW"
        " WHEN (NEW.state = 'closed') EXECUTE FUNCTION refuse_closing_over_vouchers()"
    )


def downgrade() -> None:
    """Take them away."""
    op.execute("DROP FUNCTION refuse_closing_over_vouchers() CASCADE")
    op.execute("DROP FUNCTION refuse_closed_case() CASCADE")


def _before(table: str, name: str, event: str, when: str = "") -> None:
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {event} ON {table}"
        f" FOR EACH ROW {when} EXECUTE FUNCTION refuse_closed_case()"
    )
