"""Redemptions: each one delivery, exactly once."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from reintegration.codelists.service_categories import Proof
from reintegration.kernel.base import Base, Currency, Id, Minor, one_of
from reintegration.kernel.money import Money
from vouchers.voucher.models.voucher import Voucher
from vouchers.voucher.states import RedemptionState


class Redemption(Base):
    """One delivery. `response` holds the bytes that answered the request: a replay gets them."""

    __tablename__ = "redemption"

    id: Mapped[Id]
    receipt: Mapped[str] = mapped_column(unique=True)
    voucher_id: Mapped[UUID] = mapped_column(ForeignKey("voucher.id"), index=True)
    provider_id: Mapped[UUID] = mapped_column(ForeignKey("provider.id"))
    units: Mapped[int]
    amount_minor: Mapped[Minor]
    currency: Mapped[Currency]
    delivered_on: Mapped[date]
    proof: Mapped[str]
    state: Mapped[str] = mapped_column(default=RedemptionState.ACCEPTED.value)
    state_reason: Mapped[str] = mapped_column(default="")
    idempotency_key: Mapped[str]
    request_hash: Mapped[bytes] = mapped_column(LargeBinary)
    response: Mapped[bytes] = mapped_column(LargeBinary)
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    token_id: Mapped[UUID | None] = mapped_column(ForeignKey("api_token.id"))
    recorded_at: Mapped[datetime]
    settled_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    settled_at: Mapped[datetime | None]

    voucher: Mapped[Voucher] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (
        UniqueConstraint("provider_id", "idempotency_key"),
        CheckConstraint(one_of("proof", Proof), "proof"),
        CheckConstraint(one_of("state", RedemptionState), "state"),
        CheckConstraint("amount_minor > 0 AND units >= 0", "positive"),
        Index("ix_redemption_provider", "provider_id", "recorded_at", "id"),
        Index("ix_redemption_unconfirmed", "recorded_at", postgresql_where="state = 'unconfirmed'"),
    )

    @property
    def case_id(self) -> UUID:
        """Return the id under which predicates look for the caseload."""
        return self.voucher.case_id

    @property
    def amount(self) -> Money:
        """Return what the delivery costs."""
        return Money(self.amount_minor, self.currency)
