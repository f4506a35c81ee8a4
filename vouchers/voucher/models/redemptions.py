"""Redemptions: each one delivery, exactly once."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from reintegration.codelists.proof_kinds import ProofKind
from reintegration.kernel.base import Base, Currency, Id, Minor
from reintegration.kernel.money_columns import MoneyColumns
from reintegration.kernel.signing import apart
from vouchers.voucher.models.voucher import Voucher
from vouchers.voucher.states import RedemptionState


class Redemption(Base):
    """One delivery. `response` holds the bytes that answered the request: a replay gets them.

    `case_id` is the voucher's: who may see a delivery is told by its own row.
    """

    __tablename__ = "redemption"

    id: Mapped[Id]
    receipt: Mapped[str] = mapped_column(unique=True)
    voucher_id: Mapped[UUID] = mapped_column(index=True)
    case_id: Mapped[UUID]
    provider_id: Mapped[UUID] = mapped_column(ForeignKey("provider.id"))
    units: Mapped[int]
    amount_minor: Mapped[Minor]
    currency: Mapped[Currency]
    delivered_on: Mapped[date]
    proof: Mapped[ProofKind]
    state: Mapped[RedemptionState] = mapped_column(default=RedemptionState.ACCEPTED)
    state_reason: Mapped[str] = mapped_column(default="")
    idempotency_key: Mapped[str]
    request_hash: Mapped[bytes] = mapped_column(LargeBinary)
    response: Mapped[bytes] = mapped_column(LargeBinary)
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    recorded_for: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    token_id: Mapped[UUID | None] = mapped_column(ForeignKey("api_token.id"))
    recorded_at: Mapped[datetime]
    settled_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    settled_for: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    settled_at: Mapped[datetime | None]
    claimed: Mapped[bool] = mapped_column(default=False)
    """Whether a line of a claim stands for it, not refused; an index finds the others by it."""

    amount = MoneyColumns()
    """What the delivery costs."""

    voucher: Mapped[Voucher] = relationship(
        lazy="joined", innerjoin=True, primaryjoin=Voucher.id == foreign(voucher_id)
    )

    __table_args__ = (
        ForeignKeyConstraint(["voucher_id", "case_id"], ["voucher.id", "voucher.case_id"]),
        UniqueConstraint("id", "case_id"),
        UniqueConstraint("provider_id", "idempotency_key"),
        CheckConstraint("amount_minor > 0 AND units >= 0", "positive"),
        CheckConstraint(
            f"state NOT IN ('accepted', 'refused') OR {apart('settled_by', 'recorded_by')}",
            "four_eyes",
        ),
        Index("ix_redemption_delivered_on", "delivered_on", "id"),
        Index("ix_redemption_provider", "provider_id", "recorded_at", "id"),
        Index(
            "ix_redemption_unconfirmed",
            "case_id",
            "recorded_at",
            postgresql_where="state = 'unconfirmed'",
        ),
        Index(
            "ix_redemption_unclaimed",
            *("provider_id", "state", "currency", "delivered_on", "receipt"),
            postgresql_where="NOT claimed",
            postgresql_include=["amount_minor", "case_id"],
        ),
    )
