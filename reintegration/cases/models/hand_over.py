"""Cases that one case manager gives to another, who accepts all or some of them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from reintegration.accounts.models import User
from reintegration.cases.states import HandOverAnswer
from reintegration.kernel.base import Base, Id


class HandOver(Base):
    """A list of cases that waits for its next case manager: until they accept, nothing moves."""

    __tablename__ = "hand_over"

    id: Mapped[Id]
    from_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    to_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    stays: Mapped[bool]
    """Whether the manager of before stays on the teams."""
    reason: Mapped[str]
    offered_by: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    offered_for: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    offered_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    """When the last case of it was answered, or the rest was withdrawn."""

    giver: Mapped[User] = relationship(foreign_keys=from_id)
    receiver: Mapped[User] = relationship(foreign_keys=to_id)
    items: Mapped[list["HandOverItem"]] = relationship(
        back_populates="hand_over", cascade="all, delete-orphan"
    )

    __table_args__ = (
        CheckConstraint("from_id <> to_id", "two_people"),
        Index("ix_hand_over_from_id", "from_id", postgresql_where="closed_at IS NULL"),
        Index("ix_hand_over_to_id", "to_id", postgresql_where="closed_at IS NULL"),
    )


class HandOverItem(Base):
    """One case of a hand-over. A case waits in one of them at most."""

    __tablename__ = "hand_over_item"

    hand_over_id: Mapped[UUID] = mapped_column(
        ForeignKey("hand_over.id", ondelete="CASCADE"), primary_key=True
    )
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), primary_key=True)
    answer: Mapped[HandOverAnswer] = mapped_column(default=HandOverAnswer.WAITING)
    answered_at: Mapped[datetime | None]

    hand_over: Mapped[HandOver] = relationship(back_populates="items")

    __table_args__ = (
        Index(
            "uq_hand_over_item_waiting",
            "case_id",
            unique=True,
            postgresql_where="answer = 'waiting'",
        ),
    )
