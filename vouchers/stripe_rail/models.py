"""What we keep of Stripe: accounts of providers, transfers, payouts, messages, balance lines."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from reintegration.kernel.base import Base, Currency, Id, Minor
from reintegration.kernel.coded import Coded
from reintegration.kernel.money import Money
from reintegration.kernel.money_columns import MoneyColumns
from reintegration.kernel.signing import apart
from vouchers.stripe_rail.states import (
    AccountState,
    EventState,
    LineProblem,
    LineState,
    PayoutState,
    ReversalCause,
    ReversalState,
    TransfersState,
)


class StripeAccount(Base):
    """A provider's account at Stripe, as it was when Stripe was asked last.

    `reference` is unknown until Stripe has opened it under `idempotency_key`. `due` lists what
    Stripe asks of the provider (objects.Due as mappings); `due_at` is when that stops payments.
    """

    __tablename__ = "stripe_account"

    id: Mapped[Id]
    provider_id: Mapped[UUID] = mapped_column(ForeignKey("provider.id"))
    idempotency_key: Mapped[str] = mapped_column(unique=True)
    reference: Mapped[str | None] = mapped_column(unique=True)
    country: Mapped[str]
    state: Mapped[AccountState] = mapped_column(default=AccountState.OPENING)
    transfers: Mapped[TransfersState] = mapped_column(default=TransfersState.PENDING)
    payouts_active: Mapped[bool] = mapped_column(default=False)
    due: Mapped[list[Any]] = mapped_column(default=list)
    due_at: Mapped[datetime | None]
    problem: Mapped[str] = mapped_column(default="")
    opened_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    opened_at: Mapped[datetime]
    asked_at: Mapped[datetime | None]

    __table_args__ = (
        Index(
            "uq_stripe_account_live",
            "provider_id",
            unique=True,
            postgresql_where="state IN ('opening', 'open')",
        ),
        CheckConstraint("state <> 'open' OR reference IS NOT NULL", "open_is_known"),
    )


class StripeTransfer(Base):
    """The one transfer of an order. That an order has no second one is the key of this table."""

    __tablename__ = "stripe_transfer"

    order_id: Mapped[UUID] = mapped_column(ForeignKey("payment_order.id"), primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    destination: Mapped[str]
    amount_minor: Mapped[Minor]
    reversed_minor: Mapped[Minor] = mapped_column(default=0)
    currency: Mapped[Currency]
    made_at: Mapped[datetime]
    known_at: Mapped[datetime]

    amount = MoneyColumns()
    """What left our balance."""
    reversed = MoneyColumns()
    """What of it came back."""

    __table_args__ = (
        CheckConstraint(
            "amount_minor > 0 AND reversed_minor BETWEEN 0 AND amount_minor", "amounts"
        ),
    )


class StripeReversal(Base):
    """A transfer that is taken back, whole or in part, by two people. Asked once, under its key."""

    __tablename__ = "stripe_reversal"

    id: Mapped[Id]
    order_id: Mapped[UUID] = mapped_column(ForeignKey("stripe_transfer.order_id"), index=True)
    reference: Mapped[str | None] = mapped_column(unique=True)
    amount_minor: Mapped[Minor]
    currency: Mapped[Currency]
    cause: Mapped[ReversalCause]
    reason: Mapped[str]
    state: Mapped[ReversalState] = mapped_column(default=ReversalState.WAITING)
    asked_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    asked_for: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime]
    confirmed_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    confirmed_for: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    confirmed_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    problem: Mapped[str] = mapped_column(default="")

    amount = MoneyColumns()
    """What is taken back."""

    __table_args__ = (
        CheckConstraint("amount_minor > 0", "amount"),
        CheckConstraint("state <> 'done' OR reference IS NOT NULL", "done_is_known"),
        CheckConstraint(apart("confirmed_by", "asked_by"), "by_two"),
        Index(
            "uq_stripe_reversal_open",
            "order_id",
            unique=True,
            postgresql_where="state IN ('waiting', 'asked')",
        ),
        Index("ix_stripe_reversal_waiting", "asked_at", "id", postgresql_where="state = 'waiting'"),
    )


class StripePayout(Base):
    """Money between a provider's account at Stripe and its bank, as Stripe said last."""

    __tablename__ = "stripe_payout"

    id: Mapped[Id]
    reference: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("stripe_account.id"))
    amount_minor: Mapped[Minor]
    currency: Mapped[Currency]
    state: Mapped[PayoutState]
    arrives_on: Mapped[date]
    failure_code: Mapped[str] = mapped_column(default="")
    made_at: Mapped[datetime]
    asked_at: Mapped[datetime]

    amount = MoneyColumns()
    """What goes to the bank."""

    __table_args__ = (
        Index("ix_stripe_payout_account", "account_id", "made_at", "id"),
        Index("ix_stripe_payout_failed", "made_at", "id", postgresql_where="state = 'failed'"),
    )


class StripeEvent(Base):
    """A message from Stripe, kept under its id: twice is once. What it is about is asked anew."""

    __tablename__ = "stripe_event"

    id: Mapped[Id]
    reference: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    about: Mapped[str]
    account: Mapped[str] = mapped_column(default="")
    made_at: Mapped[datetime]
    received_at: Mapped[datetime]
    state: Mapped[EventState] = mapped_column(default=EventState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    problem: Mapped[str] = mapped_column(default="")

    __table_args__ = (
        Index("ix_stripe_event_due", "next_attempt_at", postgresql_where="state = 'waiting'"),
        Index("ix_stripe_event_state", "state", "received_at", "id"),
    )


class StripeLine(Base):
    """A line of our Stripe balance, and what of the books it is. `net_minor` is signed."""

    __tablename__ = "stripe_line"

    id: Mapped[Id]
    reference: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    amount_minor: Mapped[Minor]
    fee_minor: Mapped[Minor]
    net_minor: Mapped[Minor]
    currency: Mapped[Currency]
    source: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    made_at: Mapped[datetime]
    available_on: Mapped[date]
    swept_at: Mapped[datetime]
    state: Mapped[LineState]
    order_id: Mapped[UUID | None] = mapped_column(ForeignKey("payment_order.id"))
    reversal_id: Mapped[UUID | None] = mapped_column(ForeignKey("stripe_reversal.id"))
    bank_line_id: Mapped[UUID | None] = mapped_column(ForeignKey("bank_line.id"), unique=True)
    problem: Mapped[LineProblem | None] = mapped_column(
        Coded(LineProblem, or_none=True), nullable=False
    )
    note: Mapped[str] = mapped_column(default="")
    noted_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    noted_for: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    """Who wrote down what it is, so that somebody else posts it."""
    postings: Mapped[int] = mapped_column(default=0)
    """How often a person had it posted: each time posts under its own key."""
    settled_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    settled_for: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    settled_at: Mapped[datetime | None]

    amount = MoneyColumns()
    """What the line is of, before its fee."""
    fee = MoneyColumns()
    """What Stripe took."""
    net = MoneyColumns()
    """What it changed of the balance."""

    __table_args__ = (
        CheckConstraint("net_minor = amount_minor - fee_minor", "net"),
        Index("ix_stripe_line_state", "state", "made_at", "id"),
        Index("ix_stripe_line_order", "order_id"),
        Index("ix_stripe_line_reversal", "reversal_id"),
        Index("ix_stripe_line_made", "made_at", "id"),
    )

    @property
    def missing(self) -> Money:
        """Return what an open line changes that the books lack: its fee is posted as it comes."""
        return self.net + max(self.fee, Money.zero(self.currency))


class StripeBalance(Base):
    """What Stripe said that we have in a currency; the lines up to then add up to it.

    `is_whole` is False where they do not: the next sweep asks for every line.
    """

    __tablename__ = "stripe_balance"

    currency: Mapped[Currency] = mapped_column(primary_key=True)
    said_minor: Mapped[Minor]
    said_at: Mapped[datetime]
    is_whole: Mapped[bool]

    said = MoneyColumns()
    """What Stripe said."""
