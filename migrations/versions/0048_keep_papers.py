"""Keep papers: what is known of each, its parts, and the key without which they do not open."""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

SYSTEM = "(SELECT punte_is('system'))"
ACTOR = "(SELECT punte_actor())"
OWN = "provider_id = (SELECT punte_organisation())"
VETTING = "(SELECT punte_is('vetting_officer'))"
MANAGER = "(SELECT punte_is('provider_manager'))"


def _on_team(case_id: str) -> str:
    return (
        f"EXISTS (SELECT 1 FROM case_member m WHERE m.case_id = {case_id}"
        f" AND m.user_id = {ACTOR} AND (m.until IS NULL OR m.until > now()))"
    )


def _thing(about: str, table: str) -> str:
    """Say that whoever sees the thing sees the paper; the thing's own policy answers."""
    return f"(about = '{about}' AND EXISTS (SELECT 1 FROM {table} t WHERE t.id = about_id))"


SEEN = (
    f"(kept_at IS NULL AND put_by = {ACTOR}) OR (kept_at IS NOT NULL AND ("
    f"{_on_team('paper.case_id')}"
    f" OR {_thing('claim', 'claim')}"
    f" OR {_thing('payee_account', 'payee_account')}"
    f" OR (about = 'vetting_document' AND ({VETTING} OR ({OWN} AND {MANAGER})))))"
)
OF_PAPER = "EXISTS (SELECT 1 FROM paper p WHERE p.id = paper_id)"
OPENS = (
    "EXISTS (SELECT 1 FROM paper p WHERE p.id = paper_id"
    f" AND (p.named IS NOT TRUE OR {_on_team('p.case_id')}))"
)
GUARDED = {"paper": SEEN, "paper_part": OF_PAPER, "paper_key": OPENS}
"""Who sees a row: the key of a paper with a name is the case team's alone."""


def upgrade() -> None:
    """Add the tables, each with who may see its rows."""
    op.create_table(
        "paper",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("named", sa.Boolean(), nullable=True),
        sa.Column("put_by", sa.Uuid(), nullable=True),
        sa.Column("put_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_by", sa.Uuid(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(kept_at IS NULL) = (named IS NULL)", name=op.f("ck_paper_answered")),
        sa.CheckConstraint(
            "named IS NOT TRUE OR case_id IS NOT NULL", name=op.f("ck_paper_name_of_a_case")
        ),
        sa.CheckConstraint("(seen_by IS NULL) = (seen_at IS NULL)", name=op.f("ck_paper_seen")),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["organisation.id"], name=op.f("fk_paper_provider_id")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_paper_case_id")),
        sa.ForeignKeyConstraint(["put_by"], ["user_account.id"], name=op.f("fk_paper_put_by")),
        sa.ForeignKeyConstraint(["seen_by"], ["user_account.id"], name=op.f("fk_paper_seen_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper")),
    )
    op.create_index("ix_paper_about", "paper", ["about", "about_id", "put_at", "id"])
    op.create_index(
        "ix_paper_begun", "paper", ["put_at"], postgresql_where=sa.text("kept_at IS NULL")
    )
    op.create_index(op.f("ix_paper_case_id"), "paper", ["case_id"])
    op.create_table(
        "paper_part",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("paper_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("blob", sa.Text(), nullable=True),
        sa.Column("scan", sa.Text(), nullable=False),
        sa.Column("blacked_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('picture', 'pdf')", name=op.f("ck_paper_part_kind")),
        sa.CheckConstraint(
            "scan IN ('not_asked', 'waiting', 'clean', 'harmful')", name=op.f("ck_paper_part_scan")
        ),
        sa.CheckConstraint("pages BETWEEN 1 AND 20", name=op.f("ck_paper_part_pages")),
        sa.CheckConstraint("size BETWEEN 1 AND 10485760", name=op.f("ck_paper_part_size")),
        sa.CheckConstraint(
            "scan <> 'harmful' OR blob IS NULL", name=op.f("ck_paper_part_harmful_is_gone")
        ),
        sa.ForeignKeyConstraint(
            ["paper_id"], ["paper.id"], name=op.f("fk_paper_part_paper_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_part")),
        sa.UniqueConstraint("blob", name=op.f("uq_paper_part_blob")),
    )
    op.create_index(op.f("ix_paper_part_paper_id"), "paper_part", ["paper_id"])
    op.create_table(
        "paper_key",
        sa.Column("paper_id", sa.Uuid(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["paper_id"], ["paper.id"], name=op.f("fk_paper_key_paper_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("paper_id", name=op.f("pk_paper_key")),
    )
    for table, rule in GUARDED.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY everything ON {table} USING ({SYSTEM} OR {rule})"
            f" WITH CHECK ({SYSTEM} OR {rule})"
        )


def downgrade() -> None:
    """Take them away; their bytes stay in the folder of papers and never open again."""
    for table in ("paper_key", "paper_part", "paper"):
        op.drop_table(table)
