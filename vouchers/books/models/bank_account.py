"""The programme's own accounts."""

from sqlalchemy.orm import Mapped, mapped_column

from reintegration.kernel.base import Base, Currency, Id
from reintegration.kernel.coded import Registered
from reintegration.kernel.proposed import Proposed, by_two
from vouchers.formats.banks import PROFILES


class BankAccount(Proposed, Base):
    """An account of the programme. Nothing is paid from it before a second person agreed.

    `profile` names the bank's files: what it takes as payments, how it writes a statement. It is no
    enumeration, because a bank's files are data: one more is an entry of `PROFILES` and a module.
    """

    __tablename__ = "bank_account"

    id: Mapped[Id]
    name: Mapped[str]
    holder: Mapped[str]
    iban: Mapped[str] = mapped_column(unique=True)
    bic: Mapped[str] = mapped_column(default="")
    identifier: Mapped[str] = mapped_column(default="")
    currency: Mapped[Currency]
    profile: Mapped[str] = mapped_column(Registered(lambda: PROFILES))

    __table_args__ = (by_two(),)
