"""Let every line of the bank end: what it was is a row of its own that can be undone.

An order may be paid by several lines, so it knows what has left for it. The lists of the journal's
events and accounts grow, so the whole journal is read once.
"""

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None

EVENTS_BEFORE = "'grant_received', 'allocated', 'reduced', 'moved', 'issued', 'replaced', 'redeemed', 'remainder_released', 'payment_released', 'settled_by_bank', 'settled_by_stripe', 'unsettled', 'unsettled_stripe', 'payment_failed', 'returned_open', 'returned_clawed', 'returned_open_stripe', 'returned_clawed_stripe', 'return_charges', 'return_charges_clawed', 'reversed', 'reversed_closed', 'clawed_back', 'repaid', 'repaid_stripe', 'offset', 'offset_undone', 'advance_paid', 'advance_liquidated', 'bank_fee', 'stripe_fee', 'stripe_fee_back', 'stripe_topped_up', 'stripe_drawn', 'exchanged_out', 'exchanged_in', 'exchange_loss', 'exchange_gain', 'opening_bank', 'opening_fund', 'opening_bank_undone', 'opening_fund_undone'"
EVENTS = "'grant_received', 'allocated', 'reduced', 'moved', 'issued', 'replaced', 'redeemed', 'remainder_released', 'payment_released', 'settled_by_bank', 'settled_by_stripe', 'unsettled', 'unsettled_stripe', 'payment_failed', 'returned_open', 'returned_clawed', 'returned_open_stripe', 'returned_clawed_stripe', 'return_charges', 'return_charges_clawed', 'reversed', 'reversed_closed', 'clawed_back', 'repaid', 'repaid_stripe', 'offset', 'offset_undone', 'advance_paid', 'advance_liquidated', 'bank_fee', 'stripe_fee', 'stripe_fee_back', 'stripe_topped_up', 'stripe_drawn', 'exchanged_out', 'exchanged_in', 'exchange_loss', 'exchange_gain', 'opening_bank', 'opening_fund', 'opening_bank_undone', 'opening_fund_undone', 'grant_undone', 'returned_open_undone', 'returned_clawed_undone', 'return_charges_undone', 'return_charges_clawed_undone', 'repaid_undone', 'bank_fee_undone', 'stripe_topped_up_undone', 'stripe_drawn_undone', 'paid_twice', 'paid_twice_undone', 'interest_received', 'interest_undone', 'received_for_others', 'received_for_others_undone', 'paid_for_others', 'paid_for_others_undone', 'line_written_off', 'line_written_off_undone'"
ACCOUNTS_BEFORE = "'1110', '1120', '1300', '1310', '1900', '2100', '2200', '2300', '3000', '4100', '5100', '6100', '7100', '9000', '9100', '9200', '9300'"
ACCOUNTS = "'1110', '1120', '1300', '1310', '1900', '2100', '2190', '2200', '2300', '3000', '4100', '4200', '5100', '6100', '6200', '7100', '9000', '9100', '9200', '9300'"
ENDS_BEFORE = "'fee', 'grant', 'repaid', 'returned', 'service', ''"
ENDS = "'fee', 'grant', 'repaid', 'returned', 'service', 'paid_twice', 'interest', 'others', 'recorded', 'before_books', 'written_off', ''"
STEPS = "'ask_bank', 'ask_payee', 'ask_donor', 'await_line', 'decide_by_second', ''"
LISTS = (
    ("ledger_entry", "event", EVENTS, EVENTS_BEFORE),
    ("ledger_sum", "event", EVENTS, EVENTS_BEFORE),
    ("ledger_line", "account", ACCOUNTS, ACCOUNTS_BEFORE),
    ("ledger_sum", "account", ACCOUNTS, ACCOUNTS_BEFORE),
    ("bank_line", "resolution", ENDS, ENDS_BEFORE),
)
"""Lists of codes that grew: table, column, the list from now on and the one before."""
MOVES_BEFORE = "event IN ('grant_received', 'allocated', 'reduced', 'moved', 'opening_fund', 'opening_fund_undone')"
MOVES = "event IN ('grant_received', 'allocated', 'reduced', 'moved', 'opening_fund', 'opening_fund_undone', 'grant_undone')"
FINANCE = "(SELECT punte_is('finance_preparer', 'finance_approver', 'finance_releaser', 'auditor'))"
SYSTEM = "(SELECT punte_is('system'))"
OPEN = "state IN ('unmatched', 'suggested', 'exception') AND owner_id IS NOT NULL"
PAID = (
    "paid_minor BETWEEN 0 AND amount_minor AND CASE"
    " WHEN state IN ('settled', 'returned') THEN paid_minor = amount_minor"
    " WHEN state = 'released' THEN paid_minor < amount_minor OR amount_minor = 0"
    " ELSE paid_minor = 0 END"
)
EARLIER = """
INSERT INTO bank_line_ending (id, bank_line_id, kind, event, amount_minor, currency, fund_id,
                              provider_id, entry_id, said_by, said_at, undone_reason)
SELECT gen_random_uuid(), b.id, b.resolution,
       CASE b.resolution WHEN 'fee' THEN 'bank_fee' WHEN 'grant' THEN 'grant_received'
            WHEN 'repaid' THEN 'repaid' WHEN 'returned' THEN ''
            ELSE CASE WHEN b.amount_minor < 0 THEN 'stripe_topped_up' ELSE 'stripe_drawn' END END,
       b.amount_minor, b.currency,
       CASE WHEN b.resolution = 'grant' THEN (
         SELECT l.fund_id FROM ledger_line l WHERE l.entry_id = e.id LIMIT 1) END,
       CASE WHEN b.resolution = 'repaid' THEN (
         SELECT l.provider_id FROM ledger_line l WHERE l.entry_id = e.id LIMIT 1) END,
       CASE WHEN b.resolution = 'grant' THEN e.id END,
       b.resolved_by, coalesce(b.resolved_at, now()), ''
  FROM bank_line b
  LEFT JOIN ledger_entry e ON e.key = b.resolution || '|' || b.id || '|0'
 WHERE b.state = 'resolved'
"""
"""A line that ended before has one ending; of a return it is not known which order it brought."""
LAW = """
CREATE OR REPLACE FUNCTION refuse_unequal_match() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public AS $$
DECLARE line bank_line;
BEGIN
  SELECT * INTO line FROM bank_line WHERE id = NEW.id;
  IF line.state IN ('matched', 'resolved') AND line.amount_minor <>
     (SELECT coalesce(sum(amount_minor), 0) FROM bank_line_ending
       WHERE bank_line_id = line.id AND undone_at IS NULL)
   - (SELECT coalesce(sum(amount_minor), 0) FROM bank_match
       WHERE bank_line_id = line.id AND undone_at IS NULL) THEN
    RAISE EXCEPTION USING MESSAGE = 'orders and endings are not the line',
      ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'sum_of_match',
      TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NULL;
END $$;
"""
LAW_BEFORE = """
CREATE OR REPLACE FUNCTION refuse_unequal_match() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public AS $$
DECLARE line bank_line;
BEGIN
  SELECT * INTO line FROM bank_line WHERE id = NEW.id;
  IF line.state = 'matched' THEN
    PERFORM 1 FROM bank_match WHERE bank_line_id = line.id AND undone_at IS NULL
      HAVING coalesce(sum(amount_minor), 0) <> -line.amount_minor;
    IF FOUND THEN
      RAISE EXCEPTION USING MESSAGE = 'the orders are not the line',
        ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'sum_of_match',
        TABLE = TG_TABLE_NAME;
    END IF;
  END IF;
  RETURN NULL;
END $$;
"""
WATCHED = (
    "CREATE CONSTRAINT TRIGGER matched AFTER INSERT OR UPDATE OF state, amount_minor ON bank_line"
    " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state IN ({0}))"
    " EXECUTE FUNCTION refuse_unequal_match()"
)


def upgrade() -> None:
    """Add the endings, tell them of the lines that ended, and what was paid of each order."""
    for table, column, listed, _before in LISTS:
        _hold_to(table, column, listed)
    _index_moves(MOVES)
    op.add_column(
        "payment_order",
        sa.Column("paid_minor", sa.BigInteger(), server_default="0", nullable=False),
    )
    op.execute(
        "UPDATE payment_order SET paid_minor = amount_minor WHERE state IN ('settled', 'returned')"
    )
    op.alter_column("payment_order", "paid_minor", server_default=None)
    op.create_check_constraint(op.f("ck_payment_order_paid"), "payment_order", PAID)
    op.add_column("bank_line", sa.Column("next_step", sa.Text(), server_default="", nullable=False))
    op.alter_column("bank_line", "next_step", server_default=None)
    op.add_column("bank_line", sa.Column("next_on", sa.Date(), nullable=True))
    op.create_check_constraint(
        op.f("ck_bank_line_next_step"), "bank_line", f"next_step IN ({STEPS})"
    )
    op.create_index(
        "ix_bank_line_next", "bank_line", ["owner_id", "next_on"], postgresql_where=sa.text(OPEN)
    )
    op.drop_index("uq_bank_match_order_live", "bank_match")
    op.create_index(
        "uq_bank_match_line_order_live",
        "bank_match",
        ["bank_line_id", "payment_order_id"],
        unique=True,
        postgresql_where=sa.text("undone_at IS NULL"),
    )
    _create_endings()
    op.execute(EARLIER)
    op.execute("DROP TRIGGER matched ON bank_line")
    op.execute(LAW)
    op.execute(WATCHED.format("'matched', 'resolved'"))


def _create_endings() -> None:
    op.create_table(
        "bank_line_ending",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bank_line_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("fund_id", sa.Uuid(), nullable=True),
        sa.Column("provider_id", sa.Uuid(), nullable=True),
        sa.Column("payment_order_id", sa.Uuid(), nullable=True),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.Column("said_by", sa.Uuid(), nullable=True),
        sa.Column("said_for", sa.Uuid(), nullable=True),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_by", sa.Uuid(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            f"kind IN ({ENDS[: ENDS.rindex(',')]})", name=op.f("ck_bank_line_ending_kind")
        ),
        sa.CheckConstraint(f"event IN ({EVENTS}, '')", name=op.f("ck_bank_line_ending_event")),
        sa.CheckConstraint("amount_minor <> 0", name=op.f("ck_bank_line_ending_amount")),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_bank_line_ending_{column}")
            )
            for column, table in (
                ("bank_line_id", "bank_line"),
                ("fund_id", "fund"),
                ("provider_id", "provider"),
                ("payment_order_id", "payment_order"),
                ("entry_id", "ledger_entry"),
                ("said_by", "user_account"),
                ("said_for", "user_account"),
                ("undone_by", "user_account"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_line_ending")),
    )
    op.create_index(op.f("ix_bank_line_ending_bank_line_id"), "bank_line_ending", ["bank_line_id"])
    op.create_index(
        "uq_bank_line_ending_entry_live",
        "bank_line_ending",
        ["entry_id"],
        unique=True,
        postgresql_where=sa.text("undone_at IS NULL"),
    )
    op.execute("ALTER TABLE bank_line_ending ENABLE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY everything ON bank_line_ending USING ({SYSTEM} OR {FINANCE})"
        f" WITH CHECK ({SYSTEM} OR {FINANCE})"
    )


def downgrade() -> None:
    """Take it away; a list shrinks only where nothing uses what was added."""
    op.execute("DROP TRIGGER matched ON bank_line")
    op.execute(LAW_BEFORE)
    op.execute(WATCHED.format("'matched'"))
    op.drop_table("bank_line_ending")
    op.drop_index("uq_bank_match_line_order_live", "bank_match")
    op.create_index(
        "uq_bank_match_order_live",
        "bank_match",
        ["payment_order_id"],
        unique=True,
        postgresql_where=sa.text("undone_at IS NULL"),
    )
    op.drop_index("ix_bank_line_next", "bank_line")
    op.drop_column("bank_line", "next_on")
    op.drop_column("bank_line", "next_step")
    op.drop_column("payment_order", "paid_minor")
    _index_moves(MOVES_BEFORE)
    for table, column, _listed, before in LISTS:
        _hold_to(table, column, before)


def _hold_to(table: str, column: str, listed: str) -> None:
    name = f"ck_{table}_{column}"
    op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({column} IN ({listed}))")


def _index_moves(which: str) -> None:
    op.drop_index("ix_ledger_entry_moves", "ledger_entry")
    op.create_index(
        "ix_ledger_entry_moves",
        "ledger_entry",
        ["posted_at", "id"],
        postgresql_where=sa.text(which),
    )
