"""What one person proposes and another approves before it is used."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from reintegration.kernel.signing import apart


class Proposed:
    """The columns of what waits for a second person."""

    proposed_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    proposed_for: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    proposed_at: Mapped[datetime]
    approved_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    approved_for: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    approved_at: Mapped[datetime | None]
    retired_at: Mapped[datetime | None]

    @property
    def waits(self) -> bool:
        """Return whether it was proposed and nobody decided yet."""
        return self.approved_at is None and self.retired_at is None

    @property
    def in_use(self) -> bool:
        """Return whether it was approved and nobody ended it."""
        return self.approved_at is not None and self.retired_at is None


def by_two() -> CheckConstraint:
    """Return the law of the table: nobody approves what they proposed."""
    return CheckConstraint(apart("approved_by", "proposed_by"), "four_eyes")
