"""Let an institution keep the categories of services and the kinds of proof, each as a list.

What a code says stands in the rulebook; here stand the codes, which rows point at. A code comes in
with the approval of its entry, by a trigger and in no other way, and never goes. No foreign key looks into an array, and a table of
pairs would be one more statement on every page that shows money: a trigger holds the budget lines.

Each foreign key is added without looking at the rows that there are, so nobody waits; 0055 looks at
them in a transaction of its own.
"""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

CATEGORIES = (
    "shelter",
    "rented_housing",
    "basic_needs",
    "medical",
    "mental_health",
    "legal_aid",
    "documents",
    "education",
    "vocational_training",
    "employment",
    "business_start_up",
    "family_mediation",
    "childcare",
    "social_protection",
    "transport",
    "interpretation",
)
PROOFS = ("pin", "stay", "signed_list", "case_manager")
LISTS = {"service_category": CATEGORIES, "proof_kind": PROOFS}
COLUMNS = (
    ("offering", "category", "service_category"),
    ("plan_line", "category", "service_category"),
    ("referral", "category", "service_category"),
    ("voucher", "category", "service_category"),
    ("voucher", "proof", "proof_kind"),
    ("redemption", "proof", "proof_kind"),
)
SYSTEM = "(SELECT punte_is('system'))"
HEAD = "RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$"
COMES = f"""
CREATE FUNCTION keep_code_of_entry() {HEAD}
BEGIN
  IF NEW.code = 'service_categories' THEN
    INSERT INTO service_category (code) VALUES (NEW.entry) ON CONFLICT DO NOTHING;
  ELSIF NEW.code = 'proof_kinds' THEN
    INSERT INTO proof_kind (code) VALUES (NEW.entry) ON CONFLICT DO NOTHING;
  END IF;
  RETURN NULL;
END $$
"""
STAYS = f"""
CREATE FUNCTION keep_listed_code() {HEAD}
BEGIN
  RAISE EXCEPTION 'rows may name this code'
    USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'listed_code_stays',
    TABLE = TG_TABLE_NAME;
END $$
"""
HELD = f"""
CREATE FUNCTION hold_categories() {HEAD}
BEGIN
  PERFORM 1 FROM unnest(NEW.categories) AS named (code)
    WHERE NOT EXISTS (SELECT 1 FROM service_category c WHERE c.code = named.code);
  IF FOUND THEN
    RAISE EXCEPTION 'this is no category'
      USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'budget_line_categories',
      TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NULL;
END $$
"""


def upgrade() -> None:
    """Add the codes, and point at them where a CHECK listed them."""
    for table, codes in LISTS.items():
        op.create_table(
            table,
            sa.Column("code", sa.Text(), nullable=False),
            sa.PrimaryKeyConstraint("code", name=op.f(f"pk_{table}")),
        )
        op.execute(f"INSERT INTO {table} (code) VALUES {_rows(codes)}")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY reading ON {table} FOR SELECT USING ({SYSTEM})")
    op.execute(COMES)
    op.execute(
        "CREATE TRIGGER keep_code_of_entry AFTER INSERT OR UPDATE OF approved_at ON rule_version"
        " FOR EACH ROW WHEN (NEW.approved_at IS NOT NULL AND NEW.entry <> '')"
        " EXECUTE FUNCTION keep_code_of_entry()"
    )
    op.execute(STAYS)
    for table in LISTS:
        op.execute(
            f"CREATE TRIGGER keep_listed_code BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION keep_listed_code()"
        )
    for table, column, listed in COLUMNS:
        op.drop_constraint(op.f(f"ck_{table}_{column}"), table, type_="check")
        op.execute(
            f"ALTER TABLE {table} ADD CONSTRAINT fk_{table}_{column}"
            f" FOREIGN KEY ({column}) REFERENCES {listed} (code) NOT VALID"
        )
    op.drop_constraint(op.f("ck_budget_line_categories"), "budget_line", type_="check")
    op.execute(HELD)
    op.execute(
        "CREATE TRIGGER hold_categories AFTER INSERT OR UPDATE OF categories ON budget_line"
        " FOR EACH ROW EXECUTE FUNCTION hold_categories()"
    )


def downgrade() -> None:
    """Hold the columns to the codes that came with Punte again; fails while rows name others."""
    op.execute("DROP TRIGGER hold_categories ON budget_line")
    op.execute("DROP FUNCTION hold_categories()")
    listed = ", ".join(f"'{code}'" for code in CATEGORIES)
    op.create_check_constraint(
        op.f("ck_budget_line_categories"), "budget_line", f"categories <@ ARRAY[{listed}]"
    )
    for table, column, target in COLUMNS:
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT fk_{table}_{column}")
        codes = ", ".join(f"'{code}'" for code in LISTS[target])
        op.create_check_constraint(op.f(f"ck_{table}_{column}"), table, f"{column} IN ({codes})")
    op.execute("DROP TRIGGER keep_code_of_entry ON rule_version")
    for table in LISTS:
        op.drop_table(table)
    for function in ("keep_code_of_entry", "keep_listed_code"):
        op.execute(f"DROP FUNCTION {function}()")


def _rows(codes: tuple[str, ...]) -> str:
    return ", ".join(f"('{code}')" for code in codes)
