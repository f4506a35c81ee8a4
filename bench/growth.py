"""A demo grown by SQL: copies of what is in it, a million vouchers with all that hangs on them.

Each table of `GROWN` is copied some times. The id of a copy is the id of its original with the
number of the copy written over the beginning, so that references between copies are right by
themselves, and indexes grow at their end. Sums hold as well: there are fewer copies of the journal,
and their amounts are as much greater, so that the laws of the books hold afterwards.

Who works on cases is copied, too: a caseload has the size that a person can work through. Who looks
at the pages works on `OWN` copies of each of their cases beside the case itself, colleagues on as
many each; beyond the `LIVE` copies the teams are those of former years, where no step is open.
The bank gives its statements day by day: copies of statements and lines lie as many days back.
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
OWN = 2
"""How many copies of each case fall to one team: `PEOPLE` teams work or worked here."""
PEOPLE = CASES // OWN

_PER_CASE = VOUCHERS // CASES
_WORTH = VOUCHERS // JOURNALS
_N = "lpad(to_hex(n), 8, '0')"


@dataclass(frozen=True)
class Grown:
    """`times` copies of a table; `own` are values that are not those of the original."""

    times: int
    own: dict[str, str] = field(default_factory=dict)
    only: str = "true"
    """Which rows of the demo are copied."""


def _distinct(*names: str) -> dict[str, str]:
    """Return text that differs from copy to copy."""
    return {name: f"t.{name} || '-' || n" for name in names}


def _hashed(*names: str) -> dict[str, str]:
    """Return bytes that differ from copy to copy."""
    return {name: f"int4send(n) || substr(t.{name}, 5)" for name in names}


def _coded(*names: str) -> dict[str, str]:
    """Return codes of which no other begins alike: a search finds the one it looks for."""
    code = "split_part(t.{0}, '-', 1) || '-' || upper(substr(md5(t.{0} || '-' || n), 1, 12))"
    return {name: code.format(name) for name in names}


def _days_before(*names: str) -> dict[str, str]:
    """Return days of which each copy has its own, as a bank gives a statement a day."""
    return {name: f"t.{name} - n" for name in names}


def _empty(*names: str) -> dict[str, str]:
    return dict.fromkeys(names, "NULL")


def _copy(name: str, number: str) -> str:
    return f"overlay({name}::text PLACING {_N.replace('(n)', f'({number})')} FROM 1 FOR 8)::uuid"


def _of_team(name: str) -> str:
    """Return whose copy of a case it is: the first belong to those who look at the pages."""
    colleague = _copy(f"t.{name}", f"(n + {OWN - 1}) / {OWN}")
    return f"CASE WHEN n <= {OWN} THEN t.{name} ELSE {colleague} END"


def _times(factor: int, *names: str) -> dict[str, str]:
    return {name: f"t.{name} * {factor}" for name in names}


_LEFT = "coalesce(t.until, now() - interval '1 day')"
_OVER = "CASE WHEN t.state IN ('planned', 'in_progress') THEN 'cancelled' ELSE t.state END"
_ON_A_TEAM = "EXISTS (SELECT FROM case_member m WHERE m.user_id = t.{})"
_LINE = ("units", "ceiling_minor", "approved_units", "approved_ceiling_minor")

GROWN: dict[str, Grown] = {
    "user_account": Grown(
        PEOPLE,
        _distinct("email") | {name: _copy(f"t.{name}", "n") for name in ("id", "supervisor_id")},
        only=_ON_A_TEAM.format("id"),
    ),
    "user_role": Grown(
        PEOPLE, {"user_id": _copy("t.user_id", "n")}, only=_ON_A_TEAM.format("user_id")
    ),
    "case_file": Grown(CASES, _coded("code") | {"manager_id": _of_team("manager_id")}),
    "case_member": Grown(
        CASES,
        {
            "user_id": _of_team("user_id"),
            "until": f"CASE WHEN n > {LIVE} THEN {_LEFT} ELSE t.until END",
        },
    ),
    "person_key": Grown(CASES),
    "person_identity": Grown(CASES),
    "identity_index": Grown(CASES, _hashed("value")),
    "consent": Grown(CASES),
    "need": Grown(CASES),
    "goal": Grown(CASES),
    "plan": Grown(CASES),
    "plan_version": Grown(
        CASES, {"snapshot": f"CASE WHEN n <= {OWN} THEN t.snapshot ELSE '{{}}' END"}
    ),
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
        _coded("reference")
        | _hashed("code_hash", "secret_hash")
        | _empty("print_sealed", "pin_salt", "pin_verifier"),
    ),
    "redemption": Grown(
        VOUCHERS,
        _distinct("receipt")
        | {
            "idempotency_key": "n || left(md5(t.idempotency_key), 8)",
            "response": "''::bytea",
            "request_hash": "''::bytea",
        },
    ),
    "payment_batch": Grown(
        CASES,
        _coded("reference")
        | _distinct("message_id")
        | _times(_PER_CASE, "total_minor")
        | {"file_content": "NULL", "file_name": "NULL"},
    ),
    "payment_order": Grown(
        CASES,
        _coded("reference")
        | _distinct("end_to_end_id")
        | _times(_PER_CASE, "amount_minor", "offset_minor", "paid_minor"),
    ),
    "claim": Grown(VOUCHERS, _coded("reference") | _distinct("invoice_number")),
    "claim_line": Grown(VOUCHERS),
    "bank_statement": Grown(
        CASES,
        _hashed("file_sha256")
        | _times(_PER_CASE, "opening_minor", "closing_minor")
        | _days_before("from_on", "until_on"),
    ),
    "bank_line": Grown(
        CASES,
        _hashed("fingerprint")
        | _coded("bank_reference")
        | _distinct("end_to_end_id")
        | _days_before("booked_on", "value_on")
        | _times(_PER_CASE, "amount_minor", "charges_minor"),
    ),
    "bank_match": Grown(CASES, _times(_PER_CASE, "amount_minor")),
    "bank_line_ending": Grown(CASES, _times(_PER_CASE, "amount_minor") | {"entry_id": "NULL"}),
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
        f" (SELECT * FROM {table.name} OFFSET 0) t WHERE {grown.only}"
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
    target = _named(column)
    if target is None and column.primary_key:
        target = table.name
    if target not in GROWN or target == "user_account":
        return name
    return _copy(name, _number(table.name, target))


def _named(column) -> str | None:
    """Return the table whose row a column names, also through a column of another table."""
    for key in column.foreign_keys:
        return key.column.table.name if key.column.primary_key else _named(key.column)
    return None


def _number(table: str, target: str) -> str:
    """Return which copy of `target` belongs to copy n of `table`."""
    times, of = GROWN[table].times, GROWN[target].times
    if times == of:
        return "n"
    return f"(n + {times // of - 1}) / {times // of}" if times > of else f"n * {of // times}"
