"""Keep what an institution sets as its rules, by two people and before the day it begins."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

PEOPLE = ("proposed", "approved", "retired")
APART = "NOT (ARRAY[approved_by, approved_for] && ARRAY[proposed_by, proposed_for])"
DAY = "(timezone('Europe/Chisinau', {}))::date"
ROLES = (
    "case_manager",
    "supervisor",
    "vetting_officer",
    "finance_preparer",
    "finance_approver",
    "finance_releaser",
    "auditor",
    "administrator",
    "provider_reception",
    "provider_coordinator",
    "provider_bookkeeper",
    "provider_manager",
)
LISTED = ", ".join(f"'{role}'" for role in ROLES)
SYSTEM = "(SELECT punte_is('system'))"
READERS = (
    "(SELECT punte_is('administrator', 'supervisor', 'vetting_officer', 'finance_preparer',"
    " 'finance_approver', 'finance_releaser', 'auditor'))"
)
GUARDED = {"rule_version": f"{SYSTEM} OR {READERS}", "rulebook_edition": SYSTEM}
LAWS = {
    "decided_by": f"decided_by IN ({LISTED})",
    "answers_for_it": "decided_by IN ('supervisor', 'finance_approver')",
    "four_eyes": APART,
    "before_its_day": f"approved_at IS NULL OR {DAY.format('approved_at')} < first_day",
    "ended_before_its_day": (
        f"approved_at IS NULL OR retired_at IS NULL OR {DAY.format('retired_at')} < first_day"
    ),
}

KEEP = """
CREATE FUNCTION keep_rule_version() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public AS $$
BEGIN
  IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND (
      (OLD.id, OLD.code, OLD.entry, OLD.value, OLD.first_day, OLD.decided_by, OLD.reason,
       OLD.proposed_by, OLD.proposed_for, OLD.proposed_at)
      IS DISTINCT FROM
      (NEW.id, NEW.code, NEW.entry, NEW.value, NEW.first_day, NEW.decided_by, NEW.reason,
       NEW.proposed_by, NEW.proposed_for, NEW.proposed_at)
      OR OLD.retired_at IS NOT NULL
      OR (OLD.approved_at IS NOT NULL AND
          (OLD.approved_by, OLD.approved_for, OLD.approved_at)
          IS DISTINCT FROM (NEW.approved_by, NEW.approved_for, NEW.approved_at)))) THEN
    RAISE EXCEPTION 'what was decided of a rule stays'
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'rule_version_stays',
      TABLE = TG_TABLE_NAME;
  END IF;
  IF NEW.approved_at IS NOT NULL THEN
    UPDATE rulebook_edition SET edition = gen_random_uuid();
  END IF;
  RETURN NEW;
END $$
"""
# What holds is asked by everybody, before anybody is known too.
ASKED = """
CREATE FUNCTION punte_edition() RETURNS uuid LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = public AS
$$ SELECT edition FROM rulebook_edition $$;

CREATE FUNCTION punte_rules()
RETURNS TABLE (id uuid, code text, entry text, first_day date, value jsonb) LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = public AS $$
  SELECT id, code, entry, first_day, value FROM rule_version
  WHERE approved_at IS NOT NULL AND retired_at IS NULL ORDER BY code, entry, first_day $$;
"""
HELD = """
CREATE FUNCTION punte_rule(asked text, day date, otherwise jsonb) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT coalesce((SELECT value FROM rule_version
    WHERE code = asked AND entry = '' AND first_day <= day
      AND approved_at IS NOT NULL AND retired_at IS NULL
    ORDER BY first_day DESC LIMIT 1), otherwise) $$
"""
PARTS = """
CREATE OR REPLACE FUNCTION refuse_parts_of_a_release() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public AS $$
DECLARE
  already bigint;
  day date := (NEW.released_at AT TIME ZONE 'Europe/Chisinau')::date;
  days integer := punte_rule('payments.released_together', day, '7')::integer;
  most bigint := coalesce((punte_rule('payments.release_by_preparer_below', day,
    '{"MDL": 500000, "EUR": 25000}') ->> NEW.currency)::bigint, 0);
BEGIN
  PERFORM 1 FROM user_role
    WHERE user_id = coalesce(NEW.released_for, NEW.released_by) AND role = 'finance_releaser';
  IF FOUND THEN RETURN NULL; END IF;
  PERFORM 1 FROM user_account WHERE id IN (NEW.released_by, NEW.released_for)
    ORDER BY id FOR NO KEY UPDATE;
  SELECT coalesce(sum(total_minor), 0) INTO already FROM payment_batch
    WHERE (released_by IN (NEW.released_by, NEW.released_for)
      OR released_for IN (NEW.released_by, NEW.released_for))
      AND currency = NEW.currency AND id <> NEW.id
      AND released_at > NEW.released_at - make_interval(hours => 24 * days);
  IF already + NEW.total_minor >= most THEN
    RAISE EXCEPTION 'another person releases so much'
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'released_together',
      TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NULL;
END $$
"""
SMALL_ONLY = """
CREATE FUNCTION refuse_large_release() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public AS $$
BEGIN
  IF ARRAY[NEW.released_by, NEW.released_for] && ARRAY[NEW.prepared_by, NEW.prepared_for]
    AND NEW.total_minor >= coalesce((punte_rule('payments.release_by_preparer_below',
      (coalesce(NEW.released_at, now()) AT TIME ZONE 'Europe/Chisinau')::date,
      '{"MDL": 500000, "EUR": 25000}') ->> NEW.currency)::bigint, 0) THEN
    RAISE EXCEPTION 'another person releases so much'
      USING ERRCODE = 'integrity_constraint_violation',
      CONSTRAINT = 'preparer_releases_small_only', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NULL;
END $$
"""
BEFORE = (
    "NOT (ARRAY[released_by, released_for] && ARRAY[prepared_by, prepared_for])"
    " OR total_minor < (CASE currency WHEN 'MDL' THEN 500000 WHEN 'EUR' THEN 25000 ELSE 0 END)"
)


def upgrade() -> None:
    """Add the table and its laws; let the laws of a release ask the rule of their day."""
    op.create_table(
        "rulebook_edition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition", sa.Uuid(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_rulebook_edition_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rulebook_edition")),
    )
    op.execute("INSERT INTO rulebook_edition (id, edition) VALUES (1, gen_random_uuid())")
    op.create_table(
        "rule_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("entry", sa.Text(), nullable=False),
        sa.Column("value", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("retired_because", sa.Text(), nullable=True),
        *(
            column
            for act in PEOPLE
            for column in (
                sa.Column(f"{act}_by", sa.Uuid(), nullable=True),
                sa.Column(f"{act}_for", sa.Uuid(), nullable=True),
                sa.Column(f"{act}_at", sa.DateTime(timezone=True), nullable=act != "proposed"),
            )
        ),
        *(
            sa.ForeignKeyConstraint(
                [f"{act}_{who}"], ["user_account.id"], name=op.f(f"fk_rule_version_{act}_{who}")
            )
            for act in PEOPLE
            for who in ("by", "for")
        ),
        *(
            sa.CheckConstraint(law, name=op.f(f"ck_rule_version_{name}"))
            for name, law in LAWS.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_version")),
    )
    op.create_index(
        "uq_rule_version_agreed",
        "rule_version",
        ["code", "entry", "first_day"],
        unique=True,
        postgresql_where=sa.text("approved_at IS NOT NULL AND retired_at IS NULL"),
    )
    op.create_index(
        "uq_rule_version_waiting",
        "rule_version",
        ["code", "entry"],
        unique=True,
        postgresql_where=sa.text("approved_at IS NULL AND retired_at IS NULL"),
    )
    op.execute(KEEP)
    op.execute(
        "CREATE TRIGGER keep_rule_version BEFORE INSERT OR UPDATE OR DELETE ON rule_version"
        " FOR EACH ROW EXECUTE FUNCTION keep_rule_version()"
    )
    op.execute(ASKED)
    op.execute(HELD)
    for table, rule in GUARDED.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY everything ON {table} USING ({rule}) WITH CHECK ({rule})")
    op.execute(PARTS)
    op.drop_constraint(
        op.f("ck_payment_batch_preparer_releases_small_only"), "payment_batch", type_="check"
    )
    op.execute(SMALL_ONLY)
    op.execute(
        "CREATE TRIGGER refuse_large_release"
        " AFTER INSERT OR UPDATE OF released_by, released_for, released_at, prepared_by, prepared_for,"
        " total_minor, currency ON payment_batch"
        " FOR EACH ROW WHEN (NEW.released_by IS NOT NULL)"
        " EXECUTE FUNCTION refuse_large_release()"
    )


def downgrade() -> None:
    """Take them away; the limits of a release are again those that came with Punte."""
    op.execute("DROP TRIGGER refuse_large_release ON payment_batch")
    op.execute("DROP FUNCTION refuse_large_release()")
    op.create_check_constraint(
        op.f("ck_payment_batch_preparer_releases_small_only"), "payment_batch", BEFORE
    )
    op.execute(
        PARTS.replace("punte_rule('payments.released_together', day, '7')::integer", "7").replace(
            "punte_rule('payments.release_by_preparer_below', day,\n"
            """    '{"MDL": 500000, "EUR": 25000}')""",
            """'{"MDL": 500000, "EUR": 25000}'::jsonb""",
        )
    )
    for function in ("punte_rule(text, date, jsonb)", "punte_rules()", "punte_edition()"):
        op.execute(f"DROP FUNCTION {function}")
    op.drop_table("rule_version")
    op.execute("DROP FUNCTION keep_rule_version()")
    op.drop_table("rulebook_edition")
