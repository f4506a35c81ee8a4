"""Let nobody read another person's inbox or upload, nor what waits to leave the house.

Whoever acts may leave a message to others. A message under a key that exists is left out without
a look at the row that is there: `ON CONFLICT DO NOTHING` names no columns.
"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

SYSTEM = "(SELECT punte_is('system'))"
ME = "(SELECT punte_actor())"
# table → whose row it is; who may add one
GUARDED = {
    "inbox_message": (f"user_id = {ME}", "true"),
    "outbox_message": ("false", "true"),
    "background_task": (f"started_by = {ME}", f"started_by = {ME}"),
}


def upgrade() -> None:
    """Guard each table; jobs and operators see all of it."""
    for table, (mine, added) in GUARDED.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY reading ON {table} FOR SELECT USING ({SYSTEM} OR {mine})")
        op.execute(f"CREATE POLICY adding ON {table} FOR INSERT WITH CHECK ({SYSTEM} OR {added})")
        op.execute(
            f"CREATE POLICY changing ON {table} FOR UPDATE"
            f" USING ({SYSTEM} OR {mine}) WITH CHECK ({SYSTEM} OR {mine})"
        )
        op.execute(f"CREATE POLICY removing ON {table} FOR DELETE USING ({SYSTEM})")


def downgrade() -> None:
    """Open them again."""
    for table in GUARDED:
        for policy in ("reading", "adding", "changing", "removing"):
            op.execute(f"DROP POLICY {policy} ON {table}")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
