"""Import of a bank file: read, stored once, matched, posted; all in one transaction.

A file that is refused leaves nothing. Lines that were imported before, in this file or another
one, are counted and left alone.
"""

import hashlib
import io
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from typing import Any, NoReturn
from uuid import UUID

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from reintegration.kernel import audit, collector, permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.errors import N_, Invalid
from reintegration.kernel.ids import new_id
from reintegration.kernel.statements import insert_rows
from vouchers.bank.models import BankLine, BankStatementFile
from vouchers.bank.permissions import BankPermission
from vouchers.bank.queries.bank import accounts
from vouchers.bank.services import line_matching
from vouchers.bank.services.line_matching import NewLine
from vouchers.bank.services.line_moves import settle
from vouchers.bank.states import BankLineState, Resolution
from vouchers.books.models import BankAccount
from vouchers.formats import banks
from vouchers.formats.amounts import spelled
from vouchers.formats.csv_profile import CsvProfile
from vouchers.formats.iban import compact
from vouchers.formats.sniff import read_statements
from vouchers.formats.statement import BankStatement, StatementKind

MAX_BYTES = 50 * 1024 * 1024
GAP = N_("It opens with %(opening)s, but the statement before closed with %(closing)s.")
Progress = Callable[[int, int], None]
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(1347768660)")


@dataclass(slots=True)
class StatementReport:
    """What one statement held. Balances are signed minor units."""

    account: str
    iban: str
    currency: str
    statement: str
    since: str | None
    until: str | None
    opening_minor: int | None
    closing_minor: int | None
    lines: int
    new: int
    problems: list[dict[str, Any]] = field(default_factory=list)


@dataclass(slots=True)
class ImportReport:
    """What an import did, or would do: the same for a trial run."""

    file: str
    sha256: str
    statements: list[StatementReport] = field(default_factory=list)
    imported_before: bool = False
    lines: int = 0
    new: int = 0
    matched: int = 0
    returned: int = 0
    suggested: int = 0
    exceptions: int = 0

    def as_json(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)


class _TrialIsOver(Exception):
    """Leaves the savepoint of a trial run, so that nothing of it stays."""


def import_file(
    session: Session,
    *,
    actor: Actor,
    name: str,
    content: bytes,
    now: datetime,
    dry_run: bool = False,
    encoding: str | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """Import a camt.053, MT940 or CSV statement, or with `dry_run` only say what it would do.

    Raises StatementFileError for a file that cannot be read, Invalid for an account that is not
    ours. A file that was imported before adds nothing and is said to be one.
    """
    permissions.demand(actor, BankPermission.IMPORT)
    with collector.paused():
        return _take(
            session, actor, name, content, now, encoding, dry_run=dry_run, progress=progress
        )


def _take(
    session: Session,
    actor: Actor,
    name: str,
    content: bytes,
    now: datetime,
    encoding: str | None,
    *,
    dry_run: bool,
    progress: Progress | None,
) -> ImportReport:
    report = ImportReport(file=name, sha256=hashlib.sha256(content).hexdigest())
    tell = progress or (lambda _done, _total: None)
    tell(0, 3)
    ours = accounts(session)
    statements = read_statements(
        io.BytesIO(content), profiles=csv_profiles(ours), encoding=encoding, max_bytes=MAX_BYTES
    )
    tell(1, 3)
    try:
        with session.begin_nested():
            session.execute(_ONE_AT_A_TIME)
            _import(session, statements, ours, report, tell, actor=actor, now=now)
            if dry_run:
                _leave()
    except _TrialIsOver:
        session.expire_all()
    tell(3, 3)
    return report


def _leave() -> NoReturn:
    raise _TrialIsOver


def _import(
    session: Session,
    statements: Sequence[BankStatement],
    ours: Sequence[BankAccount],
    report: ImportReport,
    tell: Progress,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    kept = [one for one in statements if one.kind is StatementKind.STATEMENT]
    if not kept:
        raise Invalid(
            N_(
                "This file only explains entries (camt.054). Import the statement (camt.053) of"
                " the same days."
            ),
            code="notification",
        )
    known = _accounts(ours, kept)
    report.imported_before = _was_imported(session, report.sha256)
    lines: list[tuple[str, str, NewLine]] = []
    for position, statement in enumerate(kept):
        account = known[compact(statement.account_iban) or ""]
        said = _describe(session, statement, account)
        new = _new_lines(session, statement, account)
        said.new = len(new)
        report.statements.append(said)
        if report.imported_before:
            continue
        statement_id = _store_statement(
            session, statement, account, said, report, position, actor=actor, now=now
        )
        owned = str(statement_id), str(account.id)
        lines += [(*owned, line) for line in new]
    _finish(session, report, lines, tell, actor=actor, now=now)


def _finish(
    session: Session,
    report: ImportReport,
    stored: list[tuple[str, str, NewLine]],
    tell: Progress,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    lines = [line for _, _, line in stored]
    report.lines = sum(one.lines for one in report.statements)
    report.new = len(lines)
    decided = line_matching.decide(session, lines)
    if lines:
        _store_lines(session, stored, actor)
    tell(2, 3)
    line_matching.lock_what_moves(session, lines)
    line_matching.post_matched(session, lines, decided, actor=actor, now=now)
    _bring_back(session, lines, actor=actor, now=now)
    report.matched = sum(line.state is BankLineState.MATCHED for line in lines)
    report.suggested = sum(line.state is BankLineState.SUGGESTED for line in lines)
    report.returned = sum(line.returned for line in lines)
    exceptions = sum(line.state is BankLineState.EXCEPTION for line in lines)
    report.exceptions = exceptions - report.returned
    if not report.imported_before:
        audit.record(
            session,
            "bank_statement:import",
            actor=actor,
            now=now,
            data={"sha256": report.sha256, "new": report.new, "matched": report.matched},
        )


def _bring_back(session: Session, lines: Sequence[NewLine], *, actor: Actor, now: datetime) -> None:
    for line, order_id in line_matching.returned_orders(lines):
        if not line_matching.post_return(session, line, order_id, actor=actor, now=now):
            continue
        line.returned = True
        stored = session.get_one(BankLine, line.id)
        settle(session, stored, Resolution.RETURNED, actor=actor, now=now)


def csv_profiles(ours: Sequence[BankAccount]) -> list[CsvProfile]:
    """Return how our banks write their CSV, those that differ first.

    Where one account alone has such files, a file that does not name its account is of that one.
    """
    layouts: list[tuple[CsvProfile, list[BankAccount]]] = [(CsvProfile(), [])]
    for account in ours:
        layout = banks.PROFILES[account.profile].statements
        same = next((held for known, held in layouts if known == layout), None)
        if same is None:
            layouts.insert(0, (layout, [account]))
        else:
            same.append(account)
    return [_alone(layout, held) for layout, held in layouts]


def _alone(layout: CsvProfile, held: list[BankAccount]) -> CsvProfile:
    if len(held) != 1:
        return layout
    return replace(layout, account_iban=held[0].iban, currency=held[0].currency)


def _accounts(
    ours: Sequence[BankAccount], statements: Sequence[BankStatement]
) -> dict[str, BankAccount]:
    found = {account.iban: account for account in ours}
    for statement in statements:
        account = found.get(compact(statement.account_iban) or "")
        if account is None:
            raise Invalid(
                N_("The statement is for account %(iban)s, which is not one of ours."),
                code="unknown_account",
                iban=statement.account_iban,
            )
        if account.currency != statement.currency:
            raise Invalid(
                N_(
                    "The statement of account %(iban)s is in %(currency)s, the account is in"
                    " %(ours)s."
                ),
                code="account_currency",
                iban=account.iban,
                currency=statement.currency,
                ours=account.currency,
            )
    return found


def _was_imported(session: Session, sha256: str) -> bool:
    known = select(BankStatementFile.id).where(
        BankStatementFile.file_sha256 == bytes.fromhex(sha256)
    )
    return session.scalar(known.limit(1)) is not None


def _describe(session: Session, statement: BankStatement, account: BankAccount) -> StatementReport:
    since, until = span(statement)
    problems = [
        {"message": p.message, "params": {k: str(v) for k, v in p.params.items()}}
        for p in statement.problems
    ]
    gap = _gap(session, statement, account, since)
    if gap is not None:
        problems.append(gap)
    return StatementReport(
        account=account.name,
        iban=account.iban,
        currency=statement.currency,
        statement=statement.statement_id,
        since=since.isoformat() if since else None,
        until=until.isoformat() if until else None,
        opening_minor=statement.opening_minor,
        closing_minor=statement.closing_minor,
        lines=len(statement.entries),
        new=0,
        problems=problems,
    )


def span(statement: BankStatement) -> tuple[date | None, date | None]:
    """Return the first and last day, by what the statement says or by its entries."""
    days = [entry.booking_date for entry in statement.entries]
    since = statement.from_date or (min(days) if days else statement.to_date)
    return since, statement.to_date or (max(days) if days else since)


def _gap(
    session: Session, statement: BankStatement, account: BankAccount, since: date | None
) -> dict[str, Any] | None:
    """Say when a statement does not go on where the one before ended; overlaps say nothing."""
    if since is None or statement.opening_minor is None:
        return None
    before = session.scalar(
        select(BankStatementFile.closing_minor)
        .where(
            BankStatementFile.bank_account_id == account.id,
            BankStatementFile.closing_minor.is_not(None),
            BankStatementFile.until_on < since,
        )
        .order_by(BankStatementFile.until_on.desc(), BankStatementFile.position.desc())
        .limit(1)
    )
    if before is None or before == statement.opening_minor:
        return None
    currency = statement.currency
    return {
        "message": GAP,
        "params": {
            "opening": spelled(statement.opening_minor, currency),
            "closing": spelled(before, currency),
        },
    }


def _new_lines(session: Session, statement: BankStatement, account: BankAccount) -> list[NewLine]:
    # One text of hexadecimal travels faster than an array of bytes.
    prints = ",".join(entry.fingerprint for entry in statement.entries)
    known = {
        (fingerprint, occurrence)
        for fingerprint, occurrence in session.execute(
            text(
                "SELECT encode(l.fingerprint, 'hex'), l.occurrence FROM bank_line l"
                " JOIN unnest(string_to_array(:prints, ',')) AS p(fingerprint)"
                " ON decode(p.fingerprint, 'hex') = l.fingerprint"
                " WHERE l.bank_account_id = :account"
            ),
            {"prints": prints, "account": account.id},
        )
    }
    return [NewLine(new_id(), entry) for entry in statement.entries if entry.key not in known]


def _store_statement(
    session: Session,
    statement: BankStatement,
    account: BankAccount,
    said: StatementReport,
    report: ImportReport,
    position: int,
    *,
    actor: Actor,
    now: datetime,
) -> UUID:
    statement_id = new_id()
    since, until = span(statement)
    session.execute(
        insert(BankStatementFile).values(
            id=statement_id,
            bank_account_id=account.id,
            file_name=report.file[:200],
            file_sha256=bytes.fromhex(report.sha256),
            position=position,
            statement_id=statement.statement_id,
            from_on=since,
            until_on=until,
            opening_minor=statement.opening_minor,
            closing_minor=statement.closing_minor,
            currency=statement.currency,
            problems=said.problems,
            imported_by=actor.id,
            imported_at=now,
        )
    )
    return statement_id


_COLUMNS = (
    "id",
    "statement_id",
    "bank_account_id",
    "fingerprint",
    "occurrence",
    "booked_on",
    "value_on",
    "amount_minor",
    "currency",
    "bank_reference",
    "end_to_end_id",
    "message_id",
    "counterparty_name",
    "counterparty_iban",
    "remittance",
    "return_reason",
    "charges_minor",
    "state",
    "kind",
    "proposal",
    "owner_id",
    "resolution",
)


def _store_lines(
    session: Session, stored: Sequence[tuple[str, str, NewLine]], actor: Actor
) -> None:
    owner = str(actor.id) if actor.id else None
    insert_rows(session, BankLine, _COLUMNS, (_values(*one, owner) for one in stored))


def _values(
    statement_id: str, account_id: str, line: NewLine, owner: str | None
) -> tuple[Any, ...]:
    """Return a row; what all rows share comes as text already, as the fingerprint does."""
    entry = line.entry
    return (
        line.id,
        statement_id,
        account_id,
        "\\x" + entry.fingerprint,
        entry.occurrence,
        entry.booking_date,
        entry.value_date,
        entry.amount_minor,
        entry.currency,
        entry.bank_reference or "",
        entry.end_to_end_id or "",
        entry.payment_information_id or entry.message_id or "",
        entry.counterparty_name or "",
        entry.counterparty_iban or "",
        entry.remittance,
        entry.return_reason or "",
        entry.charges_minor,
        line.state,
        line.kind or "",
        line.proposal,
        None if line.state is BankLineState.MATCHED else owner,
        "",
    )
