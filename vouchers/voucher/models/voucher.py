"""The voucher: all that the service plane knows of a planned service."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from reintegration.codelists.proof_kinds import ProofKind
from reintegration.codelists.service_categories import ServiceCategory
from reintegration.codelists.units import Unit
from reintegration.kernel.base import Base, Currency, Id, Minor
from reintegration.kernel.money import Money
from reintegration.kernel.money_columns import MoneyColumns
from reintegration.kernel.signing import apart
from vouchers.voucher.states import HELD, OPEN_STATES, Held, VoucherKind, VoucherState


class Voucher(Base):
    """`units_left` and `amount_left_minor` are what can still be redeemed.

    A value voucher counts in minor units: its `units_…` are zero. `provider_id` None means that
    the person chooses among all vetted providers of the category; the first redemption binds it.
    `…_pending` is the part of what is left that was delivered and waits for confirmation: it stays
    encumbered, can not be redeemed again, and survives the closing of the voucher.
    Codes and PIN are kept as keyed hashes; `print_sealed` lets the paper be printed again.
    """

    __tablename__ = "voucher"

    id: Mapped[Id]
    reference: Mapped[str] = mapped_column(unique=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"))
    plan_line_id: Mapped[UUID] = mapped_column(ForeignKey("plan_line.id"), index=True)
    referral_id: Mapped[UUID | None] = mapped_column(ForeignKey("referral.id"))
    consent_id: Mapped[UUID] = mapped_column(ForeignKey("consent.id"), index=True)
    provider_id: Mapped[UUID | None] = mapped_column(ForeignKey("provider.id"))
    offering_id: Mapped[UUID | None] = mapped_column(ForeignKey("offering.id"), index=True)
    budget_line_id: Mapped[UUID] = mapped_column(ForeignKey("budget_line.id"))
    fund_id: Mapped[UUID] = mapped_column(ForeignKey("fund.id"))
    pseudonym: Mapped[str]
    kind: Mapped[VoucherKind]
    category: Mapped[ServiceCategory]
    unit: Mapped[Unit]
    proof: Mapped[ProofKind]
    units: Mapped[int] = mapped_column(default=0)
    units_left: Mapped[int] = mapped_column(default=0)
    units_pending: Mapped[int] = mapped_column(default=0)
    unit_price_minor: Mapped[Minor]
    amount_minor: Mapped[Minor]
    amount_left_minor: Mapped[Minor]
    amount_pending_minor: Mapped[Minor] = mapped_column(default=0)
    currency: Mapped[Currency]
    valid_from: Mapped[date]
    valid_until: Mapped[date]
    state: Mapped[VoucherState] = mapped_column(default=VoucherState.DRAFT)
    live_holds: Mapped[int] = mapped_column(default=0)
    """How many rows of `voucher_hold` stop it; counted here, so that a redemption need not ask."""
    held_through: Mapped[date | None]
    """The last day of which, though they stop it, a delivery may be recorded; None: of no day."""
    code_hash: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    secret_hash: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    print_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    pin_salt: Mapped[bytes | None] = mapped_column(LargeBinary)
    pin_verifier: Mapped[bytes | None] = mapped_column(LargeBinary)
    drafted_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    drafted_for: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    approved_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    approved_for: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    approved_automatically: Mapped[bool] = mapped_column(default=False)
    issued_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    issued_at: Mapped[datetime | None]
    replaces_id: Mapped[UUID | None] = mapped_column(ForeignKey("voucher.id"), index=True)
    created_at: Mapped[datetime]

    unit_price = MoneyColumns()
    """The agreed price of one unit."""
    amount = MoneyColumns()
    """What it was issued for."""
    amount_left = MoneyColumns()
    """What is still committed."""
    amount_pending = MoneyColumns()
    """The part of it that was delivered and waits for confirmation."""

    __table_args__ = (
        UniqueConstraint("id", "case_id"),
        CheckConstraint("units_left BETWEEN 0 AND units", "units_left"),
        CheckConstraint("amount_left_minor BETWEEN 0 AND amount_minor", "amount_left"),
        CheckConstraint(
            "units_pending BETWEEN 0 AND units_left"
            " AND amount_pending_minor BETWEEN 0 AND amount_left_minor",
            "pending",
        ),
        CheckConstraint("amount_minor > 0 AND unit_price_minor > 0", "positive"),
        CheckConstraint("valid_until >= valid_from", "validity"),
        CheckConstraint("live_holds >= 0", "live_holds"),
        CheckConstraint("held_through IS NULL OR live_holds > 0", "held_through"),
        CheckConstraint(apart("approved_by", "drafted_by"), "four_eyes"),
        CheckConstraint(
            "kind = 'value' OR (amount_left_minor = units_left * unit_price_minor"
            " AND amount_minor = units * unit_price_minor AND units > 0)",
            "units_times_price",
        ),
        Index("ix_voucher_created", "created_at", "id"),
        Index("ix_voucher_state_created", "state", "created_at", "id"),
        Index("ix_voucher_provider_created", "provider_id", "created_at", "id"),
        Index("ix_voucher_case", "case_id", "created_at"),
        Index(
            "ix_voucher_expiry",
            "valid_until",
            postgresql_where="state IN ('issued', 'partly_redeemed')",
        ),
        Index("ix_voucher_held", "created_at", "id", postgresql_where="live_holds > 0"),
    )

    @property
    def amount_free(self) -> Money:
        """Return what can still be redeemed: what is left without what waits for confirmation."""
        return self.amount_left - self.amount_pending

    @property
    def units_free(self) -> int:
        """Return how many units can still be redeemed."""
        return self.units_left - self.units_pending

    @property
    def is_held(self) -> bool:
        """Whether it is open and a hold stops it."""
        return self.state in OPEN_STATES and self.live_holds > 0

    def standing(self, today: date) -> VoucherState | Held:
        """Return what it is shown as: its state, or what says more while it is open."""
        if self.state in OPEN_STATES and self.is_over(today):
            return Held.OVER
        return HELD if self.is_held else self.state

    def is_over(self, today: date) -> bool:
        """Whether its last day is past: nothing more is given on it."""
        return self.valid_until < today
