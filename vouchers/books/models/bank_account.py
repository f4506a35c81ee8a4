"""The programme's own accounts."""

from sqlalchemy.orm import Mapped, mapped_column

from reintegration.kernel.base import Base, Currency, Id
from vouchers.books.models.proposed import Proposed, by_two


class BankAccount(Proposed, Base):
    """An account of the programme. Nothing is paid from it before a second person agreed.

    `profile` names the bank's files: what it takes as payments, how it writes a statement.
    """

    __tablename__ = "bank_account"

    id: Mapped[Id]
    name: Mapped[str]
    holder: Mapped[str]
    iban: Mapped[str] = mapped_column(unique=True)
    bic: Mapped[str] = mapped_column(default="")
    identifier: Mapped[str] = mapped_column(default="")
    currency: Mapped[Currency]
    profile: Mapped[str]

    __table_args__ = (by_two(),)
