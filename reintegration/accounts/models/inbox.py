"""The in-app inbox: reminders and decisions, in the reader's own language."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from reintegration.kernel.base import Base, Id, Json


class InboxMessage(Base):
    """`message` is a marked source string; it is translated when it is read."""

    __tablename__ = "inbox_message"

    id: Mapped[Id]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    key: Mapped[str]
    message: Mapped[str]
    params: Mapped[Json] = mapped_column(JSONB, default=dict)
    link: Mapped[str | None]
    sent_at: Mapped[datetime]
    read_at: Mapped[datetime | None]

    __table_args__ = (
        Index("uq_inbox_message_key", "user_id", "key", unique=True),
        Index("ix_inbox_message_user", "user_id", "sent_at"),
        Index("ix_inbox_message_unread", "user_id", postgresql_where="read_at IS NULL"),
    )
