"""What a form that was sent was answered: sent twice, it is answered the same.

The row is inserted before the work, in the work's transaction: it is the claim to the form's key.
Whoever sends the form at the same moment waits at that insert, then reads the answer. A refusal
rolls the claim back with everything else: the key is free again.

An answer is sealed, for a page may show what is shown once (a PIN, a first password). Such a page
is shown again for ten minutes, so that a second click shows it and a page left open does not; the
job that drops it comes within ten more.
"""

from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from sqlalchemy import Table, bindparam, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from reintegration.kernel.base import Base
from reintegration.kernel.crypto import ANSWER
from reintegration.kernel.db import keyring
from reintegration.kernel.errors import N_, Conflict
from reintegration.kernel.statements import ConstantStatement

REMEMBERED = timedelta(days=7)
PAGE_SHOWN_AGAIN = timedelta(minutes=10)


class AnsweredForm(Base):
    """A form's key, who sent it, a keyed hash of what was sent, and the sealed answer."""

    __tablename__ = "answered_form"

    actor_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    request_hash: Mapped[bytes]
    answered_at: Mapped[datetime] = mapped_column(index=True)
    answer: Mapped[bytes | None]
    is_page: Mapped[bool] = mapped_column(default=False)


_a = cast("Table", AnsweredForm.__table__)
_this = (_a.c.actor_id == bindparam("actor"), _a.c.key == bindparam("form"))
_CLAIM = ConstantStatement(
    insert(_a)
    .values(
        actor_id=bindparam("actor"),
        key=bindparam("form"),
        request_hash=bindparam("request"),
        answered_at=bindparam("now"),
        is_page=False,
    )
    .on_conflict_do_nothing()
    .returning(_a.c.key)
)
_FIND = ConstantStatement(select(_a).where(*_this))
_KEEP = ConstantStatement(
    update(_a)
    .where(*_this)
    .values(answer=bindparam("sealed"), is_page=bindparam("page", type_=_a.c.is_page.type))
)


def claim(
    session: Session, *, actor_id: UUID, key: str, request: bytes, now: datetime
) -> bytes | None:
    """Take the key for this request, or return what the same request was answered.

    Raise Conflict when something else was sent under the key, or the answer is not shown again.
    """
    asked = keyring(session).sent_form(request)
    values = {"actor": actor_id, "form": key, "request": asked, "now": now}
    if _CLAIM.run(session, values).first() is not None:
        return None
    before = _FIND.run(session, {"actor": actor_id, "form": key}).one()
    if before.request_hash != asked:
        raise Conflict(
            N_("This form was sent before with other answers. Open the page again, then send it."),
            code="sent_before",
        )
    if before.answer is None or (before.is_page and before.answered_at < now - PAGE_SHOWN_AGAIN):
        raise Conflict(
            N_("This is done already, and what was shown then is shown only once."),
            code="shown_once",
        )
    return keyring(session).unseal(ANSWER, before.answer, bound_to=ANSWER.bound_to(actor_id, key))


def keep(session: Session, *, actor_id: UUID, key: str, answer: bytes, is_page: bool) -> None:
    """Keep what the claimed key is answered, in the transaction of the work."""
    sealed = keyring(session).seal(ANSWER, answer, bound_to=ANSWER.bound_to(actor_id, key))
    _KEEP.run(session, {"actor": actor_id, "form": key, "sealed": sealed, "page": is_page})


def forget(session: Session, now: datetime) -> str | None:
    """Drop pages after minutes, and everything after a week."""
    session.execute(
        update(AnsweredForm)
        .where(AnsweredForm.is_page, AnsweredForm.answered_at < now - PAGE_SHOWN_AGAIN)
        .where(AnsweredForm.answer.is_not(None))
        .values(answer=None)
    )
    old = delete(AnsweredForm).where(AnsweredForm.answered_at < now - REMEMBERED)
    gone = session.scalar(select(func.count()).select_from(old.returning(_a.c.key).cte()))
    return f"{gone} forgotten" if gone else None
