"""Add the laws that the database itself holds: roles, append-only, balance, row-level security.

The application's role owns nothing. Row-level security is the second wall behind the permission
map: it guards against a forgotten filter, not against somebody who can run SQL as they like.
"""

from alembic import op
from flask import current_app
from sqlalchemy import make_url

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

APPEND_ONLY = (
    "audit_event",
    "audit_seal",
    "audit_checkpoint",
    "state_event",
    "ledger_entry",
    "ledger_line",
)

FUNCTIONS = """
CREATE FUNCTION punte_actor() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT nullif(current_setting('punte.actor', true), '')::uuid $$;

CREATE FUNCTION punte_organisation() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT nullif(current_setting('punte.organisation', true), '')::uuid $$;

CREATE FUNCTION punte_is(VARIADIC roles text[]) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT coalesce(string_to_array(current_setting('punte.roles', true), ',') && roles, false) $$;

CREATE FUNCTION punte_caseload() RETURNS SETOF uuid LANGUAGE sql STABLE AS
$$ SELECT case_id FROM case_member
   WHERE user_id = punte_actor() AND (until IS NULL OR until > now()) $$;

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE FUNCTION ledger_entry_balances() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public AS $$
DECLARE difference bigint; same boolean;
BEGIN
  SELECT sum(l.debit_minor) - sum(l.credit_minor), bool_and(l.currency = e.currency)
    INTO difference, same
    FROM ledger_line l JOIN ledger_entry e ON e.id = l.entry_id WHERE l.entry_id = NEW.entry_id;
  IF difference <> 0 OR NOT same THEN
    RAISE EXCEPTION 'entry % does not balance', NEW.entry_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
"""

CASE = "case_id IN (SELECT punte_caseload())"
SYSTEM = "(SELECT punte_is('system'))"
FINANCE = "(SELECT punte_is('finance_preparer', 'finance_approver', 'finance_releaser', 'auditor'))"
OWN = "provider_id = (SELECT punte_organisation())"

# table → what may be seen and written
CASE_PLANE = (
    "person_key",
    "person_identity",
    "identity_index",
    "case_note",
    "consent",
    "need",
    "goal",
    "plan",
    "plan_version",
    "milestone",
    "milestone_dependency",
    "plan_line",
    "emergency_start",
    "erasure_request",
)
SERVICE_PLANE = {
    "referral": f"{CASE} OR ({OWN} AND state <> 'draft')",
    "pseudonym": f"{CASE} OR {OWN}",
    "voucher": f"{CASE} OR {OWN} OR {FINANCE}"
    " OR (provider_id IS NULL AND (SELECT punte_is('provider_reception',"
    " 'provider_coordinator', 'provider_manager')))",
    "redemption": f"{OWN} OR {FINANCE} OR voucher_id IN (SELECT id FROM voucher)",
    "claim": f"{OWN} OR {FINANCE}",
    "claim_line": "claim_id IN (SELECT id FROM claim)",
    "payment_order": f"{OWN} OR {FINANCE}",
    "payee_account": f"{OWN} OR {FINANCE} OR (SELECT punte_is('vetting_officer'))",
    "payment_batch": FINANCE,
    "bank_account": FINANCE,
    "bank_statement": FINANCE,
    "bank_line": FINANCE,
    "bank_match": FINANCE,
}
# Whoever redeems or issues posts; only finance, the auditor and jobs read.
READ_GUARDED = {
    "ledger_entry": FINANCE,
    "ledger_line": FINANCE,
    "audit_event": f"(SELECT punte_is('auditor')) OR {CASE}",
}


def upgrade() -> None:
    """Grant, then guard."""
    _grant()
    op.execute(FUNCTIONS)
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    op.execute(
        "CREATE CONSTRAINT TRIGGER balances AFTER INSERT ON ledger_line"
        " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_entry_balances()"
    )
    _guard_cases()
    for table in CASE_PLANE:
        _guard(table, CASE)
    for table, rule in SERVICE_PLANE.items():
        _guard(table, rule)
    for table, rule in READ_GUARDED.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY reading ON {table} FOR SELECT USING ({SYSTEM} OR {rule})")
        op.execute(f"CREATE POLICY adding ON {table} FOR INSERT WITH CHECK (true)")


def downgrade() -> None:
    """Take the guards away again."""
    for table in ("case_file", *CASE_PLANE, *SERVICE_PLANE, *READ_GUARDED):
        for policy in ("reading", "adding", "changing", "everything"):
            op.execute(f"DROP POLICY IF EXISTS {policy} ON {table}")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    op.execute("DROP TRIGGER balances ON ledger_line")
    for table in APPEND_ONLY:
        op.execute(f"DROP TRIGGER append_only ON {table}")
    for function in (
        "ledger_entry_balances()",
        "refuse_change()",
        "punte_caseload()",
        "punte_is(text[])",
        "punte_organisation()",
        "punte_actor()",
    ):
        op.execute(f"DROP FUNCTION {function}")


def _guard(table: str, rule: str) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY everything ON {table} USING ({SYSTEM} OR {rule})"
        f" WITH CHECK ({SYSTEM} OR {rule})"
    )


def _guard_cases() -> None:
    """A case is opened before anybody is assigned to it; the one who opens it may add it."""
    mine = f"{SYSTEM} OR id IN (SELECT punte_caseload())"
    op.execute("ALTER TABLE case_file ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY reading ON case_file FOR SELECT USING ({mine})")
    op.execute(f"CREATE POLICY changing ON case_file FOR UPDATE USING ({mine}) WITH CHECK ({mine})")
    op.execute(
        f"CREATE POLICY adding ON case_file FOR INSERT"
        f" WITH CHECK ({SYSTEM} OR opened_by = (SELECT punte_actor()))"
    )


def _grant() -> None:
    """Give the application's role its rights: never to change what is append-only."""
    settings = current_app.extensions["settings"]
    app_role = make_url(settings.database_url).username
    owner = make_url(settings.database_owner_url).username
    if app_role is None or app_role == owner:
        return
    op.execute(f'GRANT USAGE ON SCHEMA public TO "{app_role}"')
    op.execute(
        f'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO "{app_role}"'
    )
    op.execute(f'GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO "{app_role}"')
    op.execute(
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES"
        f' TO "{app_role}"'
    )
    op.execute(
        f'ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO "{app_role}"'
    )
    op.execute(f'REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM "{app_role}"')
    for table in APPEND_ONLY:
        op.execute(f'REVOKE UPDATE, DELETE ON {table} FROM "{app_role}"')
