"""Let a person stand in for another for days, and hold four eyes over both.

Each act that another person must decide on says who did it and, of a deputy, for whom; the checks
compare both. `punte_actor()` becomes whose work is done: of a deputy, the person stood in for, as
long as the deputyship runs; `punte_person()` is who sits there. A list of cases that waits for its
next case manager moves nothing before they accept.
"""

import re
from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

SIGNED = {
    "emergency_start": ("started", "decided"),
    "plan": ("submitted", "last_edited"),
    "plan_version": ("submitted", "decided"),
    "erasure_request": ("asked", "decided"),
    "offering": ("submitted", "assessed", "approved", "suspended"),
    "voucher": ("drafted", "approved"),
    "redemption": ("recorded", "settled"),
    "bank_account": ("proposed", "approved"),
    "bank_line": ("noted",),
    "payee_account": ("proposed", "approved"),
    "payment_batch": ("prepared", "approved", "released"),
    "stripe_reversal": ("asked", "confirmed"),
    "stripe_line": ("noted", "settled"),
}


def _apart(act: str, *others: str) -> str:
    return " AND ".join(
        f"NOT (ARRAY[{act}_by, {act}_for] && ARRAY[{other}_by, {other}_for])" for other in others
    )


def _not_among_writers(act: str) -> str:
    return f"NOT (ARRAY[{act}_by, {act}_for] && written_by)"


SMALL = "total_minor < (CASE currency WHEN 'MDL' THEN 500000 WHEN 'EUR' THEN 25000 ELSE 0 END)"
# law → what it says now, and what it said
LAWS = {
    ("emergency_start", "four_eyes"): (
        _apart("decided", "started"),
        "decided_by IS NULL OR decided_by <> started_by",
    ),
    ("plan_version", "four_eyes"): (
        f"{_apart('decided', 'submitted')} AND {_not_among_writers('decided')}",
        "decided_by IS NULL OR (decided_by <> submitted_by AND decided_by <> ALL (written_by))",
    ),
    ("erasure_request", "four_eyes"): (
        _apart("decided", "asked"),
        "decided_by IS NULL OR decided_by <> asked_by",
    ),
    ("offering", "four_eyes"): (
        f"{_apart('approved', 'assessed', 'submitted')} AND {_not_among_writers('approved')}",
        (
            "approved_by IS NULL OR (approved_by IS DISTINCT FROM assessed_by"
            " AND approved_by IS DISTINCT FROM submitted_by AND approved_by <> ALL (written_by))"
        ),
    ),
    ("voucher", "four_eyes"): (
        _apart("approved", "drafted"),
        "approved_by IS NULL OR approved_by <> drafted_by",
    ),
    ("redemption", "four_eyes"): (
        f"state NOT IN ('accepted', 'refused') OR {_apart('settled', 'recorded')}",
        "state NOT IN ('accepted', 'refused') OR settled_by IS NULL OR settled_by <> recorded_by",
    ),
    ("bank_account", "four_eyes"): (
        _apart("approved", "proposed"),
        "approved_by IS NULL OR approved_by <> proposed_by",
    ),
    ("payee_account", "four_eyes"): (
        _apart("approved", "proposed"),
        "approved_by IS NULL OR approved_by <> proposed_by",
    ),
    ("payment_batch", "approver"): (
        _apart("approved", "prepared"),
        "approved_by IS NULL OR approved_by <> prepared_by",
    ),
    ("payment_batch", "releaser"): (
        _apart("released", "approved"),
        "released_by IS NULL OR released_by <> approved_by",
    ),
    ("payment_batch", "preparer_releases_small_only"): (
        f"{_apart('released', 'prepared')} OR {SMALL}",
        f"released_by IS NULL OR released_by <> prepared_by OR {SMALL}",
    ),
    ("stripe_reversal", "by_two"): (
        _apart("confirmed", "asked"),
        "confirmed_by IS NULL OR confirmed_by <> asked_by",
    ),
}

PARTS = """
CREATE OR REPLACE FUNCTION refuse_parts_of_a_release() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public AS $$
DECLARE already bigint;
BEGIN
  PERFORM 1 FROM user_role WHERE user_id = {whose} AND role = 'finance_releaser';
  IF FOUND THEN RETURN NULL; END IF;
  PERFORM 1 FROM user_account WHERE {them} ORDER BY id FOR NO KEY UPDATE;
  SELECT coalesce(sum(total_minor), 0) INTO already FROM payment_batch
    WHERE {theirs} AND currency = NEW.currency AND id <> NEW.id
      AND released_at > NEW.released_at - interval '168 hours';
  IF already + NEW.total_minor
      >= (CASE NEW.currency WHEN 'MDL' THEN 500000 WHEN 'EUR' THEN 25000 ELSE 0 END) THEN
    RAISE EXCEPTION 'another person releases so much'
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'released_together',
      TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NULL;
END $$
"""
OF_BOTH = PARTS.format(
    whose="coalesce(NEW.released_for, NEW.released_by)",
    them="id IN (NEW.released_by, NEW.released_for)",
    theirs="(released_by IN (NEW.released_by, NEW.released_for)"
    " OR released_for IN (NEW.released_by, NEW.released_for))",
)
OF_ONE = PARTS.format(
    whose="NEW.released_by", them="id = NEW.released_by", theirs="released_by = NEW.released_by"
)

PERSON = """
CREATE FUNCTION punte_person() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT nullif(current_setting('punte.actor', true), '')::uuid $$;

CREATE FUNCTION punte_deputyship() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT nullif(current_setting('punte.deputyship', true), '')::uuid $$;

CREATE FUNCTION punte_represented() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = public AS
$$ SELECT d.represented_id FROM deputyship d
   JOIN user_account y ON y.id = d.represented_id AND y.disabled_at IS NULL
   JOIN user_role r ON r.user_id = d.represented_id AND r.role = d.role
   WHERE d.id = punte_deputyship() AND d.deputy_id = punte_person()
   AND d.accepted_at IS NOT NULL AND d.ended_at IS NULL
   AND (now() AT TIME ZONE 'Europe/Chisinau')::date BETWEEN d.starts_on AND d.ends_on $$;

CREATE OR REPLACE FUNCTION punte_actor() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT CASE WHEN punte_deputyship() IS NULL THEN punte_person() ELSE punte_represented() END $$;

CREATE FUNCTION punte_deputy_covers(by_which uuid, asked uuid, membership text)
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
$$ SELECT EXISTS (SELECT 1 FROM deputyship d WHERE d.id = by_which
     AND (CASE d.role WHEN 'case_manager' THEN membership IN ('manager', 'co_worker')
          WHEN 'supervisor' THEN membership IN ('supervisor', 'co_worker') ELSE false END)
     AND NOT EXISTS (SELECT 1 FROM case_member own
       WHERE own.case_id = asked AND own.user_id = d.deputy_id AND own.until <= now())) $$;

CREATE FUNCTION punte_covers(asked uuid, membership text) RETURNS boolean LANGUAGE sql STABLE AS
$$ SELECT punte_deputyship() IS NULL
   OR punte_deputy_covers(punte_deputyship(), asked, membership) $$;

CREATE OR REPLACE FUNCTION punte_on_team(asked uuid) RETURNS boolean LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = public AS
$$ SELECT EXISTS (SELECT 1 FROM case_member
   WHERE case_id = asked AND user_id = punte_actor() AND (until IS NULL OR until > now())
   AND punte_covers(case_id, role)) $$;

CREATE OR REPLACE FUNCTION punte_opened(asked uuid) RETURNS boolean LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = public AS
$$ SELECT EXISTS (SELECT 1 FROM case_file WHERE id = asked AND opened_by = punte_person()) $$;

CREATE OR REPLACE FUNCTION punte_received_at(asked uuid) RETURNS boolean LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = public AS
$$ SELECT EXISTS (SELECT 1 FROM case_member m
   JOIN referral r ON r.case_id = m.case_id AND r.state IN ('accepted', 'in_progress')
   JOIN offering o ON o.id = r.offering_id AND o.site_id = asked
   WHERE m.user_id = punte_actor() AND (m.until IS NULL OR m.until > now())
   AND punte_covers(m.case_id, m.role)) $$;
"""
BEFORE = """
CREATE OR REPLACE FUNCTION punte_actor() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT nullif(current_setting('punte.actor', true), '')::uuid $$;

CREATE OR REPLACE FUNCTION punte_on_team(asked uuid) RETURNS boolean LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = public AS
$$ SELECT EXISTS (SELECT 1 FROM case_member
   WHERE case_id = asked AND user_id = punte_actor() AND (until IS NULL OR until > now())) $$;

CREATE OR REPLACE FUNCTION punte_opened(asked uuid) RETURNS boolean LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = public AS
$$ SELECT EXISTS (SELECT 1 FROM case_file WHERE id = asked AND opened_by = punte_actor()) $$;

CREATE OR REPLACE FUNCTION punte_received_at(asked uuid) RETURNS boolean LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = public AS
$$ SELECT EXISTS (SELECT 1 FROM case_member m
   JOIN referral r ON r.case_id = m.case_id AND r.state IN ('accepted', 'in_progress')
   JOIN offering o ON o.id = r.offering_id AND o.site_id = asked
   WHERE m.user_id = punte_actor() AND (m.until IS NULL OR m.until > now())) $$;

DROP FUNCTION punte_covers(uuid, text);
DROP FUNCTION punte_deputy_covers(uuid, uuid, text);
DROP FUNCTION punte_represented();
DROP FUNCTION punte_deputyship();
DROP FUNCTION punte_person();
"""
Changes = Callable[[str, str], list[tuple[str, str]]]
"""For a table and a policy: what is sought in its rule, and what is put there."""
# Whose caseload a policy compares with: the rows of the team that cover what a deputy sees.
TEAM = r"(\w+)\.user_id = \( SELECT punte_actor\(\) AS punte_actor\)"
COVERED = (
    r"\1.user_id = ( SELECT punte_actor() AS punte_actor)"
    r" AND punte_covers(\1.case_id, \1.role)"
)
COVERS = r" AND punte_covers\(\w+\.case_id, \w+\.role\)"
# What is somebody's own stays theirs, whoever they stand in for.
OWN = {
    "inbox_message": ("reading", "changing"),
    "background_task": ("reading", "adding", "changing"),
    "answered_form": ("everything",),
    "task_page": ("everything",),
    "case_file": ("adding",),
}
ACTOR = r"SELECT punte_actor\(\) AS punte_actor"
ITSELF = "SELECT punte_person() AS punte_actor"

LAST_OF_ROLE = """
CREATE FUNCTION keep_an_approver() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public AS $$
BEGIN
  IF TG_TABLE_NAME <> 'user_role' THEN
    PERFORM 1 FROM user_role r JOIN user_account u ON u.id = r.user_id
      WHERE r.role = 'finance_approver' AND NEW.id IN (u.id, u.organisation_id);
    IF NOT FOUND THEN RETURN NULL; END IF;
  END IF;
  PERFORM pg_advisory_xact_lock(345028580356);
  PERFORM 1 FROM user_role r JOIN user_account u ON u.id = r.user_id
    JOIN organisation o ON o.id = u.organisation_id
    WHERE r.role = 'finance_approver' AND u.disabled_at IS NULL AND o.active;
  IF NOT FOUND THEN
    RAISE EXCEPTION USING MESSAGE = 'nobody would approve any more',
      ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'last_approver',
      TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER last_approver AFTER DELETE ON user_role FOR EACH ROW
  WHEN (OLD.role = 'finance_approver') EXECUTE FUNCTION keep_an_approver();
CREATE TRIGGER last_approver AFTER UPDATE OF disabled_at ON user_account FOR EACH ROW
  WHEN (OLD.disabled_at IS NULL AND NEW.disabled_at IS NOT NULL)
  EXECUTE FUNCTION keep_an_approver();
CREATE TRIGGER last_approver AFTER UPDATE OF active ON organisation FOR EACH ROW
  WHEN (OLD.active AND NOT NEW.active) EXECUTE FUNCTION keep_an_approver();
"""
SYSTEM = "(SELECT punte_is('system'))"
ON_TEAM = (
    "EXISTS (SELECT 1 FROM case_member m WHERE m.case_id = hand_over_item.case_id"
    " AND m.user_id = (SELECT punte_actor()) AND (m.until IS NULL OR m.until > now())"
    " AND punte_covers(m.case_id, m.role))"
)
OFFERED_TO = (
    "EXISTS (SELECT 1 FROM hand_over h WHERE h.id = hand_over_item.hand_over_id"
    " AND h.to_id = (SELECT punte_person()))"
)
TOLD = (
    f"{SYSTEM} OR to_id = (SELECT punte_person()) OR from_id = (SELECT punte_person())"
    " OR offered_by = (SELECT punte_person()) OR offered_for = (SELECT punte_actor())"
)
CONCERNED = f"{SYSTEM} OR (SELECT punte_is('administrator'))" + "".join(
    f" OR {one} = (SELECT punte_person())" for one in ("represented_id", "deputy_id", "named_by")
)
HOLDS_ROLE = """
CREATE FUNCTION refuse_baseless_deputyship() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public AS $$
BEGIN
  PERFORM 1 FROM user_account y JOIN user_account d ON d.organisation_id = y.organisation_id
    JOIN user_role r ON r.user_id = y.id AND r.role = NEW.role
    WHERE y.id = NEW.represented_id AND d.id = NEW.deputy_id
    AND y.disabled_at IS NULL AND d.disabled_at IS NULL;
  IF NOT FOUND THEN
    RAISE EXCEPTION USING MESSAGE = 'nobody stands in for a role that is not held there',
      ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'basis_of_deputyship',
      TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER stands_on BEFORE INSERT OR UPDATE OF accepted_at, role, deputy_id, represented_id
  ON deputyship FOR EACH ROW EXECUTE FUNCTION refuse_baseless_deputyship();
"""


def upgrade() -> None:
    """Add deputyships, for whom acts are done, the laws over both, and hand-overs that wait."""
    _add_deputyships()
    for table, acts in SIGNED.items():
        for act in acts:
            _add_person(table, f"{act}_for")
    for table in ("audit_event", "state_event"):
        op.add_column(table, sa.Column("for_id", sa.Uuid(), nullable=True))
    op.create_index(
        "ix_audit_event_for",
        "audit_event",
        ["for_id", "id"],
        postgresql_where=sa.text("for_id IS NOT NULL"),
    )
    op.add_column("background_task", sa.Column("deputyship_id", sa.Uuid(), nullable=True))
    op.add_column("sign_in_session", sa.Column("deputyship_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_sign_in_session_deputyship_id"),
        "sign_in_session",
        "deputyship",
        ["deputyship_id"],
        ["id"],
    )
    for (table, name), (now, _before) in LAWS.items():
        _say(table, name, now)
    op.execute(OF_BOTH)
    op.execute(PERSON)
    _rewrite(lambda _table, _policy: [(TEAM, COVERED)], "case_member")
    _rewrite(lambda table, policy: [(ACTOR, ITSELF)] if policy in OWN.get(table, ()) else [])
    op.execute(
        f"CREATE POLICY everything ON deputyship USING ({CONCERNED}) WITH CHECK ({CONCERNED})"
    )
    op.execute(HOLDS_ROLE)
    op.execute(LAST_OF_ROLE)
    _add_hand_overs()


def downgrade() -> None:
    """Take them away; whoever stood in for others no longer does."""
    op.drop_table("hand_over_item")
    op.drop_table("hand_over")
    op.drop_column("sign_in_session", "deputyship_id")
    op.drop_table("deputyship")
    op.execute("DROP FUNCTION keep_an_approver() CASCADE")
    op.execute("DROP FUNCTION refuse_baseless_deputyship() CASCADE")
    _rewrite(
        lambda table, policy: (
            [(r"SELECT punte_person\(\) AS \w+", "SELECT punte_actor() AS punte_actor")]
            if policy in OWN.get(table, ())
            else []
        )
    )
    _rewrite(lambda _table, _policy: [(COVERS, "")], "case_member")
    op.execute(BEFORE)
    op.execute(OF_ONE)
    for (table, name), (_now, before) in LAWS.items():
        _say(table, name, before)
    op.drop_column("background_task", "deputyship_id")
    for table in ("state_event", "audit_event"):
        op.drop_column(table, "for_id")
    for table, acts in SIGNED.items():
        for act in acts:
            op.drop_column(table, f"{act}_for")


def _add_deputyships() -> None:
    op.create_table(
        "deputyship",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("represented_id", sa.Uuid(), nullable=False),
        sa.Column("deputy_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("named_by", sa.Uuid(), nullable=True),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        *(
            sa.ForeignKeyConstraint([one], ["user_account.id"], name=op.f(f"fk_deputyship_{one}"))
            for one in ("represented_id", "deputy_id", "named_by", "ended_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deputyship")),
        sa.CheckConstraint("deputy_id <> represented_id", name=op.f("ck_deputyship_two_people")),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_deputyship_days")),
        sa.CheckConstraint(
            "named_by IS DISTINCT FROM deputy_id", name=op.f("ck_deputyship_named_by_another")
        ),
        sa.CheckConstraint(
            "role IN ('case_manager', 'supervisor', 'vetting_officer', 'finance_preparer',"
            " 'finance_approver', 'finance_releaser', 'auditor', 'administrator',"
            " 'provider_reception', 'provider_coordinator', 'provider_bookkeeper',"
            " 'provider_manager')",
            name=op.f("ck_deputyship_role"),
        ),
    )
    for one in ("represented_id", "deputy_id"):
        op.create_index(op.f(f"ix_deputyship_{one}"), "deputyship", [one, "ends_on"])
    op.execute("ALTER TABLE deputyship ENABLE ROW LEVEL SECURITY")
    op.create_index(
        "ix_deputyship_open",
        "deputyship",
        ["ends_on"],
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def _add_person(table: str, column: str) -> None:
    op.add_column(table, sa.Column(column, sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f(f"fk_{table}_{column}"), table, "user_account", [column], ["id"])


def _say(table: str, name: str, law: str) -> None:
    op.drop_constraint(op.f(f"ck_{table}_{name}"), table)
    op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, law)


def _rewrite(changes: Changes, only_with: str = "") -> None:
    """Say policies anew with parts of them replaced; what stands around stays as it was said."""
    policies = op.get_bind().execute(
        sa.text("SELECT tablename, policyname, qual, with_check FROM pg_policies ORDER BY 1, 2")
    )
    for table, policy, using, check in policies.all():
        said = {"USING": using, "WITH CHECK": check}
        after = dict(said)
        for part, text in said.items():
            for sought, put in changes(table, policy):
                if text and only_with in text:
                    after[part] = re.sub(sought, put, after[part])
        parts = " ".join(f"{part} ({text})" for part, text in after.items() if text)
        if after != said:
            op.execute(sa.text(f'ALTER POLICY "{policy}" ON "{table}" {parts}'.replace(":", r"\:")))


def _add_hand_overs() -> None:
    op.create_table(
        "hand_over",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("from_id", sa.Uuid(), nullable=False),
        sa.Column("to_id", sa.Uuid(), nullable=False),
        sa.Column("stays", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("offered_by", sa.Uuid(), nullable=False),
        sa.Column("offered_for", sa.Uuid(), nullable=True),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        *(
            sa.ForeignKeyConstraint([one], ["user_account.id"], name=op.f(f"fk_hand_over_{one}"))
            for one in ("from_id", "to_id", "offered_by", "offered_for")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_over")),
        sa.CheckConstraint("from_id <> to_id", name=op.f("ck_hand_over_two_people")),
    )
    for one in ("from_id", "to_id"):
        op.create_index(
            f"ix_hand_over_{one}", "hand_over", [one], postgresql_where=sa.text("closed_at IS NULL")
        )
    op.create_table(
        "hand_over_item",
        sa.Column("hand_over_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["hand_over_id"],
            ["hand_over.id"],
            name=op.f("fk_hand_over_item_hand_over_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_hand_over_item_case_id")
        ),
        sa.PrimaryKeyConstraint("hand_over_id", "case_id", name=op.f("pk_hand_over_item")),
        sa.CheckConstraint(
            "answer IN ('waiting', 'accepted', 'refused', 'withdrawn')",
            name=op.f("ck_hand_over_item_answer"),
        ),
    )
    op.create_index(
        "uq_hand_over_item_waiting",
        "hand_over_item",
        ["case_id"],
        unique=True,
        postgresql_where=sa.text("answer = 'waiting'"),
    )
    op.execute("ALTER TABLE hand_over ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY everything ON hand_over USING ({TOLD}) WITH CHECK ({TOLD})")
    op.execute("ALTER TABLE hand_over_item ENABLE ROW LEVEL SECURITY")
    seen = f"{SYSTEM} OR {ON_TEAM}"
    op.execute(f"CREATE POLICY reading ON hand_over_item FOR SELECT USING ({seen} OR {OFFERED_TO})")
    op.execute(f"CREATE POLICY adding ON hand_over_item FOR INSERT WITH CHECK ({seen})")
    op.execute(
        "CREATE POLICY changing ON hand_over_item FOR UPDATE"
        f" USING ({seen} OR {OFFERED_TO}) WITH CHECK ({seen} OR {OFFERED_TO})"
    )
    op.execute(f"CREATE POLICY removing ON hand_over_item FOR DELETE USING ({SYSTEM})")
