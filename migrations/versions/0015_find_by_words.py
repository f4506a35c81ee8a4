"""Find by the beginnings of words, folded, with an index; and index what long lists ask for.

The server in the Python package has neither pg_trgm nor unaccent, and a managed one may refuse
them, so words are what PostgreSQL itself can index. Where row-level security guards a table, an
index serves only operators that leak nothing, and `@@` is not one: there a function of the owner
returns ids, and the policy decides which of their rows are seen.
"""

from alembic import op
from flask import current_app
from sqlalchemy import make_url

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

FOLDED = {
    "a": "ăâáàäãåа",
    "b": "в",
    "c": "çс",
    "e": "éèêëёе",
    "h": "н",
    "i": "îíìïі",
    "k": "к",
    "m": "м",
    "n": "ñ",
    "o": "óòôöõо",
    "p": "р",
    "s": "șş",
    "t": "țţт",
    "u": "úùûü",
    "x": "х",
    "y": "ýу",
    "и": "й",
}
"""Letters that are looked for as one: without their marks, and Cyrillic ones as they look."""
MARKED = "".join(FOLDED.values())
PLAIN = "".join(plain * len(marked) for plain, marked in FOLDED.items())

FUNCTIONS = f"""
CREATE FUNCTION punte_fold(said text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS
$$ SELECT translate(lower(said), '{MARKED}', '{PLAIN}') $$;

CREATE FUNCTION punte_split(said text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS
$$ SELECT array_remove(string_to_array(
     regexp_replace(left(public.punte_fold(said), 1000), '[^[:alnum:]]+', ' ', 'g'), ' '), '') $$;

CREATE FUNCTION punte_words(said text) RETURNS tsvector
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS
$$ SELECT array_to_tsvector(public.punte_split(said)) $$;

CREATE FUNCTION punte_sought(said text) RETURNS tsquery
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS
$$ SELECT string_agg('''' || word || ''':*', ' & ')::tsquery
     FROM unnest(public.punte_split(said)) word $$;
"""
WORDS = {
    "user_account": ("name", "email"),
    "organisation": ("name",),
    "provider": ("legal_name", "identifier"),
    "claim": ("reference", "invoice_number"),
    "payment_order": ("reference", "payee_name"),
    "bank_line": (
        "bank_reference",
        "counterparty_name",
        "counterparty_iban",
        "remittance",
        "end_to_end_id",
    ),
}
"""What is looked through, by table."""
GUARDED = {"claim": "created_at", "payment_order": "id", "bank_line": "booked_on"}
"""Tables under row-level security, and what their newest rows are told by."""
MOST = 1000

_OF_ACCOUNT = ["bank_account_id", "booked_on", "id"]
INDEXES: dict[str, tuple[str, list[str], str | None]] = {
    "ix_voucher_replaces_id": ("voucher", ["replaces_id"], None),
    "ix_payment_order_open": (
        "payment_order",
        ["currency", "amount_minor", "id"],
        "state = 'released'",
    ),
    "ix_claim_checked": ("claim", ["currency", "created_at", "id"], "state = 'checked'"),
    "ix_bank_line_amount": ("bank_line", ["bank_account_id", "amount_minor"], None),
    "ix_bank_line_account": ("bank_line", _OF_ACCOUNT, None),
    "ix_bank_line_look": (
        "bank_line",
        _OF_ACCOUNT,
        "state IN ('unmatched', 'suggested', 'exception')",
    ),
    "ix_bank_line_returned": ("bank_line", _OF_ACCOUNT, "kind = 'return'"),
}


def upgrade() -> None:
    """Add the functions, then the indexes, then what looks through guarded tables."""
    op.execute(FUNCTIONS)
    for table, columns in WORDS.items():
        op.execute(f"CREATE INDEX ix_{table}_words ON {table} USING gin ({words(columns)})")
    for name, (table, columns_in_order, where) in INDEXES.items():
        op.create_index(name, table, columns_in_order, postgresql_where=where)
    for table, newest in GUARDED.items():
        op.execute(
            f"CREATE FUNCTION punte_called_{table}(said text) RETURNS SETOF uuid"
            " LANGUAGE sql STABLE SECURITY DEFINER ROWS 50 SET search_path = public AS"
            f" $$ SELECT id FROM {table} WHERE {words(WORDS[table])} @@ punte_sought(said)"
            f" ORDER BY {newest} DESC LIMIT {MOST} $$"
        )
        _give_to_the_application(f"punte_called_{table}(text)")


def downgrade() -> None:
    """Take all of it away."""
    for table in GUARDED:
        op.execute(f"DROP FUNCTION punte_called_{table}(text)")
    for name, (table, *_rest) in INDEXES.items():
        op.drop_index(name, table)
    for table in WORDS:
        op.execute(f"DROP INDEX ix_{table}_words")
    for function in ("sought", "words", "split", "fold"):
        op.execute(f"DROP FUNCTION punte_{function}(text)")


def words(columns: tuple[str, ...]) -> str:
    """Return the expression whose words are indexed."""
    joined = " || ' ' || ".join(columns)
    return f"punte_words({joined})"


def _give_to_the_application(function: str) -> None:
    settings = current_app.extensions["settings"]
    app_role = make_url(settings.database_url).username
    op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
    op.execute(f'GRANT EXECUTE ON FUNCTION {function} TO "{app_role}"')
