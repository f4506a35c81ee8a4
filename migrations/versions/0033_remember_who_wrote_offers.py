"""Remember who wrote an offering, hold that none of them approves it, and find the trail by its days."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

BEFORE = (
    "approved_by IS NULL OR (approved_by IS DISTINCT FROM assessed_by"
    " AND approved_by IS DISTINCT FROM submitted_by"
)


def upgrade() -> None:
    """Take the writers of what nobody approved yet from the trail; older approvals stand."""
    writers = sa.Column("written_by", sa.ARRAY(sa.Uuid()), server_default="{}", nullable=False)
    op.add_column("offering", writers)
    op.alter_column("offering", "written_by", server_default=None)
    op.execute(
        "UPDATE offering o SET written_by = coalesce((SELECT array_agg(DISTINCT e.actor_id)"
        " FROM audit_event e WHERE e.subject_type = 'offering' AND e.subject_id = o.id"
        " AND e.action IN ('offering:draft', 'offering:edit') AND e.actor_id IS NOT NULL), '{}')"
        " WHERE approved_by IS NULL"
    )
    op.drop_constraint("ck_offering_four_eyes", "offering")
    op.create_check_constraint(
        op.f("ck_offering_four_eyes"), "offering", f"{BEFORE} AND approved_by <> ALL (written_by))"
    )
    op.create_index("ix_audit_event_at", "audit_event", ["at", "id"])


def downgrade() -> None:
    """Take them away."""
    op.drop_index("ix_audit_event_at", "audit_event")
    op.drop_constraint("ck_offering_four_eyes", "offering")
    op.create_check_constraint(op.f("ck_offering_four_eyes"), "offering", f"{BEFORE})")
    op.drop_column("offering", "written_by")
