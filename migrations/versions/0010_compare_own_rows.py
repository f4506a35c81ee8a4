"""Let each row say by itself who sees it, or ask by key; `IN (SELECT …)` read whole tables.

Who works on a case is guarded, too. Its policy asks through a function of the owner: a policy of a
table that read the same table would ask itself for ever.
"""

from collections.abc import Callable

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

SYSTEM = "(SELECT punte_is('system'))"
FINANCE = "(SELECT punte_is('finance_preparer', 'finance_approver', 'finance_releaser', 'auditor'))"
OWN = "provider_id = (SELECT punte_organisation())"
DESK = "(SELECT punte_is('provider_reception', 'provider_coordinator', 'provider_manager'))"
BOOKS = "(SELECT punte_is('provider_bookkeeper', 'provider_manager'))"
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
FUNCTIONS = """
CREATE FUNCTION punte_on_team(asked uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public AS
$$ SELECT EXISTS (SELECT 1 FROM case_member
   WHERE case_id = asked AND user_id = punte_actor() AND (until IS NULL OR until > now())) $$;

CREATE FUNCTION punte_opened(asked uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public AS
$$ SELECT EXISTS (SELECT 1 FROM case_file WHERE id = asked AND opened_by = punte_actor()) $$;
"""
CASELOAD = """
CREATE FUNCTION punte_caseload() RETURNS SETOF uuid LANGUAGE sql STABLE AS
$$ SELECT case_id FROM case_member
   WHERE user_id = punte_actor() AND (until IS NULL OR until > now()) $$
"""


def _by_key(case_id: str) -> str:
    return (
        f"EXISTS (SELECT 1 FROM case_member m WHERE m.case_id = {case_id}"
        " AND m.user_id = (SELECT punte_actor()) AND (m.until IS NULL OR m.until > now()))"
    )


def _by_list(case_id: str) -> str:
    return f"{case_id} IN (SELECT punte_caseload())"


_VOUCHER = f"{OWN} OR {FINANCE} OR (provider_id IS NULL AND {DESK})"
NARROWER = {
    "voucher": f"{_VOUCHER} OR {_by_key('voucher.case_id')}",
    "pseudonym": _by_key("pseudonym.case_id"),
    "referral": f"{_by_key('referral.case_id')}"
    f" OR ({OWN} AND {DESK} AND state <> 'draft' AND requested_at IS NOT NULL)",
    "redemption": f"{OWN} OR {FINANCE} OR {_by_key('redemption.case_id')}",
    "claim": f"({OWN} AND {BOOKS}) OR ({FINANCE} AND state <> 'draft')",
    "claim_line": "EXISTS (SELECT 1 FROM claim c WHERE c.id = claim_line.claim_id)",
    "payment_order": f"({OWN} AND {BOOKS}) OR {FINANCE}",
    "payee_account": f"({OWN} AND {BOOKS}) OR {FINANCE} OR (SELECT punte_is('vetting_officer'))",
}
"""Of a provider's people those who answer see requests, and those who claim see money."""

BEFORE = {
    "voucher": f"{_by_list('voucher.case_id')} OR {_VOUCHER}",
    "pseudonym": f"{_by_list('pseudonym.case_id')} OR {OWN}",
    "referral": f"{_by_list('referral.case_id')} OR ({OWN} AND state <> 'draft')",
    "redemption": f"{OWN} OR {FINANCE} OR voucher_id IN (SELECT id FROM voucher)",
    "claim": f"{OWN} OR {FINANCE}",
    "claim_line": "claim_id IN (SELECT id FROM claim)",
    "payment_order": f"{OWN} OR {FINANCE}",
    "payee_account": f"{OWN} OR {FINANCE} OR (SELECT punte_is('vetting_officer'))",
}


def upgrade() -> None:
    """Say every rule over cases, vouchers and claims by key; guard who works on a case."""
    op.execute(FUNCTIONS)
    _guard_members()
    _say(_by_key)
    for table, rule in NARROWER.items():
        _change(table, rule)
    op.execute("DROP FUNCTION punte_caseload()")


def downgrade() -> None:
    """Say them by lists again."""
    op.execute(CASELOAD)
    _say(_by_list)
    for table, rule in BEFORE.items():
        _change(table, rule)
    for policy in ("reading", "adding", "changing", "removing"):
        op.execute(f"DROP POLICY {policy} ON case_member")
    op.execute("ALTER TABLE case_member DISABLE ROW LEVEL SECURITY")
    op.execute("DROP FUNCTION punte_on_team(uuid)")
    op.execute("DROP FUNCTION punte_opened(uuid)")


def _guard_members() -> None:
    """Whoever opens a case makes its first team; later the team changes itself."""
    mine = f"{SYSTEM} OR punte_on_team(case_id)"
    op.execute("ALTER TABLE case_member ENABLE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY reading ON case_member FOR SELECT"
        f" USING (user_id = (SELECT punte_actor()) OR {mine})"
    )
    op.execute(
        "CREATE POLICY adding ON case_member FOR INSERT"
        f" WITH CHECK ({mine} OR punte_opened(case_id))"
    )
    op.execute(
        f"CREATE POLICY changing ON case_member FOR UPDATE USING ({mine}) WITH CHECK ({mine})"
    )
    op.execute(f"CREATE POLICY removing ON case_member FOR DELETE USING ({mine})")


def _say(on_team: Callable[[str], str]) -> None:
    for table in CASE_PLANE:
        _change(table, on_team(f"{table}.case_id"))
    mine = f"{SYSTEM} OR {on_team('case_file.id')}"
    op.execute(f"ALTER POLICY reading ON case_file USING ({mine})")
    op.execute(f"ALTER POLICY changing ON case_file USING ({mine}) WITH CHECK ({mine})")
    trail = f"{SYSTEM} OR (SELECT punte_is('auditor')) OR {on_team('audit_event.case_id')}"
    op.execute(f"ALTER POLICY reading ON audit_event USING ({trail})")


def _change(table: str, rule: str) -> None:
    op.execute(
        f"ALTER POLICY everything ON {table} USING ({SYSTEM} OR {rule})"
        f" WITH CHECK ({SYSTEM} OR {rule})"
    )
