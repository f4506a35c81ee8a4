"""Devices of a provider's desk: reception, who has no second factor, works from these only.

A manager makes a code; who signs in on the device types it there, and that browser keeps a secret
of its own from then on. The secret alone opens nothing: it stands beside a password, and counts
for people of its organisation only.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from reintegration.accounts.models import DeskDevice, Organisation, User
from reintegration.accounts.permissions import AccountPermission
from reintegration.accounts.queries import people
from reintegration.accounts.services import inbox
from reintegration.kernel import audit, crypto, permissions, tries
from reintegration.kernel.actor import Actor
from reintegration.kernel.db import acting_as_system
from reintegration.kernel.errors import N_, Conflict, Invalid, NotPermitted, TooManyTries
from reintegration.kernel.ids import new_id, new_typed_code, normalise_typed_code
from reintegration.kernel.locking import by_key

CODE_FOR = timedelta(minutes=15)
KEPT_FOR = timedelta(days=180)
"""How long a device that nobody works from stays admitted."""
MOST = 30
LONGEST_LABEL = 60
PER_PERSON = tries.Limit(tries=8, window=timedelta(minutes=15))
_SEEN_EVERY = timedelta(hours=12)
_LINK = "/account/devices"


class WrongDeviceCode(Invalid):
    """The code is not right, too old, used, or another provider's: which of them is not said."""

    code = "wrong_device_code"

    def __init__(self) -> None:
        super().__init__(
            N_(
                "This code is not right, was used already or is older than 15 minutes. Ask your"
                " manager for another one."
            ),
            field="code",
        )


def make_code(
    session: Session, *, actor: Actor, label: str, now: datetime
) -> tuple[DeskDevice, str]:
    """Make a code that admits one device within 15 minutes; its text is stored nowhere."""
    permissions.demand(actor, AccountPermission.MAKE_DEVICE_CODE)
    if actor.organisation_id is None or actor.id is None:
        raise NotPermitted(permissions.REFUSAL)
    name = " ".join(label.split())
    if not 0 < len(name) <= LONGEST_LABEL:
        raise Invalid(
            N_("Name the device, in %(limit)s characters at most."),
            code="label",
            field="label",
            limit=LONGEST_LABEL,
        )
    if len(of_organisation(session, actor.organisation_id, now=now)) >= MOST:
        raise Conflict(
            N_("You have %(most)s devices. Revoke one that you do not use."),
            code="too_many",
            most=MOST,
        )
    code = new_typed_code()
    device = DeskDevice(
        id=new_id(),
        organisation_id=actor.organisation_id,
        label=name,
        code_hash=crypto.token_hash(code),
        code_until=now + CODE_FOR,
        made_by=actor.id,
        made_at=now,
    )
    session.add(device)
    session.flush()
    audit.record(session, "desk_device:make_code", device, actor=actor, now=now)
    return device, code


def admit(session: Session, typed: str, *, actor: Actor, now: datetime) -> str:
    """Admit the browser of this request by a code; return the secret that it keeps.

    A code serves once, also when two send it at the same moment. Raises WrongDeviceCode or
    TooManyTries; only failures are counted. The managers of the provider are told.
    """
    permissions.demand(actor, AccountPermission.ADMIT_DEVICE)
    key = f"desk-device|{actor.id}"
    try:
        tries.spend(session, key, PER_PERSON, now=now)
    except TooManyTries:
        raise TooManyTries(
            N_("Too many wrong codes. Wait 15 minutes, then ask your manager for a new one.")
        ) from None
    code, secret = normalise_typed_code(typed), crypto.random_token()
    device = _take(session, code, secret, actor, now) if code else None
    if device is None:
        raise WrongDeviceCode
    tries.give_back(session, key, now=now)
    audit.record(session, "desk_device:admit", device, actor=actor, now=now)
    told = N_(
        "%(name)s made “%(label)s” known: reception works from it. Revoke it if it is not yours."
    )
    _tell(session, [device], "admitted", told, now=now, name=actor.name)
    return secret


def _take(
    session: Session, code: str, secret: str, actor: Actor, now: datetime
) -> DeskDevice | None:
    waits = (
        DeskDevice.code_hash == crypto.token_hash(code),
        DeskDevice.organisation_id == actor.organisation_id,
        DeskDevice.hash.is_(None),
        DeskDevice.ended_at.is_(None),
        DeskDevice.code_until > now,
    )
    took = (
        update(DeskDevice)
        .where(*waits)
        .values(
            hash=crypto.token_hash(secret), admitted_by=actor.id, admitted_at=now, last_seen_at=now
        )
    )
    with acting_as_system(session):
        return session.scalar(took.returning(DeskDevice))


def admitted(
    session: Session, secret: str, *, organisation_id: UUID | None, now: datetime
) -> DeskDevice | None:
    """Return the living device of this secret, if it is one of the organisation's."""
    if not secret:
        return None
    return session.scalar(
        select(DeskDevice).where(
            DeskDevice.hash == crypto.token_hash(secret),
            DeskDevice.organisation_id == organisation_id,
            _is_admitted(now),
        )
    )


def seen(session: Session, device: DeskDevice, *, now: datetime) -> bool:
    """Note that somebody works from it, in a transaction of its own; return whether it was time.

    Twice a day is enough for what is forgotten after half a year.
    """
    if device.last_seen_at is not None and now - device.last_seen_at < _SEEN_EVERY:
        return False
    with Session(tries.companion(session)) as own, own.begin(), acting_as_system(own):
        own.execute(
            update(DeskDevice)
            .where(DeskDevice.id == device.id, DeskDevice.ended_at.is_(None))
            .values(last_seen_at=now)
        )
    return True


def of_organisation(
    session: Session, organisation_id: UUID | None, *, now: datetime
) -> Sequence[DeskDevice]:
    """Return the living devices of an organisation and the codes that wait, the newest first."""
    waits = DeskDevice.hash.is_(None) & (DeskDevice.code_until > now)
    return session.scalars(
        select(DeskDevice)
        .where(
            DeskDevice.organisation_id == organisation_id,
            DeskDevice.ended_at.is_(None),
            or_(waits, _is_admitted(now)),
        )
        .order_by(DeskDevice.made_at.desc(), DeskDevice.id)
    ).all()


def end(session: Session, device: DeskDevice, *, actor: Actor, now: datetime) -> None:
    """End a device or a code that waits: nobody works from it from now on."""
    permissions.demand(actor, AccountPermission.MANAGE_DEVICES, device)
    if device.ended_at is None:
        device.ended_at = now
        session.flush()
        audit.record(session, "desk_device:end", device, actor=actor, now=now)


def end_of_organisation(
    session: Session, organisation_id: UUID, *, actor: Actor, now: datetime
) -> None:
    """End all devices of an organisation that is closed; opened again, it makes them known anew."""
    permissions.demand(actor, AccountPermission.MANAGE_ORGANISATIONS)
    _end_all(session, DeskDevice.organisation_id == organisation_id, actor=actor, now=now)


def end_of_person(session: Session, user: User, *, actor: Actor, now: datetime) -> None:
    """End what somebody whose account is closed made known; the managers are told of each.

    A phone of theirs is no device of the desk any more, whoever's password they know.
    """
    permissions.demand(actor, AccountPermission.MANAGE_USERS)
    told = N_("“%(label)s” has ended with the account of %(name)s. Make it known anew if it stays.")
    ended = _end_all(session, _made_known_by(user), actor=actor, now=now)
    _tell(session, ended, "ended", told, now=now, name=user.name)


def ending_with(session: Session, one: User | Organisation) -> Sequence[str]:
    """Return what the living devices are called that end with a person's account or a provider."""
    own = _made_known_by(one) if isinstance(one, User) else DeskDevice.organisation_id == one.id
    living = select(DeskDevice.label).where(own, DeskDevice.ended_at.is_(None))
    with acting_as_system(session):
        return session.scalars(living.order_by(DeskDevice.label).limit(MOST)).all()


def _made_known_by(user: User) -> ColumnElement[bool]:
    """Return what somebody made known, and the codes of theirs that wait."""
    waits = and_(DeskDevice.made_by == user.id, DeskDevice.hash.is_(None))
    return or_(DeskDevice.admitted_by == user.id, waits)


def _end_all(
    session: Session, which: ColumnElement[bool], *, actor: Actor, now: datetime
) -> Sequence[DeskDevice]:
    open_ones = which, DeskDevice.ended_at.is_(None)
    with acting_as_system(session):
        session.execute(by_key(DeskDevice, *open_ones))
        ended = update(DeskDevice).where(*open_ones).values(ended_at=now)
        devices = session.scalars(ended.returning(DeskDevice)).all()
    for device in devices:
        audit.record(session, "desk_device:end", device, actor=actor, now=now)
    return devices


def forget_old(session: Session, now: datetime) -> str | None:
    """Forget codes that nobody used, and devices that ended or that nobody works from."""
    old = or_(
        DeskDevice.hash.is_(None) & (DeskDevice.code_until < now - timedelta(days=1)),
        DeskDevice.ended_at < now - KEPT_FOR,
        DeskDevice.last_seen_at < now - KEPT_FOR,
    )
    gone = delete(DeskDevice).where(old).returning(DeskDevice.id).cte()
    count = session.scalar(select(func.count()).select_from(gone))
    return f"{count} devices forgotten" if count else None


def _is_admitted(now: datetime) -> ColumnElement[bool]:
    return DeskDevice.ended_at.is_(None) & (DeskDevice.last_seen_at > now - KEPT_FOR)


def _tell(
    session: Session,
    devices: Sequence[DeskDevice],
    key: str,
    message: str,
    *,
    now: datetime,
    name: str,
) -> None:
    managers = people.managers_of(session, {device.organisation_id for device in devices})
    for device in devices:
        to, said = managers[device.organisation_id], {"label": device.label, "name": name}
        about = f"desk_device:{device.id}:{key}"
        inbox.notify(session, to, about, message, now=now, link=_LINK, **said)
