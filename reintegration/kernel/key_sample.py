"""Whether the master keys are those that this database was filled under.

Another key of the right length would work: new cases would be sealed under it, old ones would not
open, and the trail would break. So each key under which rows may lie leaves a sample in the
database, and whoever starts must be able to open all of them and the keys of the house.
"""

from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.orm import Session

from reintegration.kernel import audit_chain, house_keys
from reintegration.kernel.crypto import KeyMissing, Keyring, MasterKey, SealBroken

WRONG = (
    "PUNTE_MASTER_KEY is another key than the one that this database was filled under. Nothing is"
    " started, so that nothing is sealed under the wrong one. Set the key that belongs to it: it is"
    " kept where your backups of PUNTE_MASTER_KEY are, and for the embedded database in the"
    " secrets.json of its own instance folder."
)
MISSING = (
    "What lies under the master key %s could not be read: it is not set. Nothing is started. Add it"
    " to PUNTE_MASTER_KEYS_READ; `flask --app wsgi keys rotate` then brings everything under the"
    " current key, and says when the other may go."
)


def misfit(session: Session, ring: Keyring, *, now: datetime) -> str:
    """Return why these keys are not those of the database, nothing when they are.

    The ring then knows the keys of the house. Who asks first leaves them and a sample of the
    current key, unless the trail is signed otherwise.
    """
    connection = session.connection()
    found = house_keys.samples(connection)
    unread = [name for name in found if not _is_read(ring, name, found[name])]
    if unread:
        return _unread(unread, is_foreign=len(unread) == len(found))
    first = house_keys.founder(ring, found) if found else _signer(session, ring)
    if first is None:
        return WRONG
    try:
        house_keys.adopt(connection, ring, first, now=now)
    except KeyMissing as missing:
        return MISSING % missing.name
    except SealBroken:
        return WRONG
    for key in (first, ring.current) if "" in found or not found else (ring.current,):
        if key.name not in found:
            house_keys.leave_sample(connection, key, now=now)
    if "" in found:
        house_keys.forget_samples(connection, {""})
    return ""


def _unread(names: list[str], *, is_foreign: bool) -> str:
    """Say under which keys rows lie that are not set."""
    told = ", ".join(name for name in names if name)
    if is_foreign:
        return f"{WRONG} It is called {told}." if told else WRONG
    return MISSING % told


def _is_read(ring: Keyring, name: str, sealed: bytes) -> bool:
    return any(house_keys.opens_sample(key, name, sealed) for key in ring.keys)


def _signer(session: Session, ring: Keyring) -> MasterKey | None:
    """Return the key with which the last checkpoint of the trail was signed, if there is one."""
    for key in ring.keys:
        signer = Ed25519PrivateKey.from_private_bytes(key.derive("audit-checkpoint/1"))
        try:
            audit_chain.check_last_signature(session, signer.public_key())
        except InvalidSignature:
            continue
        return key
    return None
