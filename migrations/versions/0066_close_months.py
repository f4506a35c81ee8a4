"""Keep the months of the books, and refuse what is posted in one that is closed.

An entry takes a shared lock on its month, which no other entry waits for; whoever closes a month
takes it alone. So of a posting and a close at the same moment one sees what the other did.
"""

import sqlalchemy as sa
from alembic import op

revision = "0066"
down_revision = "0065"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)
BOOKS = (
    "(SELECT punte_is('system')) OR (SELECT punte_is('finance_preparer', 'finance_approver',"
    " 'finance_releaser', 'auditor'))"
)
ACTS = ("prepared", "closed", "reopen_asked", "reopened")

# A day of a month that is over is locked twice: as any earlier day, and as its month. Whoever
# closes takes both in this order, so that no month before the one that closes is forgotten.
FUNCTIONS = """
CREATE FUNCTION punte_lock_month(month date, alone boolean) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  number integer := EXTRACT(year FROM month)::integer * 12 + EXTRACT(month FROM month)::integer;
  running date := date_trunc('month', now() AT TIME ZONE 'Europe/Chisinau')::date;
BEGIN
  IF alone THEN
    PERFORM pg_advisory_xact_lock(1347768661, 0);
    PERFORM pg_advisory_xact_lock(1347768661, number);
  ELSE
    IF month < running THEN
      PERFORM pg_advisory_xact_lock_shared(1347768661, 0);
    END IF;
    PERFORM pg_advisory_xact_lock_shared(1347768661, number);
  END IF;
END $$;

CREATE FUNCTION punte_refuse_closed(month date) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM punte_lock_month(month, false);
  PERFORM 1 FROM accounting_period p
    WHERE p.month >= punte_refuse_closed.month AND p.state IN ('closed', 'reopening');
  IF FOUND THEN
    RAISE EXCEPTION 'the month of % is closed', month
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'period_is_open',
      TABLE = 'ledger_entry';
  END IF;
END $$;

CREATE FUNCTION refuse_closed_period() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public AS $$
DECLARE asked date;
BEGIN
  FOR asked IN SELECT DISTINCT date_trunc('month', posted_on)::date FROM added ORDER BY 1 LOOP
    PERFORM punte_refuse_closed(asked);
  END LOOP;
  RETURN NULL;
END $$;

CREATE FUNCTION refuse_line_of_closed_period() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public AS $$
DECLARE asked date;
BEGIN
  FOR asked IN
    SELECT DISTINCT date_trunc('month', e.posted_on)::date
      FROM added a JOIN ledger_entry e ON e.id = a.entry_id ORDER BY 1
  LOOP
    PERFORM punte_refuse_closed(asked);
  END LOOP;
  RETURN NULL;
END $$;
"""


def upgrade() -> None:
    """Add the months, and the triggers of the journal."""
    op.create_table(
        "accounting_period",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        *(
            column
            for act in ACTS
            for column in (
                sa.Column(f"{act}_by", sa.Uuid(), nullable=True),
                sa.Column(f"{act}_for", sa.Uuid(), nullable=True),
                sa.Column(f"{act}_at", AT, nullable=True),
            )
        ),
        sa.Column("reopen_reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'prepared', 'closed', 'reopening')",
            name=op.f("ck_accounting_period_state"),
        ),
        sa.CheckConstraint(
            "EXTRACT(day FROM month) = 1", name=op.f("ck_accounting_period_first_day")
        ),
        sa.CheckConstraint(
            "NOT (ARRAY[closed_by, closed_for] && ARRAY[prepared_by, prepared_for])",
            name=op.f("ck_accounting_period_closer"),
        ),
        sa.CheckConstraint(
            "NOT (ARRAY[reopened_by, reopened_for] && ARRAY[reopen_asked_by, reopen_asked_for])",
            name=op.f("ck_accounting_period_reopener"),
        ),
        sa.CheckConstraint(
            "state IN ('open', 'prepared') OR num_nulls(prepared_by, closed_by, closed_at) = 0",
            name=op.f("ck_accounting_period_closed_by_two"),
        ),
        sa.CheckConstraint(
            "state IN ('closed', 'reopening') OR closed_at IS NULL"
            " OR num_nulls(reopen_asked_by, reopened_by, reopened_at) = 0",
            name=op.f("ck_accounting_period_opened_by_two"),
        ),
        *(
            sa.ForeignKeyConstraint(
                [f"{act}_{end}"],
                ["user_account.id"],
                name=op.f(f"fk_accounting_period_{act}_{end}"),
            )
            for act in ACTS
            for end in ("by", "for")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounting_period")),
        sa.UniqueConstraint("month", name=op.f("uq_accounting_period_month")),
    )
    op.execute("ALTER TABLE accounting_period ENABLE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY everything ON accounting_period USING ({BOOKS}) WITH CHECK ({BOOKS})"
    )
    op.execute(FUNCTIONS)
    for table, function in (
        ("ledger_entry", "refuse_closed_period"),
        ("ledger_line", "refuse_line_of_closed_period"),
    ):
        op.execute(
            f"CREATE TRIGGER period_is_open AFTER INSERT ON {table}"
            f" REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
        )


def downgrade() -> None:
    """Take them away: every day can be posted in."""
    for table in ("ledger_line", "ledger_entry"):
        op.execute(f"DROP TRIGGER period_is_open ON {table}")
    for function in (
        "refuse_line_of_closed_period()",
        "refuse_closed_period()",
        "punte_refuse_closed(date)",
        "punte_lock_month(date, boolean)",
    ):
        op.execute(f"DROP FUNCTION {function}")
    op.drop_table("accounting_period")
