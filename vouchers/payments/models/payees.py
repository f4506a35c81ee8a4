"""Where providers are paid."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from reintegration.kernel.base import Base, Currency, Id
from reintegration.kernel.proposed import Proposed, by_two
from vouchers.payments.states import Rail


class PayeeAccount(Proposed, Base):
    """Where a provider is paid: at a bank, or at an account that a payment service keeps.

    A change needs a second person before anything goes there.
    """

    __tablename__ = "payee_account"

    id: Mapped[Id]
    provider_id: Mapped[UUID] = mapped_column(ForeignKey("provider.id"), index=True)
    currency: Mapped[Currency]
    iban: Mapped[str] = mapped_column(default="")
    service_account: Mapped[str] = mapped_column(default="")
    bic: Mapped[str] = mapped_column(default="")
    holder: Mapped[str]
    final_account: Mapped[str] = mapped_column(default="")
    """The account behind a correspondent, as banks on the left bank need it in the text."""
    final_code: Mapped[str] = mapped_column(default="")
    final_name: Mapped[str] = mapped_column(default="")
    """Whose account that is: the fiscal code and the name, as they stand in the text."""
    pays_from: Mapped[date | None]
    """The first day on which it is paid, where it took the place of another."""

    __table_args__ = (
        by_two(),
        CheckConstraint("(iban = '') <> (service_account = '')", "one_place"),
        Index(
            "uq_payee_account_live",
            "provider_id",
            "currency",
            unique=True,
            postgresql_where="approved_at IS NOT NULL AND retired_at IS NULL",
        ),
        Index(
            "uq_payee_account_service",
            "service_account",
            "currency",
            unique=True,
            postgresql_where="service_account <> '' AND retired_at IS NULL",
        ),
    )

    @property
    def place(self) -> tuple[str, ...]:
        """Return all that says where money goes: one part that differs is another account."""
        final = self.final_account, self.final_code, self.final_name
        return self.iban, self.service_account, *final

    def is_held(self, today: date) -> bool:
        """Whether it is approved and still waits for the first day on which it is paid."""
        return self.in_use and self.pays_from is not None and today < self.pays_from

    @property
    def rail(self) -> Rail | None:
        """Return the rail of the service that keeps it; None: a bank's, which its currency says."""
        return Rail.STRIPE_TRANSFER if self.service_account else None
