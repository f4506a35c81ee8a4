"""Find providers by the names of their sites and services too.

`site` is under row-level security, so a function of the owner looks through it, as migration 0015
tells.
"""

from alembic import op
from flask import current_app
from sqlalchemy import make_url

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both indexes, and what looks through sites."""
    for table in ("site", "offering"):
        op.execute(f"CREATE INDEX ix_{table}_words ON {table} USING gin (punte_words(name))")
    op.execute(
        "CREATE FUNCTION punte_called_site(said text) RETURNS SETOF uuid"
        " LANGUAGE sql STABLE SECURITY DEFINER ROWS 50 SET search_path = public AS"
        " $$ SELECT id FROM site WHERE punte_words(name) @@ punte_sought(said)"
        " ORDER BY id DESC LIMIT 1000 $$"
    )
    app_role = make_url(current_app.extensions["settings"].database_url).username
    op.execute("REVOKE ALL ON FUNCTION punte_called_site(text) FROM PUBLIC")
    op.execute(f'GRANT EXECUTE ON FUNCTION punte_called_site(text) TO "{app_role}"')


def downgrade() -> None:
    """Take all of it away."""
    op.execute("DROP FUNCTION punte_called_site(text)")
    for table in ("site", "offering"):
        op.execute(f"DROP INDEX ix_{table}_words")
