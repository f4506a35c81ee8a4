"""The months of the books."""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from reintegration.kernel.base import Base, Id, Json
from reintegration.kernel.signing import apart
from vouchers.books.states import NOTHING_POSTED, PeriodState


class AccountingPeriod(Base):
    """One month, named by its first day, and who did what with it since it was last open.

    Nothing is posted in a closed month, nor in any before it: a trigger of the journal refuses it.
    """

    __tablename__ = "accounting_period"

    id: Mapped[Id]
    month: Mapped[date] = mapped_column(unique=True)
    state: Mapped[PeriodState] = mapped_column(default=PeriodState.OPEN)
    prepared_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    prepared_for: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    prepared_at: Mapped[datetime | None]
    closed_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    closed_for: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    closed_at: Mapped[datetime | None]
    reopen_asked_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    reopen_asked_for: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    reopen_asked_at: Mapped[datetime | None]
    reopen_reason: Mapped[str] = mapped_column(default="")
    reopened_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    reopened_for: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    reopened_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("EXTRACT(day FROM month) = 1", "first_day"),
        CheckConstraint(apart("closed_by", "prepared_by"), "closer"),
        CheckConstraint(apart("reopened_by", "reopen_asked_by"), "reopener"),
        CheckConstraint(
            "state IN ('open', 'prepared') OR num_nulls(prepared_by, closed_by, closed_at) = 0",
            "closed_by_two",
        ),
        CheckConstraint(
            "state IN ('closed', 'reopening') OR closed_at IS NULL"
            " OR num_nulls(reopen_asked_by, reopened_by, reopened_at) = 0",
            "opened_by_two",
        ),
    )

    @property
    def last_day(self) -> date:
        """Return the last day of the month."""
        return next_month(self.month) - timedelta(days=1)

    @property
    def is_closed(self) -> bool:
        """Whether nothing is posted in it."""
        return self.state in NOTHING_POSTED


def next_month(month: date) -> date:
    """Return the first day of the month after that of a day."""
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


class PeriodClose(Base):
    """What was signed off when a month was closed: it stays, though the month is opened again.

    `content` says who and when, the checklist as it was found, and the trial balance; `sha256` is
    that of its text, and stands in the trail.
    """

    __tablename__ = "period_close"

    id: Mapped[Id]
    period_id: Mapped[UUID] = mapped_column(ForeignKey("accounting_period.id"))
    number: Mapped[int]
    closed_at: Mapped[datetime]
    content: Mapped[Json] = mapped_column(JSONB)
    sha256: Mapped[str]

    __table_args__ = (UniqueConstraint("period_id", "number"),)
