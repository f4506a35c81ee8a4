"""Whether the master key is the one that this database was filled under.

Another key of the right length would work: new cases would be sealed under it, old ones would not
open, and the trail would break. So a sample is sealed once and opened at each start.
"""

from datetime import datetime

from cryptography.exceptions import InvalidSignature
from sqlalchemy import CheckConstraint, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from reintegration.kernel import audit_chain
from reintegration.kernel.base import Base
from reintegration.kernel.crypto import Keyring, SealBroken

WRONG = (
    "PUNTE_MASTER_KEY is another key than the one that this database was filled under. Nothing is"
    " started, so that nothing is sealed under the wrong one. Set the key that belongs to it: it is"
    " kept where your backups of PUNTE_MASTER_KEY are, and for the embedded database in the"
    " secrets.json of its own instance folder."
)
_ONLY = 1
_TEXT = "one sample"


class KeySample(Base):
    """One text, sealed when the first process started. Append-only."""

    __tablename__ = "key_sample"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sealed: Mapped[bytes]
    made_at: Mapped[datetime]

    __table_args__ = (CheckConstraint("id = 1", "one"),)


def fits(session: Session, keyring: Keyring, *, now: datetime) -> bool:
    """Whether the sample opens; who asks first leaves it, unless the trail is signed otherwise."""
    if (sealed := _sealed(session)) is None:
        if not _signed_the_trail(session, keyring):
            return False
        given = {"id": _ONLY, "sealed": keyring.seal_sample(_TEXT), "made_at": now}
        session.execute(insert(KeySample).values(given).on_conflict_do_nothing())
        sealed = _sealed(session)
    try:
        return sealed is not None and keyring.unseal_sample(sealed) == _TEXT
    except SealBroken:
        return False


def _sealed(session: Session) -> bytes | None:
    return session.scalar(select(KeySample.sealed))


def _signed_the_trail(session: Session, keyring: Keyring) -> bool:
    """Whether the last checkpoint of the trail, if there is one, was signed with this key."""
    try:
        audit_chain.check_last_signature(session, keyring)
    except InvalidSignature:
        return False
    return True
