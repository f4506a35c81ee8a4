"""A demo grown by SQL: copies of what is in it, a million vouchers with all that hangs on them.

Each table of `GROWN` is copied some times. The id of a copy is the id of its original with the
number of the copy written over the beginning, so that references between copies are right by
themselves, and indexes grow at their end. Sums hold as well: there are fewer copies of the journal,
and their amounts are as much greater, so that the laws of the books hold afterwards.

Each person works on thousands of cases; the rest of the copies are those of teams of former years,
where no step is open any more.
All else waits as in the demo, so that what finance has to do is eight hundred times as much.

The laws of each row (checks, unique keys) are kept while copying; triggers and foreign keys are
not asked, because they hold by how the copies are made.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import psycopg
from sqlalchemy import DateTime, Table, Uuid

from reintegration.kernel.base import Base
from tests.database import Database, Server

CASES, VOUCHERS, JOURNALS, TRAILS, STATES, LIVE = 840, 1680, 48, 106, 30, 100
"""How many copies of each case (of 120), voucher (of 600), journal, trail: a hundred thousand
cases, a million vouchers and a million events of the trail. Two vouchers' copies fall to one case's
and to one order's, which is worth as much more. Teams still work on `LIVE` copies of each case."""

_PER_CASE = VOUCHERS // CASES
_WORTH = VOUCHERS // JOURNALS
_N = "lpad(to_hex(n), 8, '0')"


@dataclass(frozen=True)
class Grown:
    """`times` copies of a table; `own` are values that are not those of the original."""

    times: int
    own: dict[str, str] = field(default_factory=dict)


def _distinct(*names: str) -> dict[str, str]:
    """Return text that differs from copy to copy."""
    return {name: f"t.{name} || '-' || n" for name in names}


def _hashed(*names: str) -> dict[str, str]:
    """Return bytes that differ from copy to copy."""
    return {name: f"int4send(n) || substr(t.{name}, 5)" for name in names}


def _empty(*names: str) -> dict[str, str]:
    return dict.fromkeys(names, "NULL")


def _times(factor: int, *names: str) -> dict[str, str]:
    return {name: f"t.{name} * {factor}" for name in names}


_LEFT = "coalesce(t.until, now() - interval '1 day')"
_OVER = "CASE WHEN t.state IN ('planned', 'in_progress') THEN 'cancelled' ELSE t.state END"
_LINE = ("units", "ceiling_minor", "approved_units", "approved_ceiling_minor")

GROWN: dict[str, Grown] = {
    "case_file": Grown(CASES, _distinct("code")),
    "case_member": Grown(CASES, {"until": f"CASE WHEN n > {LIVE} THEN {_LEFT} ELSE t.until END"}),
    "person_key": Grown(CASES),
    "person_identity": Grown(CASES),
    "identity_index": Grown(CASES, _hashed("value")),
    "consent": Grown(CASES),
    "need": Grown(CASES),
    "goal": Grown(CASES),
    "plan": Grown(CASES),
    "plan_version": Grown(CASES, {"snapshot": "'{}'"}),
    "milestone": Grown(CASES, {"state": f"CASE WHEN n > {LIVE} THEN {_OVER} ELSE t.state END"}),
    "milestone_dependency": Grown(CASES),
    "plan_line": Grown(CASES, _times(_PER_CASE, *_LINE)),
    "plan_line_delivery": Grown(
        CASES, _times(_PER_CASE, "units", "amount_minor", "considered_units")
    ),
    "pseudonym": Grown(CASES, _distinct("words")),
    "referral": Grown(CASES, {"match": "'{}'", "disclosure": "'{}'"}),
    "voucher": Grown(
        VOUCHERS,
        _distinct("reference")
        | _hashed("code_hash", "secret_hash")
        | _empty("print_sealed", "pin_salt", "pin_verifier"),
    ),
    "redemption": Grown(
        VOUCHERS,
        _distinct("receipt", "idempotency_key")
        | {"response": "''::bytea", "request_hash": "''::bytea"},
    ),
    "payment_batch": Grown(
        CASES,
        _distinct("reference", "message_id")
        | _times(_PER_CASE, "total_minor")
        | {"file_content": "NULL", "file_name": "NULL"},
    ),
    "payment_order": Grown(
        CASES,
        _distinct("reference", "end_to_end_id") | _times(_PER_CASE, "amount_minor", "offset_minor"),
    ),
    "claim": Grown(VOUCHERS, _distinct("reference", "invoice_number")),
    "claim_line": Grown(VOUCHERS),
    "bank_statement": Grown(
        CASES, _hashed("file_sha256") | _times(_PER_CASE, "opening_minor", "closing_minor")
    ),
    "bank_line": Grown(
        CASES,
        _hashed("fingerprint")
        | _distinct("bank_reference", "end_to_end_id")
        | _times(_PER_CASE, "amount_minor", "charges_minor"),
    ),
    "bank_match": Grown(CASES, _times(_PER_CASE, "amount_minor")),
    "ledger_entry": Grown(JOURNALS, _distinct("key")),
    "ledger_line": Grown(JOURNALS, _times(_WORTH, "debit_minor", "credit_minor")),
    "state_event": Grown(STATES),
    "audit_event": Grown(TRAILS),
}
_ANY_ROW = {
    "state_event": ("aggregate_id",),
    "audit_event": ("subject_id", "case_id"),
    "ledger_line": ("voucher_id",),
}
"""Columns that name a row of whatever table: no foreign key says so."""

_SEALED = """
INSERT INTO audit_seal (position, audit_id, hash)
SELECT last.position + row_number() OVER (ORDER BY e.id), e.id, ''::bytea
  FROM audit_event e, (SELECT max(position) AS position, max(audit_id) AS id FROM audit_seal) last
 WHERE e.id > last.id
"""
"""The copies count as sealed; nobody checks a chain that SQL has made."""


def grow(server: Server, database: Database) -> None:
    """Fill the database of a demo; whoever is connected to it sees nothing of it meanwhile."""
    with server.cluster.connect_as_superuser(database.name) as connection:
        indexes = list(_secondary_indexes(connection))
        for name, _made in indexes:
            connection.execute(f"DROP INDEX {name}")
        free = _times(1 + VOUCHERS, "available_minor")["available_minor"]
        connection.execute(f"UPDATE budget_line t SET available_minor = {free}")
    _all(server, database, [_copying(table) for table in _largest_first()])
    _all(server, database, [made for _name, made in indexes])
    _all(server, database, [_SEALED])
    _all(server, database, [f"VACUUM (ANALYZE) {name}" for name in (*GROWN, "audit_seal")])


def _largest_first() -> list[Table]:
    heavy = ["voucher", "redemption", "claim_line", "ledger_line"]
    return [Base.metadata.tables[name] for name in [*heavy, *(GROWN.keys() - set(heavy))]]


def _all(server: Server, database: Database, statements: list[str]) -> None:
    """Run statements that do not depend on each other, two at a time."""

    def run(statement: str) -> None:
        with server.cluster.connect_as_superuser(database.name) as connection:
            connection.execute("SET session_replication_role = replica")
            connection.execute("SET synchronous_commit = off")
            connection.execute("SET maintenance_work_mem = '256MB'")
            connection.execute(statement)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(run, statements))


def _secondary_indexes(connection: "psycopg.Connection") -> Iterator[tuple[str, str]]:
    """Yield name and making of each index of a grown table that no constraint stands on."""
    yield from connection.execute(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
        " WHERE indrelid::regclass::text = ANY(%s)"
        " AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)",
        [list(GROWN)],
    ).fetchall()


def _copying(table: Table) -> str:
    grown = GROWN[table.name]
    values = {
        column.name: grown.own.get(column.name) or _value(table, column)
        for column in table.columns
        if column.identity is None and not (column.primary_key and column.autoincrement is True)
    }
    return (
        f"INSERT INTO {table.name} ({', '.join(map(_quoted, values))})"
        f" SELECT {', '.join(values.values())}"
        f" FROM generate_series(1, {grown.times}) n CROSS JOIN LATERAL"
        f" (SELECT * FROM {table.name} OFFSET 0) t"
    )


def _quoted(name: str) -> str:
    return f'"{name}"'


def _value(table: Table, column) -> str:
    name = f"t.{_quoted(column.name)}"
    if isinstance(column.type, DateTime):
        return f"{name} - n * interval '1 second'"
    if not isinstance(column.type, Uuid):
        return name
    if column.name in _ANY_ROW.get(table.name, ()):
        return _copy(name, "n" if table.name != "ledger_line" else f"n * {_WORTH}")
    target = next((key.column.table.name for key in column.foreign_keys), None)
    if target is None and column.primary_key:
        target = table.name
    if target not in GROWN:
        return name
    return _copy(name, _number(table.name, target))


def _number(table: str, target: str) -> str:
    """Return which copy of `target` belongs to copy n of `table`."""
    times, of = GROWN[table].times, GROWN[target].times
    if times == of:
        return "n"
    return f"(n + {times // of - 1}) / {times // of}" if times > of else f"n * {of // times}"


def _copy(name: str, number: str) -> str:
    return f"overlay({name}::text PLACING {_N.replace('(n)', f'({number})')} FROM 1 FOR 8)::uuid"
