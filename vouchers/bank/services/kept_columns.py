"""What the columns of an account's CSV are: said once on screen, used by every next import."""

from datetime import datetime

from sqlalchemy.orm import Session

from reintegration.kernel import audit, permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.errors import N_, Conflict
from reintegration.kernel.ids import new_id
from reintegration.kernel.locking import lock
from vouchers.bank.models import KeptColumns
from vouchers.bank.permissions import BankAccountPermission
from vouchers.bank.queries.kept_columns import columns_of
from vouchers.books.models import BankAccount
from vouchers.formats.csv_mapping import CsvMapping


def keep(
    session: Session, account: BankAccount, *, actor: Actor, mapping: CsvMapping, now: datetime
) -> KeptColumns:
    """Read the account's files so from now on; what was said before is kept as it was, unused."""
    permissions.demand(actor, BankAccountPermission.MAP, account)
    lock(session, account)
    live = columns_of(session, account)
    if live is not None:
        if live.mapping == mapping:
            return live
        _retire(session, live, actor=actor, now=now)
    kept = KeptColumns(
        id=new_id(),
        bank_account_id=account.id,
        layout=mapping.as_json(),
        kept_by=actor.id,
        kept_at=now,
    )
    session.add(kept)
    session.flush()
    _note(session, account, "keep_columns", actor=actor, now=now)
    return kept


def remove(session: Session, account: BankAccount, *, actor: Actor, now: datetime) -> None:
    """Use what was said no more: the next file is read by the names of its columns."""
    permissions.demand(actor, BankAccountPermission.MAP, account)
    lock(session, account)
    live = columns_of(session, account)
    if live is None:
        raise Conflict(N_("Nothing is kept of the columns of this account."), code="columns")
    _retire(session, live, actor=actor, now=now)
    _note(session, account, "remove_columns", actor=actor, now=now)


def _retire(session: Session, live: KeptColumns, *, actor: Actor, now: datetime) -> None:
    live.removed_by, live.removed_at = actor.id, now
    session.flush()


def _note(
    session: Session, account: BankAccount, verb: str, *, actor: Actor, now: datetime
) -> None:
    audit.record(
        session, f"bank_account:{verb}", account, actor=actor, now=now, fields=("columns",)
    )
