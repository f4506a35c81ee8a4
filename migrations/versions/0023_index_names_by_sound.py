"""Let a person have several values in the index of names, and say by which rule they were made.

Who is indexed already was so by rule 1; a job makes it anew, since only the application can.
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Key the index by its value too, and add the rule."""
    _key("case_id", "kind", "value")
    op.add_column(
        "person_identity", sa.Column("folded_by", sa.Integer(), server_default="1", nullable=False)
    )
    op.alter_column("person_identity", "folded_by", server_default=None)
    op.create_index("ix_person_identity_folded", "person_identity", ["folded_by"])


def downgrade() -> None:
    """Go back to one value of a kind; the index is made anew by whoever saves a name."""
    op.drop_index("ix_person_identity_folded", "person_identity")
    op.drop_column("person_identity", "folded_by")
    op.execute("DELETE FROM identity_index")
    _key("case_id", "kind")


def _key(*columns: str) -> None:
    op.drop_constraint("pk_identity_index", "identity_index")
    op.create_primary_key("pk_identity_index", "identity_index", columns)
