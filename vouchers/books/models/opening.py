"""What the books begin with: proposed by one, posted when another approves, and once."""

from datetime import date
from typing import Any

from sqlalchemy import Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from reintegration.kernel.base import Base, Id
from reintegration.kernel.proposed import Proposed, by_two


class OpeningBalance(Proposed, Base):
    """The balances of a day: `accounts`, `funds` and `lines` of `content`, in minor units.

    It is retired when it is dropped before it was approved, or taken back afterwards.
    """

    __tablename__ = "opening_balance"

    id: Mapped[Id]
    as_of: Mapped[date]
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)

    __table_args__ = (
        by_two(),
        Index(
            "uq_opening_balance_in_force",
            text("(true)"),
            unique=True,
            postgresql_where="retired_at IS NULL",
        ),
    )
