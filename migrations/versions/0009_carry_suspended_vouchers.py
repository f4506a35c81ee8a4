"""Carry suspended vouchers over: open as they were, each with one live hold.

Who, when, why and for which cause is read from the event log, here for the last time. A voucher
that replaced a suspended one has no event of its own: its forerunner's counts.
"""

from collections.abc import Iterable

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

CARRY = """
WITH RECURSIVE chain AS (
  SELECT id AS held, id AS of, replaces_id, 0 AS back FROM voucher WHERE state = 'suspended'
  UNION ALL
  SELECT chain.held, v.id, v.replaces_id, chain.back + 1
    FROM chain JOIN voucher v ON v.id = chain.replaces_id
), said AS (
  SELECT DISTINCT ON (chain.held) chain.held, e.at, e.actor_id, e.reason,
         e.data ->> 'cause' = 'offering_suspended' AS by_offering
    FROM chain JOIN state_event e ON e.aggregate = 'voucher' AND e.aggregate_id = chain.of
   WHERE e.move = 'suspend'
   ORDER BY chain.held, chain.back, e.id DESC
)
INSERT INTO voucher_hold (id, voucher_id, case_id, cause, reference, reason, placed_by, since)
SELECT gen_random_uuid(), v.id, v.case_id,
       CASE WHEN said.by_offering THEN 'offering_suspended' ELSE 'case_team' END,
       CASE WHEN said.by_offering THEN v.offering_id::text ELSE '' END,
       coalesce(said.reason, ''), said.actor_id, coalesce(said.at, v.issued_at, v.created_at)
  FROM voucher v LEFT JOIN said ON said.held = v.id
 WHERE v.state = 'suspended'
"""
REOPEN = """
UPDATE voucher SET live_holds = 1,
       state = CASE WHEN amount_left_minor = 0 THEN 'redeemed'
                    ELSE coalesce(suspended_from, 'issued') END
 WHERE state = 'suspended'
"""
BACK = """
UPDATE voucher SET suspended_from = state, state = 'suspended'
 WHERE live_holds > 0 AND state IN ('issued', 'partly_redeemed')
"""
BEFORE = (
    "draft",
    "approved",
    "issued",
    "partly_redeemed",
    "redeemed",
    "suspended",
    "expired",
    "cancelled",
    "replaced",
)


def upgrade() -> None:
    """Make the holds, open the vouchers, and let the state and where it came from go."""
    op.execute(CARRY)
    op.execute(REOPEN)
    op.drop_column("voucher", "suspended_from")
    _hold_to(state for state in BEFORE if state != "suspended")
    _index_open("'issued', 'partly_redeemed'")


def downgrade() -> None:
    """Suspend again what a hold stops; which holds they were stays in their table."""
    op.add_column("voucher", sa.Column("suspended_from", sa.Text(), nullable=True))
    _hold_to(BEFORE)
    op.execute(BACK)
    _index_open("'issued', 'partly_redeemed', 'suspended'")


def _hold_to(states: Iterable[str]) -> None:
    listed = ", ".join(f"'{state}'" for state in states)
    op.drop_constraint(op.f("ck_voucher_state"), "voucher", type_="check")
    op.create_check_constraint(op.f("ck_voucher_state"), "voucher", f"state IN ({listed})")


def _index_open(states: str) -> None:
    op.drop_index("ix_voucher_expiry", "voucher")
    op.create_index(
        "ix_voucher_expiry",
        "voucher",
        ["valid_until"],
        postgresql_where=sa.text(f"state IN ({states})"),
    )
