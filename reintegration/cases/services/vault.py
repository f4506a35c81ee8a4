"""The identity vault: sealing, reading with a reason, and erasing by destroying the key."""

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from reintegration.cases.models import CaseFile, IdentityIndex, PersonIdentity, PersonKey
from reintegration.cases.permissions import CasePermission
from reintegration.cases.services.agreed import require_kept
from reintegration.cases.services.identity_index import index_values
from reintegration.cases.services.open_cases import require_open
from reintegration.cases.states import FOLDING, OF_AGE
from reintegration.kernel import audit, clock, crypto, dates, permissions
from reintegration.kernel.actor import SYSTEM, Actor
from reintegration.kernel.db import keyring
from reintegration.kernel.errors import N_, Conflict, Invalid

MIN_REASON = 5


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a person is, in clear: it lives no longer than the request that carries it."""

    given_name: str = ""
    family_name: str = ""
    birth_date: date | None = None
    document_number: str = ""
    phone: str = ""
    address: str = ""

    def __repr__(self) -> str:
        return "Identity(…)"

    @property
    def told(self) -> tuple[str, ...]:
        """Return the names of the fields that the person told."""
        return tuple(name for name in FIELDS if getattr(self, name))


FIELDS: tuple[str, ...] = tuple(field.name for field in fields(Identity))
_INDEXED = ("given_name", "family_name", "birth_date", "document_number")
_SEARCHED = ("given_name", "family_name", "document_number", "phone")
_AT_ONCE = 200


def make_person_key(session: Session, case: CaseFile, *, now: datetime) -> None:
    """Give a new case the key under which its identity and notes are sealed."""
    wrapped = keyring(session).wrap_person_key(
        secrets.token_bytes(crypto.KEY_BYTES), case_id=str(case.id)
    )
    session.add(PersonKey(case_id=case.id, wrapped=wrapped, created_at=now))
    session.flush()


def store_identity(
    session: Session,
    *,
    actor: Actor,
    case: CaseFile,
    identity: Identity,
    now: datetime,
    agreeing: bool = False,
) -> None:
    """Seal what the person told, replacing what was stored; an empty field is emptied.

    Raises Conflict without the consent to keep a file, unless it is written down next (`agreeing`)
    or everything is emptied.
    """
    permissions.demand(actor, CasePermission.EDIT_IDENTITY, case)
    require_open(session, case.id)
    if identity.told and not agreeing:
        require_kept(session, case.id, today=clock.local_day(now))
    key = _key(session, case.id)
    stored = session.get(PersonIdentity, case.id)
    if stored is None:
        stored = PersonIdentity(case_id=case.id)
        session.add(stored)
    for name in FIELDS:
        text = _as_text(getattr(identity, name))
        sealed = _seal(key, name, case.id, text) if text else None
        setattr(stored, name, sealed)
    stored.updated_at, stored.folded_by = now, FOLDING
    _index(session, case.id, identity)
    session.flush()
    audit.record(session, "identity:store", case, actor=actor, now=now, fields=identity.told)


def read_identity(
    session: Session,
    *,
    actor: Actor,
    case: CaseFile,
    reason: str,
    now: datetime,
    wanted: Iterable[str] = FIELDS,
) -> Identity:
    """Return the wanted fields; the reader, the fields and the reason are written down.

    Raises NotPermitted off the team, Invalid without a reason, Conflict once it is erased.
    """
    permissions.demand(actor, CasePermission.READ_IDENTITY, case)
    if len(reason.strip()) < MIN_REASON:
        raise Invalid(
            N_("Say why you need to see this. Others can read your reason later."), field="reason"
        )
    names = [name for name in FIELDS if name in set(wanted)]
    key = _key(session, case.id)
    stored = session.get(PersonIdentity, case.id)
    found = _with_key(key, stored, names) if stored is not None else Identity()
    audit.record(
        session, "identity:read", case, actor=actor, now=now, fields=names, reason=reason.strip()
    )
    return found


def erase_identity(
    session: Session, *, actor: Actor, case: CaseFile, reason: str, now: datetime
) -> None:
    """Destroy the person's key: identity and notes never open again. The figures stay."""
    permissions.demand(actor, CasePermission.ERASE_IDENTITY, case)
    if len(reason.strip()) < MIN_REASON:
        raise Invalid(
            N_("Give a reason: others will need to understand this later."), field="reason"
        )
    destroy_key(session, case)
    audit.record(
        session, "identity:erase", case, actor=actor, now=now, fields=FIELDS, reason=reason.strip()
    )


def destroy_key(session: Session, case: CaseFile) -> None:
    """Delete the key of a person and what names are found by."""
    session.execute(delete(IdentityIndex).where(IdentityIndex.case_id == case.id))
    session.execute(delete(PersonKey).where(PersonKey.case_id == case.id))
    session.flush()


def seal_for(session: Session, case_id: UUID, text: str, *, bound_to: str) -> bytes:
    """Seal free text with the person's key, bound to its own row."""
    return crypto.seal(_key(session, case_id), text.encode(), bound_to=bound_to)


def unseal_for(session: Session, case_id: UUID, sealed: dict[str, bytes]) -> dict[str, str]:
    """Open texts of one person; `sealed` maps what each is bound to onto its bytes."""
    if not sealed:
        return {}
    key = _key(session, case_id)
    return {
        bound_to: crypto.unseal(key, value, bound_to=bound_to).decode()
        for bound_to, value in sealed.items()
    }


def _key(session: Session, case_id: UUID) -> bytes:
    wrapped = session.scalar(select(PersonKey.wrapped).where(PersonKey.case_id == case_id))
    if wrapped is None:
        raise Conflict(N_("This was erased for good and cannot be read."), code="erased")
    return keyring(session).unwrap_person_key(wrapped, case_id=str(case_id))


def _bound_to(name: str, case_id: UUID) -> str:
    return f"person_identity|{name}|{case_id}"


def _seal(key: bytes, name: str, case_id: UUID, text: str) -> bytes:
    return crypto.seal(key, text.encode(), bound_to=_bound_to(name, case_id))


def _unseal(key: bytes, name: str, case_id: UUID, sealed: bytes) -> str:
    return crypto.unseal(key, sealed, bound_to=_bound_to(name, case_id)).decode()


def _as_text(value: str | date | None) -> str:
    return value.isoformat() if isinstance(value, date) else (value or "").strip()


def _index(session: Session, case_id: UUID, identity: Identity) -> None:
    session.execute(delete(IdentityIndex).where(IdentityIndex.case_id == case_id))
    values = index_values(
        keyring(session),
        names=(identity.given_name, identity.family_name),
        birth_date=identity.birth_date,
        document_number=identity.document_number,
    )
    session.add_all(
        IdentityIndex(case_id=case_id, kind=kind, value=value)
        for kind, several in values.items()
        for value in several
    )


def opened_caseload(session: Session, *, actor: Actor) -> Iterator[tuple[CaseFile, Identity]]:
    """Yield the cases of which somebody may read who the person is, with what a search compares.

    It is opened in memory for comparing and shown to nobody: the search writes itself down.
    """
    rows = session.execute(
        permissions.visible(actor, CaseFile, CasePermission.READ_IDENTITY)
        .join(PersonIdentity, PersonIdentity.case_id == CaseFile.id)
        .join(PersonKey, PersonKey.case_id == CaseFile.id)
        .add_columns(PersonIdentity, PersonKey.wrapped)
    )
    for case, stored, wrapped in rows:
        key = keyring(session).unwrap_person_key(wrapped, case_id=str(case.id))
        yield case, _with_key(key, stored, _SEARCHED)


def opened_for_export(
    session: Session, *, actor: Actor, at_once: int
) -> Iterator[tuple[CaseFile, Identity]]:
    """Yield who each person is who was not erased, some read at a time.

    Who uses a request up has written down of each that it left
    (`reintegration.cases.services.name_exports.note`).
    """
    permissions.demand(actor, CasePermission.USE_NAME_EXPORT)
    rows = (
        select(CaseFile, PersonIdentity, PersonKey.wrapped)
        .join(PersonIdentity, PersonIdentity.case_id == CaseFile.id)
        .join(PersonKey, PersonKey.case_id == CaseFile.id)
        .order_by(CaseFile.id)
    )
    for case, stored, wrapped in session.execute(rows, execution_options={"yield_per": at_once}):
        key = keyring(session).unwrap_person_key(wrapped, case_id=str(case.id))
        yield case, _with_key(key, stored, FIELDS)


def unseal_with(
    session: Session, case_id: UUID, wrapped: bytes, sealed: bytes, *, bound_to: str
) -> str:
    """Open one text of a person whose wrapped key is at hand."""
    key = keyring(session).unwrap_person_key(wrapped, case_id=str(case_id))
    return crypto.unseal(key, sealed, bound_to=bound_to).decode()


def is_under_age(session: Session, case: CaseFile, today: date) -> bool:
    """Whether the person has not reached the age of consent: by the day of birth, or by its year.

    The day is opened in memory and told to nobody. Who reaches the age this year, where only the
    year is known, is taken for of age; so is whoever told neither.
    """
    stored = session.get(PersonIdentity, case.id)
    if stored is not None and stored.birth_date is not None:
        born = _opened(session, stored, ("birth_date",)).birth_date
        had_birthday = born is not None and (today.month, today.day) >= (born.month, born.day)
        return born is not None and today.year - born.year - (not had_birthday) < OF_AGE
    return case.birth_year is not None and today.year - case.birth_year < OF_AGE


def index_again(session: Session, *, now: datetime) -> int:
    """Index anew who was folded by an older rule, some at a time; return how many.

    Names are opened for it in memory, as the system, and the trail says so.
    """
    behind = select(PersonIdentity).where(PersonIdentity.folded_by < FOLDING).limit(_AT_ONCE)
    found = session.scalars(behind.order_by(PersonIdentity.case_id)).all()
    for stored in found:
        stored.folded_by = FOLDING
        case = session.get_one(CaseFile, stored.case_id)
        if session.get(PersonKey, case.id) is not None:
            _index(session, case.id, _opened(session, stored, _INDEXED))
            audit.record(session, "identity:index", case, actor=SYSTEM, now=now, fields=_INDEXED)
    session.flush()
    return len(found)


def _opened(session: Session, stored: PersonIdentity, names: Iterable[str]) -> Identity:
    """Return the wanted fields of a person, without asking who reads and without a word of it."""
    return _with_key(_key(session, stored.case_id), stored, names)


def _with_key(key: bytes, stored: PersonIdentity, names: Iterable[str]) -> Identity:
    found = {
        name: _unseal(key, name, stored.case_id, sealed)
        for name in names
        if (sealed := getattr(stored, name)) is not None
    }
    born = found.pop("birth_date", "")
    return Identity(**found, birth_date=dates.machine(born) if born else None)
