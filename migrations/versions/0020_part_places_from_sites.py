"""Keep where a site is in a row of its own, which only those read who may know it.

Case people and finance read every site, to match and to show what is on offer. Where a confidential
one is, down to its district, is for officers, its own manager, and whoever has somebody there. The
rows move in the transaction that parts the tables: sites are few, and no moment shows both.
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

SYSTEM = "(SELECT punte_is('system'))"
OFFICER = "(SELECT punte_is('vetting_officer'))"
CASE_PEOPLE = "(SELECT punte_is('case_manager', 'supervisor'))"
DIRECTORY = (
    "(SELECT punte_is('case_manager', 'supervisor', 'vetting_officer', 'finance_preparer',"
    " 'finance_approver', 'finance_releaser'))"
)
MINE = "provider_id = (SELECT punte_organisation())"
MANAGES = "(SELECT punte_is('provider_manager'))"
PLACE = ("territorial_unit", "locality", "address")
COLUMNS = ", ".join(PLACE)

RECEIVES = """
CREATE FUNCTION punte_received_at(asked uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public AS
$$ SELECT EXISTS (SELECT 1 FROM case_member m
   JOIN referral r ON r.case_id = m.case_id AND r.state IN ('accepted', 'in_progress')
   JOIN offering o ON o.id = r.offering_id AND o.site_id = asked
   WHERE m.user_id = punte_actor() AND (m.until IS NULL OR m.until > now())) $$
"""
"""Whether a site holds a place for somebody of the actor's cases. A function goes from the few cases
to the site whatever the planner thinks; a policy would read every referral there ever was."""


def upgrade() -> None:
    """Part them, guard the new rows, and show a site to nobody of whom no page tells it."""
    op.create_table(
        "site_place",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("territorial_unit", sa.Text(), nullable=False),
        sa.Column("locality", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_site_place_site_id")),
        sa.PrimaryKeyConstraint("site_id", name=op.f("pk_site_place")),
    )
    op.execute(f"INSERT INTO site_place (site_id, {COLUMNS}) SELECT id, {COLUMNS} FROM site")
    for column in PLACE:
        op.drop_column("site", column)
    op.execute(RECEIVES)
    _guard()
    seen = f"{SYSTEM} OR {DIRECTORY} OR ({MINE} AND {MANAGES})"
    op.execute(f"ALTER POLICY reading ON site USING ({seen})")


def downgrade() -> None:
    """Join them again."""
    op.execute(f"ALTER POLICY reading ON site USING ({SYSTEM} OR {MINE} OR {DIRECTORY})")
    for column in PLACE:
        op.add_column("site", sa.Column(column, sa.Text(), server_default="", nullable=False))
        op.alter_column("site", column, server_default=None)
    joined = ", ".join(f"{column} = p.{column}" for column in PLACE)
    op.execute(f"UPDATE site SET {joined} FROM site_place p WHERE p.site_id = site.id")
    op.drop_table("site_place")
    op.execute("DROP FUNCTION punte_received_at(uuid)")


def _guard() -> None:
    kept = f"{SYSTEM} OR {OFFICER} OR {_of_site(f's.{MINE} AND {MANAGES}')}"
    seen = (
        f"{kept} OR {_of_site(f'NOT s.confidential AND {DIRECTORY}')}"
        f" OR ({CASE_PEOPLE} AND punte_received_at(site_id))"
    )
    op.execute("ALTER TABLE site_place ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY reading ON site_place FOR SELECT USING ({seen})")
    op.execute(f"CREATE POLICY adding ON site_place FOR INSERT WITH CHECK ({kept})")
    op.execute(
        f"CREATE POLICY changing ON site_place FOR UPDATE USING ({kept}) WITH CHECK ({kept})"
    )
    op.execute(f"CREATE POLICY removing ON site_place FOR DELETE USING ({kept})")


def _of_site(holds: str) -> str:
    return f"EXISTS (SELECT 1 FROM site s WHERE s.id = site_place.site_id AND {holds})"
