"""Values of rules, each from a day on. What was decided stays; nothing is deleted."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from reintegration.kernel.actor import Role
from reintegration.kernel.base import Base, Id
from reintegration.kernel.proposed import Proposed, by_two
from reintegration.rulebook.states import Standing

_DAY = "(timezone('Europe/Chisinau', {}))::date"


class RuleVersion(Proposed, Base):
    """What shall hold from `first_day` on, until the next of the same rule begins.

    So days have neither a gap nor an overlap. `entry` names the entry of a list, and is empty for
    a rule that is one value. It is decided before its first day, and ended before it or never.
    """

    __tablename__ = "rule_version"

    id: Mapped[Id]
    code: Mapped[str]
    entry: Mapped[str] = mapped_column(default="")
    stored: Mapped[Any] = mapped_column("value", JSONB)
    first_day: Mapped[date]
    decided_by: Mapped[Role]
    """The role that approves it."""
    reason: Mapped[str]
    retired_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    retired_for: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    retired_because: Mapped[str | None]

    __table_args__ = (
        by_two(),
        CheckConstraint("decided_by IN ('supervisor', 'finance_approver')", "answers_for_it"),
        CheckConstraint(
            f"approved_at IS NULL OR {_DAY.format('approved_at')} < first_day", "before_its_day"
        ),
        CheckConstraint(
            f"approved_at IS NULL OR retired_at IS NULL OR {_DAY.format('retired_at')} < first_day",
            "ended_before_its_day",
        ),
        Index(
            "uq_rule_version_agreed",
            "code",
            "entry",
            "first_day",
            unique=True,
            postgresql_where="approved_at IS NOT NULL AND retired_at IS NULL",
        ),
        Index(
            "uq_rule_version_waiting",
            "code",
            "entry",
            unique=True,
            postgresql_where="approved_at IS NULL AND retired_at IS NULL",
        ),
    )

    @property
    def day_before(self) -> date:
        """The last day of what it takes the place of."""
        return self.first_day - timedelta(days=1)

    def standing(self, today: date, *, holds: bool) -> Standing:
        """Return where it stands; `holds` says whether it is the one that holds today."""
        if self.retired_at is not None:
            return Standing.TAKEN_BACK if self.approved_at else Standing.DROPPED
        if self.approved_at is None:
            return Standing.WAITS
        if self.first_day > today:
            return Standing.COMING
        return Standing.HOLDS if holds else Standing.REPLACED


class RulebookEdition(Base):
    """One row: another value whenever what is approved changes, so each process hears of it."""

    __tablename__ = "rulebook_edition"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    edition: Mapped[UUID]

    __table_args__ = (CheckConstraint("id = 1", "only_one"),)
