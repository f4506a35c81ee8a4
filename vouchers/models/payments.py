"""Payment batches and orders. Ids that the bank returns are stored before any file is made."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from reintegration.kernel.base import Base, Currency, Id, Minor, one_of
from reintegration.kernel.money import Money
from vouchers.states import BatchState, OrderState, Rail


class PaymentBatch(Base):
    """Orders that leave together. The file's bytes are stored: a second download is the same."""

    __tablename__ = "payment_batch"

    id: Mapped[Id]
    reference: Mapped[str] = mapped_column(unique=True)
    message_id: Mapped[str] = mapped_column(unique=True)
    bank_account_id: Mapped[UUID] = mapped_column(ForeignKey("bank_account.id"))
    currency: Mapped[Currency]
    rail: Mapped[str]
    execution_on: Mapped[date]
    state: Mapped[str] = mapped_column(default=BatchState.PREPARED.value)
    prepared_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    prepared_at: Mapped[datetime]
    approved_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    approved_at: Mapped[datetime | None]
    released_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    released_at: Mapped[datetime | None]
    file_name: Mapped[str | None]
    file_content: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    file_sha256: Mapped[str | None]

    orders: Mapped[list["PaymentOrder"]] = relationship(
        back_populates="batch", order_by="PaymentOrder.reference"
    )

    __table_args__ = (
        CheckConstraint(one_of("state", BatchState), "state"),
        CheckConstraint(one_of("rail", Rail), "rail"),
        CheckConstraint("approved_by IS NULL OR approved_by <> prepared_by", "approver"),
        CheckConstraint("released_by IS NULL OR released_by <> approved_by", "releaser"),
        Index("ix_payment_batch_prepared", "prepared_at", "id"),
    )


class PaymentOrder(Base):
    """One payment to one payee; where it goes is copied at the time it was prepared."""

    __tablename__ = "payment_order"

    id: Mapped[Id]
    reference: Mapped[str] = mapped_column(unique=True)
    end_to_end_id: Mapped[str] = mapped_column(unique=True)
    batch_id: Mapped[UUID] = mapped_column(ForeignKey("payment_batch.id"), index=True)
    provider_id: Mapped[UUID] = mapped_column(ForeignKey("provider.id"))
    payee_name: Mapped[str]
    payee_iban: Mapped[str]
    payee_bic: Mapped[str] = mapped_column(default="")
    payee_identifier: Mapped[str] = mapped_column(default="")
    final_account: Mapped[str] = mapped_column(default="")
    amount_minor: Mapped[Minor]
    currency: Mapped[Currency]
    text: Mapped[str]
    state: Mapped[str] = mapped_column(default=OrderState.PREPARED.value)
    settled_on: Mapped[date | None]
    failure: Mapped[str] = mapped_column(default="")

    batch: Mapped[PaymentBatch] = relationship(back_populates="orders")

    __table_args__ = (
        CheckConstraint(one_of("state", OrderState), "state"),
        CheckConstraint("amount_minor > 0", "amount"),
        Index("ix_payment_order_provider", "provider_id", "state"),
    )

    @property
    def amount(self) -> Money:
        """Return what is paid."""
        return Money(self.amount_minor, self.currency)
