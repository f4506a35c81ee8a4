"""Let the database hold what stood only in Python: four eyes, pairs of roles, what a voucher stands on.

A law that must look at other rows is a trigger that first holds the row on which two could meet:
the account, the plan, the line. The errors name the law as a constraint.
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

CHECKS = {
    ("voucher", "four_eyes"): "approved_by IS NULL OR approved_by <> drafted_by",
    ("plan_version", "four_eyes"): "decided_by IS NULL"
    " OR (decided_by <> submitted_by AND decided_by <> ALL (written_by))",
    ("emergency_start", "four_eyes"): "decided_by IS NULL OR decided_by <> started_by",
    ("offering", "four_eyes"): "approved_by IS NULL"
    " OR (approved_by IS DISTINCT FROM assessed_by AND approved_by IS DISTINCT FROM submitted_by)",
    ("redemption", "four_eyes"): "state NOT IN ('accepted', 'refused')"
    " OR settled_by IS NULL OR settled_by <> recorded_by",
    ("offering", "places"): "places_taken >= 0 AND (capacity IS NULL OR places_taken <= capacity)",
}
PAIRS = (
    ("finance_preparer", "finance_approver"),
    ("finance_preparer", "finance_releaser"),
    ("finance_approver", "finance_releaser"),
    ("auditor", "administrator"),
)
_PAIR = " OR ".join(f"(a.role = '{one}' AND b.role = '{other}')" for one, other in PAIRS)
RAISE = (
    "RAISE EXCEPTION USING MESSAGE = '{0}', ERRCODE = 'integrity_constraint_violation',"
    " CONSTRAINT = '{1}', TABLE = TG_TABLE_NAME"
)
HEAD = "RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$"

FUNCTIONS = f"""
CREATE FUNCTION refuse_pair_of_roles() {HEAD}
BEGIN
  PERFORM 1 FROM user_account WHERE id = NEW.user_id FOR NO KEY UPDATE;
  PERFORM 1 FROM user_role a JOIN user_role b ON b.user_id = a.user_id
    WHERE a.user_id = NEW.user_id AND ({_PAIR});
  IF FOUND THEN {RAISE.format("these roles check each other", "pair_of_roles")}; END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION keep_an_administrator() {HEAD}
BEGIN
  IF TG_TABLE_NAME <> 'user_role' THEN
    PERFORM 1 FROM user_role r JOIN user_account u ON u.id = r.user_id
      WHERE r.role = 'administrator' AND NEW.id IN (u.id, u.organisation_id);
    IF NOT FOUND THEN RETURN NULL; END IF;
  END IF;
  PERFORM pg_advisory_xact_lock(345028580355);
  PERFORM 1 FROM user_role r JOIN user_account u ON u.id = r.user_id
    JOIN organisation o ON o.id = u.organisation_id
    WHERE r.role = 'administrator' AND u.disabled_at IS NULL AND o.active;
  IF NOT FOUND THEN {RAISE.format("nobody would administer any more", "last_administrator")}; END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION refuse_circle_of_steps() {HEAD}
BEGIN
  PERFORM 1 FROM plan WHERE case_id = NEW.case_id FOR NO KEY UPDATE;
  PERFORM 1 FROM (
    WITH RECURSIVE earlier(id) AS (
      SELECT NEW.depends_on_id UNION
      SELECT d.depends_on_id FROM milestone_dependency d JOIN earlier e ON d.milestone_id = e.id)
    SELECT id FROM earlier WHERE id = NEW.milestone_id) circle;
  IF FOUND THEN {RAISE.format("steps would wait for each other", "circle_of_steps")}; END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION refuse_baseless_voucher() {HEAD}
DECLARE line plan_line; agreed consent; promised bigint; spent bigint;
BEGIN
  SELECT * INTO line FROM plan_line WHERE id = NEW.plan_line_id FOR NO KEY UPDATE;
  SELECT * INTO agreed FROM consent WHERE id = NEW.consent_id;
  IF line.removed_at IS NOT NULL THEN
    {RAISE.format("the planned service was taken out", "line_of_voucher")}; END IF;
  IF line.case_id <> NEW.case_id OR line.currency <> NEW.currency OR NEW.currency <>
    (SELECT currency FROM budget_line WHERE id = NEW.budget_line_id) THEN
    {RAISE.format("case or currency is not that of the line", "line_of_voucher")}; END IF;
  IF agreed.case_id <> NEW.case_id OR NEW.valid_until > agreed.valid_until THEN
    {RAISE.format("the voucher outlives the consent", "consent_of_voucher")}; END IF;
  IF line.origin = 'plan' THEN
    SELECT coalesce(sum(amount_left_minor), 0) INTO promised FROM voucher
      WHERE plan_line_id = line.id AND id <> NEW.id;
    SELECT coalesce(sum(amount_minor), 0) INTO spent FROM plan_line_delivery
      WHERE plan_line_id = line.id;
    IF promised + spent + NEW.amount_left_minor > line.approved_ceiling_minor THEN
      {RAISE.format("more than was approved", "ceiling_of_line")}; END IF;
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION refuse_less_than_promised() {HEAD}
DECLARE promised bigint; spent bigint;
BEGIN
  SELECT coalesce(sum(amount_left_minor), 0) INTO promised FROM voucher
    WHERE plan_line_id = NEW.id AND state IN ('draft', 'approved', 'issued', 'partly_redeemed');
  IF NEW.removed_at IS NOT NULL THEN
    IF promised > 0 THEN {RAISE.format("a voucher is open on this line", "line_of_voucher")}; END IF;
    RETURN NEW;
  END IF;
  SELECT coalesce(sum(amount_minor), 0) INTO spent FROM plan_line_delivery
    WHERE plan_line_id = NEW.id;
  IF promised + spent > NEW.approved_ceiling_minor THEN
    {RAISE.format("less than is promised", "ceiling_of_line")}; END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION refuse_unsound_batch() {HEAD}
BEGIN
  PERFORM 1 FROM payment_order WHERE batch_id = NEW.id
    HAVING coalesce(sum(amount_minor), 0) <> NEW.total_minor OR bool_or(currency <> NEW.currency);
  IF FOUND THEN {RAISE.format("the total is not that of the orders", "total_of_batch")}; END IF;
  IF NEW.state = 'settled' THEN
    PERFORM 1 FROM payment_order WHERE batch_id = NEW.id AND state IN ('prepared', 'released');
    IF FOUND THEN {RAISE.format("an order of the batch is under way", "orders_of_batch")}; END IF;
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION refuse_order_of_a_settled_batch() {HEAD}
BEGIN
  PERFORM 1 FROM payment_order o JOIN payment_batch b ON b.id = o.batch_id
    WHERE o.id = NEW.id AND o.state IN ('prepared', 'released') AND b.state = 'settled';
  IF FOUND THEN {RAISE.format("the batch is settled", "orders_of_batch")}; END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION refuse_changed_order() {HEAD}
BEGIN {RAISE.format("an order keeps its sum and its batch", "total_of_batch")}; END $$;

CREATE FUNCTION refuse_unequal_match() {HEAD}
DECLARE line bank_line;
BEGIN
  SELECT * INTO line FROM bank_line WHERE id = NEW.id;
  IF line.state = 'matched' THEN
    PERFORM 1 FROM bank_match WHERE bank_line_id = line.id AND undone_at IS NULL
      HAVING coalesce(sum(amount_minor), 0) <> -line.amount_minor;
    IF FOUND THEN {RAISE.format("the orders are not the line", "sum_of_match")}; END IF;
  END IF;
  RETURN NULL;
END $$;
"""
TRIGGERS = (
    (
        "CREATE CONSTRAINT TRIGGER pair_of_roles AFTER INSERT OR UPDATE ON user_role"
        " DEFERRABLE INITIALLY DEFERRED"
        " FOR EACH ROW EXECUTE FUNCTION refuse_pair_of_roles()"
    ),
    (
        "CREATE TRIGGER last_administrator AFTER DELETE ON user_role FOR EACH ROW"
        " WHEN (OLD.role = 'administrator') EXECUTE FUNCTION keep_an_administrator()"
    ),
    (
        "CREATE TRIGGER last_administrator AFTER UPDATE OF disabled_at ON user_account FOR EACH ROW"
        " WHEN (OLD.disabled_at IS NULL AND NEW.disabled_at IS NOT NULL)"
        " EXECUTE FUNCTION keep_an_administrator()"
    ),
    (
        "CREATE TRIGGER last_administrator AFTER UPDATE OF active ON organisation FOR EACH ROW"
        " WHEN (OLD.active AND NOT NEW.active) EXECUTE FUNCTION keep_an_administrator()"
    ),
    (
        "CREATE TRIGGER circle_of_steps BEFORE INSERT OR UPDATE ON milestone_dependency"
        " FOR EACH ROW EXECUTE FUNCTION refuse_circle_of_steps()"
    ),
    (
        "CREATE TRIGGER stands_on BEFORE INSERT ON voucher"
        " FOR EACH ROW EXECUTE FUNCTION refuse_baseless_voucher()"
    ),
    (
        "CREATE TRIGGER stands_on_change BEFORE UPDATE OF plan_line_id, consent_id, valid_until,"
        " currency, state ON voucher FOR EACH ROW WHEN (NEW.state = 'issued' AND OLD.state ="
        " 'approved' OR (NEW.plan_line_id, NEW.consent_id, NEW.valid_until, NEW.currency) IS DISTINCT"
        " FROM (OLD.plan_line_id, OLD.consent_id, OLD.valid_until, OLD.currency))"
        " EXECUTE FUNCTION refuse_baseless_voucher()"
    ),
    (
        "CREATE TRIGGER promised BEFORE UPDATE OF approved_ceiling_minor, removed_at ON plan_line"
        " FOR EACH ROW WHEN (NEW.origin = 'plan' AND (NEW.approved_ceiling_minor <"
        " OLD.approved_ceiling_minor OR (OLD.removed_at IS NULL AND NEW.removed_at IS NOT NULL)))"
        " EXECUTE FUNCTION refuse_less_than_promised()"
    ),
    (
        "CREATE CONSTRAINT TRIGGER sound AFTER INSERT OR UPDATE OF state, total_minor, currency"
        " ON payment_batch DEFERRABLE INITIALLY DEFERRED"
        " FOR EACH ROW EXECUTE FUNCTION refuse_unsound_batch()"
    ),
    (
        "CREATE CONSTRAINT TRIGGER settled AFTER UPDATE OF state ON payment_order"
        " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state = 'released')"
        " EXECUTE FUNCTION refuse_order_of_a_settled_batch()"
    ),
    (
        "CREATE TRIGGER unchanged BEFORE UPDATE OF amount_minor, currency, batch_id ON payment_order"
        " FOR EACH ROW WHEN ((NEW.amount_minor, NEW.currency, NEW.batch_id) IS DISTINCT FROM"
        " (OLD.amount_minor, OLD.currency, OLD.batch_id)) EXECUTE FUNCTION refuse_changed_order()"
    ),
    (
        "CREATE CONSTRAINT TRIGGER matched AFTER INSERT OR UPDATE OF state, amount_minor ON bank_line"
        " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state = 'matched')"
        " EXECUTE FUNCTION refuse_unequal_match()"
    ),
)
NAMES = (
    "refuse_pair_of_roles",
    "keep_an_administrator",
    "refuse_circle_of_steps",
    "refuse_baseless_voucher",
    "refuse_less_than_promised",
    "refuse_unsound_batch",
    "refuse_order_of_a_settled_batch",
    "refuse_changed_order",
    "refuse_unequal_match",
)


def upgrade() -> None:
    """Add who wrote a plan, the checks, an index that holds invoices apart, and the triggers."""
    for table in ("plan", "plan_version"):
        op.add_column(
            table, sa.Column("written_by", sa.ARRAY(sa.Uuid()), server_default="{}", nullable=False)
        )
        op.alter_column(table, "written_by", server_default=None)
    op.execute(
        "UPDATE plan p SET written_by = coalesce((SELECT array_agg(DISTINCT e.actor_id)"
        " FROM audit_event e WHERE e.case_id = p.case_id AND e.action LIKE 'plan:edit_%'"
        " AND e.actor_id IS NOT NULL AND e.at > coalesce(p.approved_at, '-infinity')), '{}')"
        " WHERE state IN ('draft', 'submitted', 'changed')"
    )
    op.execute(
        "UPDATE plan_version v SET written_by = p.written_by FROM plan p"
        " WHERE p.id = v.plan_id AND v.state = 'submitted'"
    )
    op.drop_constraint("ck_offering_places", "offering")
    for (table, name), holds in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, holds)
    op.create_index(
        "uq_claim_invoice",
        "claim",
        ["provider_id", "invoice_number"],
        unique=True,
        postgresql_where=sa.text("invoice_number <> '' AND state <> 'withdrawn'"),
    )
    op.execute(FUNCTIONS)
    for trigger in TRIGGERS:
        op.execute(trigger)


def downgrade() -> None:
    """Take them away."""
    for name in NAMES:
        op.execute(f"DROP FUNCTION {name}() CASCADE")
    op.drop_index("uq_claim_invoice", "claim")
    for table, name in CHECKS:
        op.drop_constraint(op.f(f"ck_{table}_{name}"), table)
    op.create_check_constraint(op.f("ck_offering_places"), "offering", "places_taken >= 0")
    for table in ("plan", "plan_version"):
        op.drop_column(table, "written_by")
