"""Who stands in for whom, in which role, on which days."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from reintegration.accounts.models.people import User
from reintegration.accounts.states import DeputyshipState
from reintegration.kernel.actor import Role
from reintegration.kernel.base import Base, Id


class Deputyship(Base):
    """`deputy` acts for `represented` in one role, from the first day to the last, both included.

    It begins with the deputy's word and ends by its last day, or when somebody ends it.
    """

    __tablename__ = "deputyship"

    id: Mapped[Id]
    represented_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    deputy_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    role: Mapped[Role]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    reason: Mapped[str] = mapped_column(default="")
    named_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    named_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    """When it was declined, withdrawn or ended before its last day."""
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))

    represented: Mapped[User] = relationship(
        foreign_keys=represented_id, lazy="joined", innerjoin=True
    )
    deputy: Mapped[User] = relationship(foreign_keys=deputy_id, lazy="joined", innerjoin=True)

    __table_args__ = (
        CheckConstraint("deputy_id <> represented_id", "two_people"),
        CheckConstraint("ends_on >= starts_on", "days"),
        CheckConstraint("named_by IS DISTINCT FROM deputy_id", "named_by_another"),
        Index("ix_deputyship_represented_id", "represented_id", "ends_on"),
        Index("ix_deputyship_deputy_id", "deputy_id", "ends_on"),
        Index("ix_deputyship_open", "ends_on", postgresql_where="ended_at IS NULL"),
    )

    def state(self, today: date) -> DeputyshipState:
        """Return where it stands on a day."""
        if self.ended_at is not None:
            declined = self.accepted_at is None and self.ended_by == self.deputy_id
            return DeputyshipState.DECLINED if declined else DeputyshipState.ENDED
        if self.ends_on < today:
            return DeputyshipState.ENDED
        if self.accepted_at is None:
            return DeputyshipState.WAITING
        return DeputyshipState.AHEAD if self.starts_on > today else DeputyshipState.RUNNING

    def holds(self, today: date) -> bool:
        """Whether the deputy may act: it runs, and the person represented still has the role."""
        return (
            self.state(today) is DeputyshipState.RUNNING
            and self.represented.disabled_at is None
            and self.represented.organisation_id == self.deputy.organisation_id
            and self.role in self.represented.role_set
        )
