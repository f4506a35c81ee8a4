"""Show the history of a thing to those who see the thing, and no place to anybody unknown.

A reason may tell about the person, so a provider reads the history of its own services only. A row
of history asks by key for what it is the history of, under the guard that stands there.
"""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

SYSTEM = "(SELECT punte_is('system'))"
OWN = "provider_id = (SELECT punte_organisation())"
OFFICER = "(SELECT punte_is('vetting_officer'))"
FINANCE = "(SELECT punte_is('finance_preparer', 'finance_approver', 'finance_releaser', 'auditor'))"
STAFF = (
    "(SELECT punte_is('case_manager', 'supervisor', 'vetting_officer', 'finance_preparer',"
    " 'finance_approver', 'finance_releaser', 'auditor'))"
)
DIRECTORY = STAFF.replace(", 'auditor'", "")
OF_A_CASE = {
    "case": "case_file",
    "plan": "plan",
    "milestone": "milestone",
    "emergency": "emergency_start",
    "referral": "referral",
    "voucher": "voucher",
    "redemption": "redemption",
}
OF_FINANCE = ("claim", "claim_line", "payment_order", "payment_batch", "bank_line")


def _history() -> str:
    seen = [
        f"WHEN '{name}' THEN {STAFF}"
        f" AND EXISTS (SELECT 1 FROM {table} t WHERE t.id = state_event.aggregate_id)"
        for name, table in OF_A_CASE.items()
    ]
    seen += [f"WHEN '{name}' THEN {FINANCE}" for name in OF_FINANCE]
    own = f"EXISTS (SELECT 1 FROM offering t WHERE t.id = state_event.aggregate_id AND t.{OWN})"
    return f"CASE aggregate {' '.join(seen)} WHEN 'offering' THEN {OFFICER} OR {own} ELSE false END"


def upgrade() -> None:
    """Guard both; whoever moves a thing adds to its history."""
    op.execute("ALTER TABLE state_event ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY reading ON state_event FOR SELECT USING ({SYSTEM} OR {_history()})")
    op.execute("CREATE POLICY adding ON state_event FOR INSERT WITH CHECK (true)")
    op.execute("ALTER TABLE site ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY reading ON site FOR SELECT USING ({SYSTEM} OR {OWN} OR {DIRECTORY})")
    kept = f"{SYSTEM} OR {OFFICER} OR ({OWN} AND (SELECT punte_is('provider_manager')))"
    op.execute(f"CREATE POLICY adding ON site FOR INSERT WITH CHECK ({kept})")
    op.execute(f"CREATE POLICY changing ON site FOR UPDATE USING ({kept}) WITH CHECK ({kept})")
    op.execute(f"CREATE POLICY removing ON site FOR DELETE USING ({kept})")


def downgrade() -> None:
    """Open both again."""
    for table in ("site", "state_event"):
        for policy in ("reading", "adding", "changing", "removing"):
            op.execute(f"DROP POLICY IF EXISTS {policy} ON {table}")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
