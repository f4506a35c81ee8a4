"""Keep the devices of providers' desks, and for whom a deputy wrote a note.

Codes and what admitted browsers show are kept as hashes only.
"""

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)
OWN = (
    "(SELECT punte_is('system')) OR ((SELECT punte_is('provider_manager'))"
    " AND organisation_id = (SELECT punte_organisation()))"
)
THERE = "organisation_id = (SELECT punte_organisation())"
"""Each page of reception asks whether its device is known: a hash, a name and days, of nobody."""


def upgrade() -> None:
    """Add the table, whose rows are seen where the device stands, and the column."""
    op.create_table(
        "desk_device",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("code_until", AT, nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", AT, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=True),
        sa.Column("admitted_by", sa.Uuid(), nullable=True),
        sa.Column("admitted_at", AT, nullable=True),
        sa.Column("last_seen_at", AT, nullable=True),
        sa.Column("ended_at", AT, nullable=True),
        sa.CheckConstraint("code_until > made_at", name=op.f("ck_desk_device_ends_later")),
        sa.CheckConstraint(
            "num_nulls(hash, admitted_by, admitted_at, last_seen_at) IN (0, 4)",
            name=op.f("ck_desk_device_admitted_whole"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_desk_device_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["user_account.id"], name=op.f("fk_desk_device_made_by")
        ),
        sa.ForeignKeyConstraint(
            ["admitted_by"], ["user_account.id"], name=op.f("fk_desk_device_admitted_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_device")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_desk_device_code_hash")),
        sa.UniqueConstraint("hash", name=op.f("uq_desk_device_hash")),
    )
    op.create_index(op.f("ix_desk_device_organisation_id"), "desk_device", ["organisation_id"])
    op.create_index(op.f("ix_desk_device_admitted_by"), "desk_device", ["admitted_by"])
    op.execute("ALTER TABLE desk_device ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY everything ON desk_device USING ({OWN}) WITH CHECK ({OWN})")
    op.execute(f"CREATE POLICY reading ON desk_device FOR SELECT USING ({THERE})")
    op.add_column("case_note", sa.Column("written_for", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_case_note_written_for"), "case_note", "user_account", ["written_for"], ["id"]
    )


def downgrade() -> None:
    """Take them away: reception signs in by password, and notes say who wrote them."""
    op.drop_column("case_note", "written_for")
    op.drop_table("desk_device")
