"""Notifications of banks (camt.054): kept once, they explain lines of statements and post nothing.

Money moves by the line of the statement alone. So it is the same whichever file comes first, and
however often each of them comes.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from reintegration.kernel import permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.errors import N_
from reintegration.kernel.ids import new_id
from reintegration.kernel.locking import lock_all
from reintegration.kernel.statements import insert_rows
from vouchers.bank.models import BankLine, BankMatch, BankNotice
from vouchers.bank.permissions import BankPermission
from vouchers.bank.services import notice_fit
from vouchers.bank.services.import_report import Told
from vouchers.bank.services.line_matching import NewLine
from vouchers.bank.states import OPEN_LINES
from vouchers.books.models import BankAccount
from vouchers.formats.statement import BankEntry, BankStatement

Links = dict[UUID, list[UUID]]
"""By line: the notices that explain it."""
EXPLAINS = N_(
    "It only explains lines of a statement and posts nothing: entries with their line %(tied)s,"
    " without it %(waiting)s."
)
_COLUMNS = (
    *("id", "file_id", "bank_account_id", "fingerprint", "occurrence", "booked_on"),
    *("amount_minor", "currency", "bank_reference", "message_id", "is_whole", "details"),
    *("imported_by", "imported_at"),
)


def new_in(session: Session, statement: BankStatement, account: BankAccount) -> list[BankEntry]:
    """Return the entries of a notification that no file brought before."""
    known = {
        (row.fingerprint.hex(), row.occurrence)
        for row in session.execute(
            select(BankNotice.fingerprint, BankNotice.occurrence).where(
                BankNotice.bank_account_id == account.id,
                BankNotice.booked_on.in_({one.booking_date for one in statement.entries}),
            )
        )
    }
    return [one for one in statement.entries if one.key not in known]


def keep(
    session: Session,
    entries: Sequence[BankEntry],
    account: BankAccount,
    file_id: UUID,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Keep entries of a notification, each with the payments inside it."""
    permissions.demand(actor, BankPermission.IMPORT)
    insert_rows(
        session,
        BankNotice,
        _COLUMNS,
        (
            (
                new_id(),
                file_id,
                account.id,
                "\\x" + entry.fingerprint,
                entry.occurrence,
                entry.booking_date,
                entry.amount_minor,
                entry.currency,
                entry.bank_reference or "",
                entry.payment_information_id or entry.message_id or "",
                notice_fit.is_whole(entry),
                notice_fit.details_json(entry),
                actor.id,
                now,
            )
            for entry in entries
        ),
    )


def explain(session: Session, account: BankAccount, lines: Sequence[NewLine]) -> Links:
    """Let new lines say which payments they are, where a notification said so before."""
    bare = {place: line for place, line in enumerate(lines) if notice_fit.lacks_details(line.entry)}
    entries = {place: line.entry for place, line in bare.items()}
    found = _fitting(session, account, entries)
    for place, notices in found.items():
        lines[place].entry = notice_fit.explained(lines[place].entry, notices)
    return {lines[place].id: [one.id for one in notices] for place, notices in found.items()}


def explain_open(
    session: Session, account: BankAccount, entries: Sequence[BankEntry]
) -> tuple[list[NewLine], Links]:
    """Return lines that wait and say now which payments they are, by notices that are new.

    They are locked. A line whose match was undone is a person's; it is only told.
    """
    days = {one.booking_date for one in entries}
    undone = exists().where(BankMatch.bank_line_id == BankLine.id)
    asked = select(BankLine).where(
        BankLine.bank_account_id == account.id,
        BankLine.booked_on.in_(days),
        BankLine.state.in_(OPEN_LINES),
        ~undone,
    )
    stored = [
        line
        for line in lock_all(session, session.scalars(asked))
        if line.state in OPEN_LINES and not line.proposal.get("problems")
    ]
    bare = {place: _entry(line, account) for place, line in enumerate(stored)}
    waiting = {place: one for place, one in bare.items() if notice_fit.lacks_details(one)}
    found = _fitting(session, account, waiting)
    lines = [
        NewLine(stored[place].id, notice_fit.explained(waiting[place], notices))
        for place, notices in found.items()
    ]
    links = {stored[place].id: [one.id for one in notices] for place, notices in found.items()}
    return lines, links


def link(session: Session, links: Links) -> None:
    """Write down which notice explains which line; the lines are stored."""
    for line_id, notices in links.items():
        session.execute(
            update(BankNotice).where(BankNotice.id.in_(notices)).values(bank_line_id=line_id)
        )


def told(entries: Sequence[BankEntry], links: Links) -> Told:
    """Return how many of a notification's entries have found their line."""
    tied = sum(len(one) for one in links.values())
    params = {"tied": str(tied), "waiting": str(max(len(entries) - tied, 0))}
    return {"message": EXPLAINS, "params": params}


def _fitting(
    session: Session, account: BankAccount, entries: Mapping[int, BankEntry]
) -> dict[int, Sequence[BankNotice]]:
    if not entries:
        return {}
    free = session.scalars(
        select(BankNotice)
        .where(
            BankNotice.bank_account_id == account.id,
            BankNotice.booked_on.in_({one.booking_date for one in entries.values()}),
            BankNotice.bank_line_id.is_(None),
            BankNotice.is_whole,
        )
        .order_by(BankNotice.id)
    ).all()
    by_day: dict[object, list[BankNotice]] = {}
    for one in free:
        by_day.setdefault(one.booked_on, []).append(one)
    found: dict[int, Sequence[notice_fit.Notice]] = {
        place: notice_fit.fitting(entry, by_day.get(entry.booking_date, ()))
        for place, entry in entries.items()
    }
    kept = notice_fit.claimed_once(found)
    by_id = {one.id: one for one in free}
    return {place: [by_id[one.id] for one in notices] for place, notices in kept.items()}


def _entry(line: BankLine, account: BankAccount) -> BankEntry:
    """Return a stored line as it was read, as far as it is kept."""
    return BankEntry(
        account_iban=account.iban,
        booking_date=line.booked_on,
        value_date=line.value_on,
        amount_minor=line.amount_minor,
        currency=line.currency,
        bank_reference=line.bank_reference or None,
        end_to_end_id=line.end_to_end_id or None,
        message_id=line.message_id or None,
        payment_information_id=line.message_id or None,
        counterparty_name=line.counterparty_name or None,
        counterparty_iban=line.counterparty_iban or None,
        remittance=line.remittance,
        return_reason=line.return_reason or None,
        is_batch=False,
        is_charge=False,
        details=(),
        charges_minor=line.charges_minor,
        problems=(),
        fingerprint=line.fingerprint.hex(),
        occurrence=line.occurrence,
        counterparty_code=line.counterparty_code or None,
    )
