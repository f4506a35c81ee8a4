"""Let payees be paid at an account of a payment service, orders leave as messages, and parts return.

A CHECK of the journal's events is made anew, so the whole journal is read once.
"""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

EVENTS_BEFORE = "'grant_received', 'allocated', 'reduced', 'moved', 'issued', 'replaced', 'redeemed', 'remainder_released', 'payment_released', 'settled_by_bank', 'settled_by_stripe', 'unsettled', 'payment_failed', 'returned_open', 'returned_clawed', 'return_charges', 'return_charges_clawed', 'reversed', 'reversed_closed', 'clawed_back', 'repaid', 'offset', 'offset_undone', 'advance_paid', 'advance_liquidated', 'bank_fee', 'exchanged_out', 'exchanged_in', 'exchange_loss', 'exchange_gain'"
EVENTS = "'grant_received', 'allocated', 'reduced', 'moved', 'issued', 'replaced', 'redeemed', 'remainder_released', 'payment_released', 'settled_by_bank', 'settled_by_stripe', 'unsettled', 'unsettled_stripe', 'payment_failed', 'returned_open', 'returned_clawed', 'returned_open_stripe', 'returned_clawed_stripe', 'return_charges', 'return_charges_clawed', 'reversed', 'reversed_closed', 'clawed_back', 'repaid', 'repaid_stripe', 'offset', 'offset_undone', 'advance_paid', 'advance_liquidated', 'bank_fee', 'stripe_fee', 'stripe_topped_up', 'stripe_drawn', 'exchanged_out', 'exchanged_in', 'exchange_loss', 'exchange_gain'"
SOURCES_BEFORE = (
    "'bank_account', 'bank_line', 'budget_line', 'payment_order', 'redemption', 'voucher'"
)
SOURCES = "'bank_account', 'bank_line', 'budget_line', 'payment_order', 'redemption', 'service_line', 'voucher'"

LISTS = (
    ("ledger_entry", "event", EVENTS, EVENTS_BEFORE),
    ("ledger_sum", "event", EVENTS, EVENTS_BEFORE),
    ("ledger_entry", "source_type", SOURCES, SOURCES_BEFORE),
    (
        "bank_line",
        "resolution",
        "'fee', 'grant', 'repaid', 'returned', 'service', ''",
        "'fee', 'grant', 'repaid', 'returned', ''",
    ),
    (
        "payment_batch",
        "rail",
        "'mdl_csv', 'sepa_pain001', 'stripe_transfer'",
        "'mdl_csv', 'sepa_pain001'",
    ),
)
"""Lists of codes that grew: table, column, the list from now on and the one before."""

ADDED = (
    ("payee_account", "service_account", sa.Text(), ""),
    ("payment_order", "payee_service_account", sa.Text(), ""),
    ("payment_order", "taken_back_minor", sa.BigInteger(), "0"),
)

CHECKS = (
    ("payee_account", "one_place", "(iban = '') <> (service_account = '')"),
    ("payment_batch", "paid_from", "(rail = 'stripe_transfer') = (bank_account_id IS NULL)"),
    ("payment_order", "one_place", "(payee_iban = '') <> (payee_service_account = '')"),
    ("payment_order", "taken_back", "taken_back_minor BETWEEN 0 AND amount_minor"),
)


def upgrade() -> None:
    """Let the lists grow, then add the columns and hold them."""
    for table, column, listed, _before in LISTS:
        _hold_to(table, column, listed)
    for table, column, kind, nothing in ADDED:
        op.add_column(
            table, sa.Column(column, kind, server_default=sa.text(f"'{nothing}'"), nullable=False)
        )
        op.alter_column(table, column, server_default=None)
    op.alter_column("payment_batch", "bank_account_id", nullable=True)
    for table, name, rule in CHECKS:
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, rule)
    op.create_index(
        "uq_payee_account_service",
        "payee_account",
        ["service_account", "currency"],
        unique=True,
        postgresql_where="service_account <> '' AND retired_at IS NULL",
    )


def downgrade() -> None:
    """Take them away; it refuses while a row has a code or a place that was not there before."""
    op.drop_index("uq_payee_account_service", "payee_account")
    for table, name, _rule in CHECKS:
        op.drop_constraint(op.f(f"ck_{table}_{name}"), table)
    op.alter_column("payment_batch", "bank_account_id", nullable=False)
    for table, column, _kind, _nothing in ADDED:
        op.drop_column(table, column)
    for table, column, _listed, before in LISTS:
        _hold_to(table, column, before)


def _hold_to(table: str, column: str, listed: str) -> None:
    op.execute(f"ALTER TABLE {table} DROP CONSTRAINT ck_{table}_{column}")
    check = f"ck_{table}_{column} CHECK ({column} IN ({listed}))"
    op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {check}")
