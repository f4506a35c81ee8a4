"""Claims: what a provider asks to be paid, line by line, each a redemption."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from reintegration.kernel.base import Base, Currency, Id, Minor
from reintegration.kernel.money import Money, total
from reintegration.kernel.money_columns import MoneyColumns
from reintegration.kernel.search import words_index
from vouchers.payments.states import ClaimLineState, ClaimState
from vouchers.voucher.models.redemptions import Redemption


class Claim(Base):
    """`invoice_number` and `invoiced_minor` are the provider's own; delivery is the accrual."""

    __tablename__ = "claim"

    id: Mapped[Id]
    reference: Mapped[str] = mapped_column(unique=True)
    provider_id: Mapped[UUID] = mapped_column(ForeignKey("provider.id"))
    currency: Mapped[Currency]
    invoice_number: Mapped[str] = mapped_column(default="")
    invoiced_minor: Mapped[Minor]
    period_from: Mapped[date]
    period_until: Mapped[date]
    state: Mapped[ClaimState] = mapped_column(default=ClaimState.DRAFT)
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime]
    submitted_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    submitted_at: Mapped[datetime | None]
    checked_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    checked_at: Mapped[datetime | None]
    comment: Mapped[str] = mapped_column(default="")
    payment_order_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("payment_order.id"), index=True
    )

    invoiced = MoneyColumns()
    """What the provider's invoice says."""

    lines: Mapped[list["ClaimLine"]] = relationship(
        back_populates="claim", order_by="ClaimLine.id", cascade="all, delete-orphan"
    )

    __table_args__ = (
        Index(
            "uq_claim_invoice",
            *("provider_id", "invoice_number"),
            unique=True,
            postgresql_where="invoice_number <> '' AND state NOT IN ('withdrawn', 'closed')",
        ),
        Index("ix_claim_provider", "provider_id", "created_at", "id"),
        words_index("claim", "reference", "invoice_number"),
        Index("ix_claim_state", "state", "created_at", "id"),
        Index("ix_claim_provider_state", "provider_id", "state", "created_at", "id"),
        Index("ix_claim_created", "created_at", "id", postgresql_where="state <> 'draft'"),
        Index(
            "ix_claim_checked",
            *("currency", "created_at", "id"),
            postgresql_where="state = 'checked'",
        ),
    )

    @property
    def payable(self) -> Money:
        """Return the sum of the lines that were not refused."""
        kept = (line.amount for line in self.lines if line.state != ClaimLineState.REFUSED)
        return total(kept, self.currency)

    @property
    def credit(self) -> Money:
        """Return by how much the invoice is above what is payable: a credit note is due."""
        return self.invoiced - self.payable


class ClaimLine(Base):
    """One redemption in a claim. A redemption is in at most one claim that was not given up."""

    __tablename__ = "claim_line"

    id: Mapped[Id]
    claim_id: Mapped[UUID] = mapped_column(ForeignKey("claim.id"), index=True)
    redemption_id: Mapped[UUID] = mapped_column()
    case_id: Mapped[UUID]
    amount_minor: Mapped[Minor]
    currency: Mapped[Currency]
    state: Mapped[ClaimLineState] = mapped_column(default=ClaimLineState.OPEN)
    reason: Mapped[str] = mapped_column(default="")

    amount = MoneyColumns()

    claim: Mapped[Claim] = relationship(back_populates="lines")
    redemption: Mapped[Redemption] = relationship(
        lazy="joined", innerjoin=True, primaryjoin=Redemption.id == foreign(redemption_id)
    )

    __table_args__ = (
        ForeignKeyConstraint(["redemption_id", "case_id"], ["redemption.id", "redemption.case_id"]),
        CheckConstraint("amount_minor > 0", "amount"),
        Index(
            "uq_claim_line_redemption",
            "redemption_id",
            unique=True,
            postgresql_where="state <> 'refused'",
        ),
        Index("ix_claim_line_refused", "redemption_id", postgresql_where="state = 'refused'"),
    )
