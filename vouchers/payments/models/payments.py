"""Payment batches and orders. Ids that the bank returns are stored before any file is made."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from reintegration.kernel.base import Base, Currency, Id, Minor
from reintegration.kernel.money import Money
from reintegration.kernel.money_columns import MoneyColumns
from reintegration.kernel.search import words_index
from reintegration.kernel.signing import apart
from vouchers.payments.states import BatchState, OrderState, Rail


class PaymentBatch(Base):
    """Orders that leave together: in one file of the bank's, or each as a message to a service.

    The file's bytes are stored: a second download is the same. A batch that a payment service pays
    leaves none of our bank accounts.
    """

    __tablename__ = "payment_batch"

    id: Mapped[Id]
    reference: Mapped[str] = mapped_column(unique=True)
    message_id: Mapped[str] = mapped_column(unique=True)
    bank_account_id: Mapped[UUID | None] = mapped_column(ForeignKey("bank_account.id"))
    currency: Mapped[Currency]
    total_minor: Mapped[Minor]
    rail: Mapped[Rail]
    execution_on: Mapped[date]
    state: Mapped[BatchState] = mapped_column(default=BatchState.PREPARED)
    prepared_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    prepared_for: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    prepared_at: Mapped[datetime]
    approved_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    approved_for: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    approved_at: Mapped[datetime | None]
    released_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    released_for: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    released_at: Mapped[datetime | None]
    file_name: Mapped[str | None]
    file_content: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    file_sha256: Mapped[str | None]

    total = MoneyColumns()
    """What leaves the account."""

    orders: Mapped[list["PaymentOrder"]] = relationship(
        back_populates="batch", order_by="PaymentOrder.reference"
    )

    @property
    def unpaid(self) -> int:
        """How many of its orders failed or came back."""
        return sum(one.state in (OrderState.FAILED, OrderState.RETURNED) for one in self.orders)

    __table_args__ = (
        CheckConstraint(
            f"(rail = '{Rail.STRIPE_TRANSFER}') = (bank_account_id IS NULL)", "paid_from"
        ),
        CheckConstraint(apart("approved_by", "prepared_by"), "approver"),
        CheckConstraint(apart("released_by", "approved_by"), "releaser"),
        Index(
            "ix_payment_batch_released",
            "released_by",
            "released_at",
            postgresql_where="released_by IS NOT NULL",
        ),
        Index("ix_payment_batch_prepared", "prepared_at", "id"),
        Index("ix_payment_batch_state", "state", "prepared_at", "id"),
    )


class PaymentOrder(Base):
    """One payment to one payee; where it goes is copied at the time it was prepared.

    `offset_minor` is what the payee owes and is set off: `amount_minor` is the rest, which may be
    nothing, and then nothing is sent.
    """

    __tablename__ = "payment_order"

    id: Mapped[Id]
    reference: Mapped[str] = mapped_column(unique=True)
    end_to_end_id: Mapped[str] = mapped_column(unique=True)
    batch_id: Mapped[UUID] = mapped_column(ForeignKey("payment_batch.id"), index=True)
    provider_id: Mapped[UUID] = mapped_column(ForeignKey("provider.id"))
    payee_name: Mapped[str]
    payee_iban: Mapped[str] = mapped_column(default="")
    payee_service_account: Mapped[str] = mapped_column(default="")
    payee_bic: Mapped[str] = mapped_column(default="")
    payee_identifier: Mapped[str] = mapped_column(default="")
    final_account: Mapped[str] = mapped_column(default="")
    final_code: Mapped[str] = mapped_column(default="")
    final_name: Mapped[str] = mapped_column(default="")
    amount_minor: Mapped[Minor]
    offset_minor: Mapped[Minor] = mapped_column(default=0)
    taken_back_minor: Mapped[Minor] = mapped_column(default=0)
    paid_minor: Mapped[Minor] = mapped_column(default=0)
    currency: Mapped[Currency]
    text: Mapped[str]
    state: Mapped[OrderState] = mapped_column(default=OrderState.PREPARED)
    settled_on: Mapped[date | None]
    failure: Mapped[str] = mapped_column(default="")

    amount = MoneyColumns()
    """What is paid."""
    offset = MoneyColumns()
    """What is set off against what the payee owes."""
    taken_back = MoneyColumns()
    """What came back of it in part, after it was paid: its payee owes so much less."""
    paid = MoneyColumns()
    """What has left for it so far: a bank may pay an order by several lines."""

    batch: Mapped[PaymentBatch] = relationship(back_populates="orders")

    __table_args__ = (
        CheckConstraint(
            "amount_minor >= 0 AND offset_minor >= 0 AND amount_minor + offset_minor > 0", "amount"
        ),
        CheckConstraint("taken_back_minor BETWEEN 0 AND amount_minor", "taken_back"),
        CheckConstraint(
            "paid_minor BETWEEN 0 AND amount_minor AND CASE"
            " WHEN state IN ('settled', 'returned') THEN paid_minor = amount_minor"
            " WHEN state = 'released' THEN paid_minor < amount_minor OR amount_minor = 0"
            " ELSE paid_minor = 0 END",
            "paid",
        ),
        CheckConstraint("(payee_iban = '') <> (payee_service_account = '')", "one_place"),
        words_index("payment_order", "reference", "payee_name"),
        Index("ix_payment_order_provider", "provider_id", "state"),
        Index(
            "ix_payment_order_open",
            *("currency", "amount_minor", "id"),
            postgresql_where="state = 'released'",
        ),
    )

    @property
    def unpaid(self) -> Money:
        """Return what is still to leave of it."""
        return self.amount - self.paid

    @property
    def place(self) -> tuple[str, ...]:
        """Return where it goes, as `PayeeAccount.place` says it."""
        final = self.final_account, self.final_code, self.final_name
        return self.payee_iban, self.payee_service_account, *final

    @property
    def prepared_by(self) -> UUID | None:
        """Return who prepared the batch: rules look at an order as at its batch."""
        return self.batch.prepared_by

    @property
    def prepared_for(self) -> UUID | None:
        """Return whom its preparer stood in for."""
        return self.batch.prepared_for

    @property
    def approved_by(self) -> UUID | None:
        """Return who approved the batch."""
        return self.batch.approved_by

    @property
    def approved_for(self) -> UUID | None:
        """Return whom its approver stood in for."""
        return self.batch.approved_for

    @property
    def total_minor(self) -> int:
        """Return the total of the batch."""
        return self.batch.total_minor
