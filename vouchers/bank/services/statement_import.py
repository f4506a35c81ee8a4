"""Import of a bank file: read, stored once, matched, posted; all in one transaction.

A file that is refused leaves nothing. Lines that were imported before, in this file or another
one, are counted and left alone.
"""

import hashlib
import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, NoReturn
from uuid import UUID

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from reintegration.kernel import audit, clock, collector, permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.errors import N_, Conflict, Invalid
from reintegration.kernel.ids import new_id
from reintegration.kernel.statements import insert_rows
from reintegration.kernel.tasks import Progress, told_of, untold
from vouchers.bank.models import BankLine, BankStatementFile, KeptColumns
from vouchers.bank.permissions import BankPermission
from vouchers.bank.queries.bank import accounts
from vouchers.bank.queries.kept_columns import columns_of_all
from vouchers.bank.services import bank_files, endings, line_matching, notices
from vouchers.bank.services.import_report import ImportReport, StatementReport, describe, span, told
from vouchers.bank.services.line_matching import NewLine
from vouchers.bank.services.line_moves import BANK_LINE
from vouchers.bank.states import BankLineState
from vouchers.books.models import BankAccount
from vouchers.formats import banks
from vouchers.formats.amounts import spelled
from vouchers.formats.csv_profile import CsvProfile
from vouchers.formats.iban import compact
from vouchers.formats.problems import ParseProblem, StatementFileError
from vouchers.formats.sniff import read_statements
from vouchers.formats.statement import BankStatement, StatementKind

MAX_BYTES = 50 * 1024 * 1024
"""What a page takes; a command reads more."""
GAP = N_("It opens with %(opening)s, but the statement before closed with %(closing)s.")
READING = N_("Reading the file")
COMPARING = N_("Looking for what is new, and for the orders that it pays")
STORING = N_("Storing the lines")
POSTING = N_("Posting what pays an order")
_CLOCKS_DIFFER = timedelta(days=1)
ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(1347768660)")


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
    shown: int = 0,
    encoding: str | None = None,
    chosen: BankAccount | None = None,
    seen: str | None = None,
    most: int = MAX_BYTES,
    progress: Progress = untold,
) -> ImportReport:
    """Import a camt.053, camt.054, MT940 or CSV file, or with `dry_run` only say what it would do.

    `shown` lines of each statement stand in the report as they were read. `chosen` is the account
    of a file that does not say it. `seen` is the print of the lines that a person looked at: what
    is read otherwise now is not stored. Raises StatementFileError for a file that cannot be read,
    Invalid for an account that is not ours, which `dry_run` only reports. A file that was imported
    before adds nothing and is said to be.
    """
    permissions.demand(actor, BankPermission.IMPORT)
    report = ImportReport(
        file=name, sha256=hashlib.sha256(content).hexdigest(), trial=dry_run, shown=shown
    )
    with collector.paused():
        ours = accounts(session)
        statements = _read(session, content, ours, chosen, encoding, most, progress)
        report.lines_print = print_of(statements)
        if seen is not None and seen != report.lines_print:
            raise Conflict(
                N_("The file is read otherwise than when it was looked at. Check it again."),
                code="read_otherwise",
            )
        return _take(session, actor, report, content, statements, ours, progress, now=now)


def _read(
    session: Session,
    content: bytes,
    ours: Sequence[BankAccount],
    chosen: BankAccount | None,
    encoding: str | None,
    most: int,
    progress: Progress,
) -> list[BankStatement]:
    """Read the file as our accounts say; one of another account than was chosen is refused."""
    progress(0, len(content), READING)
    profiles = csv_profiles(ours, columns_of_all(session, ours), chosen)
    found = read_statements(
        io.BytesIO(content),
        profiles=profiles,
        encoding=encoding,
        max_bytes=most,
        reached=lambda done, whole: progress(done, whole, READING),
    )
    for one in found:
        if chosen is not None and compact(one.account_iban) != chosen.iban:
            raise StatementFileError("other_account", found=one.account_iban, chosen=chosen.iban)
    return found


def print_of(statements: Sequence[BankStatement]) -> str:
    """Return what tells these lines, read so, from all others."""
    read = hashlib.sha256()
    for one in statements:
        read.update(repr((one.account_iban, one.currency, one.skipped)).encode())
        for entry in one.entries:
            read.update(repr(entry.key).encode())
    return read.hexdigest()


def _take(
    session: Session,
    actor: Actor,
    report: ImportReport,
    content: bytes,
    statements: Sequence[BankStatement],
    ours: Sequence[BankAccount],
    progress: Progress,
    *,
    now: datetime,
) -> ImportReport:
    try:
        with session.begin_nested():
            session.execute(ONE_AT_A_TIME)
            if not report.trial:
                file = bank_files.put(
                    session, actor=actor, name=report.file, content=content, now=now
                )
                report.file_id = str(file.id)
            _import(session, statements, ours, report, progress, actor=actor, now=now)
            if report.trial:
                _leave()
    except _TrialIsOver:
        session.expire_all()
    return report


def _leave() -> NoReturn:
    raise _TrialIsOver


def _import(
    session: Session,
    statements: Sequence[BankStatement],
    ours: Sequence[BankAccount],
    report: ImportReport,
    progress: Progress,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    today = clock.local_day(now)
    kept = [_without_days_ahead(one, today) for one in statements]
    known = {account.iban: account for account in ours}
    report.imported_before = _was_imported(session, report.sha256)
    lines: list[tuple[str, str, NewLine]] = []
    waited: list[NewLine] = []
    links: notices.Links = {}
    for position, statement in enumerate(kept):
        account = known.get(compact(statement.account_iban) or "")
        refusal = _why_not_ours(statement, account)
        if refusal is not None and not report.trial:
            raise refusal
        said = describe(statement, account, shown=report.shown)
        report.statements.append(said)
        if account is None or refusal is not None:
            said.is_ours = False
            said.problems += [told(refusal)] if refusal else []
            continue
        progress(position, len(kept), COMPARING)
        if statement.kind is StatementKind.NOTIFICATION:
            found, tied = _notify(session, statement, account, said, report, actor=actor, now=now)
            waited += found
            links |= tied
            continue
        said.problems += _gap(session, statement, account)
        new = _new_lines(session, statement, account)
        said.new = len(new)
        if report.imported_before:
            continue
        links |= notices.explain(session, account, new)
        statement_id = _store_statement(
            session, statement, account, said, report, position, actor=actor, now=now
        )
        owned = str(statement_id), str(account.id)
        lines += [(*owned, line) for line in new]
    _finish(session, report, lines, waited, links, progress, actor=actor, now=now)


def _notify(
    session: Session,
    statement: BankStatement,
    account: BankAccount,
    said: StatementReport,
    report: ImportReport,
    *,
    actor: Actor,
    now: datetime,
) -> tuple[list[NewLine], notices.Links]:
    """Keep what a notification explains; return the lines that waited for it."""
    new = notices.new_in(session, statement, account)
    said.new, said.is_notice = len(new), True
    report.imported_before = not new and bool(statement.entries)
    file_id = UUID(report.file_id) if report.file_id else _trial_file(session, report, actor, now)
    notices.keep(session, new, account, file_id, actor=actor, now=now)
    waited, links = notices.explain_open(session, account, new)
    said.problems.append(notices.told(new, links))
    return waited, links


def _trial_file(session: Session, report: ImportReport, actor: Actor, now: datetime) -> UUID:
    """Return a file for what a trial keeps until it is over: nothing of it stays."""
    return bank_files.put(session, actor=actor, name=report.file, content=b"", now=now).id


def _finish(
    session: Session,
    report: ImportReport,
    stored: list[tuple[str, str, NewLine]],
    waited: list[NewLine],
    links: notices.Links,
    progress: Progress,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    fresh = [line for _, _, line in stored]
    lines = [*waited, *fresh]
    report.lines = sum(one.lines for one in report.statements)
    report.new = len(fresh) + sum(one.new for one in report.statements if one.is_notice)
    progress(0, 1, COMPARING)
    decided = line_matching.decide(session, lines)
    if fresh:
        _store_lines(session, stored, actor, progress)
    notices.link(session, links)
    progress(0, 1, POSTING)
    line_matching.lock_what_moves(session, lines)
    line_matching.post_matched(session, lines, decided, actor=actor, now=now)
    _tell_waiting(session, waited, actor=actor, now=now)
    _bring_back(session, lines, actor=actor, now=now)
    report.matched = sum(line.state is BankLineState.MATCHED for line in lines)
    report.suggested = sum(line.state is BankLineState.SUGGESTED for line in fresh)
    report.returned = sum(line.returned for line in lines)
    exceptions = sum(line.state is BankLineState.EXCEPTION for line in fresh)
    report.exceptions = exceptions - sum(line.returned for line in fresh)
    if not report.imported_before:
        audit.record(
            session,
            "bank_statement:import",
            actor=actor,
            now=now,
            data={"sha256": report.sha256, "new": report.new, "matched": report.matched},
        )


def _tell_waiting(
    session: Session, waited: Sequence[NewLine], *, actor: Actor, now: datetime
) -> None:
    """Say on lines that waited what they are by now; those that matched by that move on."""
    for line in waited:
        stored = session.get_one(BankLine, line.id)
        stored.end_to_end_id = stored.end_to_end_id or line.entry.end_to_end_id or ""
        stored.return_reason = stored.return_reason or line.entry.return_reason or ""
        note = {"note": stored.proposal["note"]} if "note" in stored.proposal else {}
        stored.proposal = note | line.proposal
        if line.state is BankLineState.MATCHED:
            stored.owner_id = None
            BANK_LINE.fire(session, stored, "match", actor=actor, now=now, data={"notice": True})
        elif line.kind is not None:
            stored.kind = line.kind
    session.flush()


def _bring_back(session: Session, lines: Sequence[NewLine], *, actor: Actor, now: datetime) -> None:
    for line in lines:
        parts = line_matching.returned_orders(line)
        if not parts or not line_matching.post_returns(session, parts, actor=actor, now=now):
            continue
        line.returned = True
        stored = session.get_one(BankLine, line.id)
        received = {part.order_id: part.received for part in parts}
        endings.end_returned(session, stored, received, actor=actor, now=now)


def csv_profiles(
    ours: Sequence[BankAccount], kept: Sequence[KeptColumns] = (), chosen: BankAccount | None = None
) -> list[CsvProfile]:
    """Return how our banks write their CSV: what a person said first, then those that differ.

    Where one account alone has such files, a file that does not name its account is of that one,
    and so of the one that was `chosen`.
    """
    accounts_by_id = {one.id: one for one in ours if chosen is None or one.id == chosen.id}
    said = [
        one.mapping.profile(name=str(one.id), account_iban=account.iban, currency=account.currency)
        for one in kept
        if (account := accounts_by_id.get(one.bank_account_id)) is not None
    ]
    return said + _by_names([chosen] if chosen else ours)


def _by_names(ours: Sequence[BankAccount]) -> list[CsvProfile]:
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


def _why_not_ours(statement: BankStatement, account: BankAccount | None) -> Invalid | None:
    """Return why a statement is not of an account of ours, or None when it is."""
    if account is None:
        return Invalid(
            N_("The statement is for account %(iban)s, which is not one of ours."),
            code="unknown_account",
            iban=statement.account_iban,
        )
    if account.currency != statement.currency:
        return Invalid(
            N_("The statement of account %(iban)s is in %(currency)s, the account is in %(ours)s."),
            code="account_currency",
            iban=account.iban,
            currency=statement.currency,
            ours=account.currency,
        )
    return None


def _was_imported(session: Session, sha256: str) -> bool:
    known = select(BankStatementFile.id).where(
        BankStatementFile.file_sha256 == bytes.fromhex(sha256)
    )
    return session.scalar(known.limit(1)) is not None


def _gap(session: Session, statement: BankStatement, account: BankAccount) -> list[dict[str, Any]]:
    """Say when a statement does not go on where the one before ended.

    Overlaps say nothing, nor does one that follows a statement without balances.
    """
    since, _until = span(statement)
    if since is None or statement.opening_minor is None:
        return []
    before = session.scalar(
        select(BankStatementFile.closing_minor)
        .where(BankStatementFile.bank_account_id == account.id, BankStatementFile.until_on < since)
        .order_by(BankStatementFile.until_on.desc(), BankStatementFile.position.desc())
        .limit(1)
    )
    if before is None or before == statement.opening_minor:
        return []
    if _goes_on_within(session, statement, account, since):
        return []
    currency = statement.currency
    opening = spelled(statement.opening_minor, currency)
    params = {"opening": opening, "closing": spelled(before, currency)}
    return [{"message": GAP, "params": params}]


def _goes_on_within(
    session: Session, statement: BankStatement, account: BankAccount, since: date
) -> bool:
    """Tell whether a page or an earlier statement of the same day closed where this one opens."""
    page = select(BankStatementFile.id).where(
        BankStatementFile.bank_account_id == account.id,
        BankStatementFile.until_on == since,
        BankStatementFile.closing_minor == statement.opening_minor,
    )
    return session.scalar(page.limit(1)) is not None


def _without_days_ahead(statement: BankStatement, today: date) -> BankStatement:
    """Return the statement with what is booked on a day to come flagged: it never posts alone."""
    last = today + _CLOCKS_DIFFER
    if all(entry.booking_date <= last for entry in statement.entries):
        return statement
    entries = tuple(
        replace(entry, problems=(*entry.problems, ParseProblem("booked_ahead", {"day": day})))
        if (day := entry.booking_date) > last
        else entry
        for entry in statement.entries
    )
    return replace(statement, entries=entries)


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
            file_id=UUID(report.file_id) if report.file_id else None,
            columns_id=UUID(said.columns) if said.columns else None,
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
    "counterparty_code",
    "remittance",
    "return_reason",
    "charges_minor",
    "state",
    "kind",
    "proposal",
    "owner_id",
    "resolution",
    "next_step",
)


def _store_lines(
    session: Session, stored: Sequence[tuple[str, str, NewLine]], actor: Actor, progress: Progress
) -> None:
    owner = str(actor.id) if actor.id else None
    coming = told_of(stored, len(stored), progress, STORING)
    insert_rows(session, BankLine, _COLUMNS, (_values(*one, owner) for one in coming))


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
        entry.counterparty_code or "",
        entry.remittance,
        entry.return_reason or "",
        entry.charges_minor,
        line.state,
        line.kind or "",
        line.proposal,
        None if line.state is BankLineState.MATCHED else owner,
        "",
        "",
    )
