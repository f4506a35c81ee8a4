"""Statements of the bank, their lines, and what they settle."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from reintegration.kernel.base import Base, Currency, Id, Json, Minor
from reintegration.kernel.coded import Coded
from reintegration.kernel.money_columns import MoneyColumns
from reintegration.kernel.search import words_index
from vouchers.bank.states import (
    AnswerDoubt,
    BankLineState,
    ExceptionKind,
    MatchedBy,
    NextStep,
    OrderAnswerState,
    Resolution,
)
from vouchers.books.models.bank_account import BankAccount
from vouchers.books.states import PostingEvent
from vouchers.formats.csv_mapping import CsvMapping
from vouchers.payments.models.payments import PaymentBatch, PaymentOrder


class BankFile(Base):
    """A file of a bank as it was sent, kept once; one that nothing came of is not kept for long."""

    __tablename__ = "bank_file"

    id: Mapped[Id]
    sha256: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    name: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    content: Mapped[bytes] = deferred(mapped_column(LargeBinary, nullable=False))
    put_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    put_at: Mapped[datetime]


class KeptColumns(Base):
    """What a person said of the columns of an account's CSV; the next file is read so.

    A row is never rewritten: what is said anew is another row, so that a statement can name the
    columns by which it was read.
    """

    __tablename__ = "kept_columns"

    id: Mapped[Id]
    bank_account_id: Mapped[UUID] = mapped_column(ForeignKey("bank_account.id"))
    layout: Mapped[Json] = mapped_column(JSONB)
    kept_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    kept_at: Mapped[datetime]
    removed_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    removed_at: Mapped[datetime | None]

    account: Mapped[BankAccount] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (
        Index(
            "uq_kept_columns_live",
            "bank_account_id",
            unique=True,
            postgresql_where="removed_at IS NULL",
        ),
    )

    @property
    def mapping(self) -> CsvMapping:
        """Return what was said."""
        return CsvMapping.of_json(self.layout)


class BankStatementFile(Base):
    """One statement of one imported file; the same file is imported once."""

    __tablename__ = "bank_statement"

    id: Mapped[Id]
    bank_account_id: Mapped[UUID] = mapped_column(ForeignKey("bank_account.id"))
    file_name: Mapped[str]
    file_sha256: Mapped[bytes] = mapped_column(LargeBinary)
    position: Mapped[int] = mapped_column(default=0)
    statement_id: Mapped[str] = mapped_column(default="")
    from_on: Mapped[date | None]
    until_on: Mapped[date | None]
    opening_minor: Mapped[int | None] = mapped_column(BigInteger)
    closing_minor: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[Currency]
    problems: Mapped[list[Any]] = mapped_column(JSONB, default=list)
    imported_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    imported_at: Mapped[datetime]
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("bank_file.id"), index=True)
    """The file as it came; None for what was imported before files were kept."""
    columns_id: Mapped[UUID | None] = mapped_column(ForeignKey("kept_columns.id"))
    """The columns by which it was read, where a person had said them."""

    account: Mapped[BankAccount] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (
        UniqueConstraint("file_sha256", "position"),
        Index(
            "ix_bank_statement_latest",
            "bank_account_id",
            *(text(f"{name} DESC NULLS LAST") for name in ("until_on", "imported_at", "position")),
        ),
    )


class BankLine(Base):
    """One entry of a statement.

    `fingerprint` and `occurrence` keep two equal payments of one day apart, and let a line that
    arrives again in another file be added once.
    """

    __tablename__ = "bank_line"

    id: Mapped[Id]
    statement_id: Mapped[UUID] = mapped_column(ForeignKey("bank_statement.id"), index=True)
    bank_account_id: Mapped[UUID] = mapped_column(ForeignKey("bank_account.id"))
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    occurrence: Mapped[int]
    booked_on: Mapped[date]
    value_on: Mapped[date | None]
    amount_minor: Mapped[Minor]
    currency: Mapped[Currency]
    bank_reference: Mapped[str] = mapped_column(default="")
    end_to_end_id: Mapped[str] = mapped_column(default="", index=True)
    message_id: Mapped[str] = mapped_column(default="")
    counterparty_name: Mapped[str] = mapped_column(default="")
    counterparty_iban: Mapped[str] = mapped_column(default="")
    counterparty_code: Mapped[str] = mapped_column(default="")
    remittance: Mapped[str] = mapped_column(default="")
    return_reason: Mapped[str] = mapped_column(default="")
    charges_minor: Mapped[Minor] = mapped_column(default=0)
    state: Mapped[BankLineState] = mapped_column(default=BankLineState.UNMATCHED)
    kind: Mapped[ExceptionKind | None] = mapped_column(
        Coded(ExceptionKind, or_none=True), nullable=False
    )
    """What kind of exception it is, by the matching rules; None when matched."""
    proposal: Mapped[Json] = mapped_column(JSONB, default=dict)
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    noted_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    noted_for: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    """Who wrote down what is known of it, so that somebody else decides."""
    resolution: Mapped[Resolution | None] = mapped_column(
        Coded(Resolution, or_none=True), nullable=False
    )
    """What it was, once a person settled it."""
    next_step: Mapped[NextStep | None] = mapped_column(
        Coded(NextStep, or_none=True), nullable=False
    )
    next_on: Mapped[date | None]
    """What is done next while nobody can explain it, and when at the latest."""
    resolved_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    resolved_at: Mapped[datetime | None]

    amount = MoneyColumns()
    """Signed: a credit to our account is positive."""
    charges = MoneyColumns()

    statement: Mapped[BankStatementFile] = relationship()

    __table_args__ = (
        UniqueConstraint("bank_account_id", "fingerprint", "occurrence"),
        Index("ix_bank_line_state", "state", "booked_on", "id"),
        Index("ix_bank_line_booked", "booked_on", "id"),
        words_index(
            "bank_line",
            *("bank_reference", "counterparty_name", "counterparty_iban"),
            *("remittance", "end_to_end_id"),
        ),
        Index("ix_bank_line_account", "bank_account_id", "booked_on", "id"),
        Index(
            "ix_bank_line_open",
            "currency",
            postgresql_where="state IN ('unmatched', 'suggested', 'exception')",
            postgresql_include=["state", "amount_minor"],
        ),
        Index("ix_bank_line_amount", "bank_account_id", "amount_minor"),
        Index(
            "ix_bank_line_look",
            *("bank_account_id", "booked_on", "id"),
            postgresql_where="state IN ('unmatched', 'suggested', 'exception')",
        ),
        Index(
            "ix_bank_line_returned",
            *("bank_account_id", "booked_on", "id"),
            postgresql_where="kind = 'return'",
        ),
        Index(
            "ix_bank_line_next",
            *("owner_id", "next_on"),
            postgresql_where="state IN ('unmatched', 'suggested', 'exception')"
            " AND owner_id IS NOT NULL",
        ),
        Index(
            "ix_bank_line_service",
            *("currency", "amount_minor", "id"),
            postgresql_where="resolution = 'service'",
        ),
    )


class BankMatch(Base):
    """A line matched to an order, whole or to a part of it.

    Immutable: undoing it adds who and when, and reverses.
    """

    __tablename__ = "bank_match"

    id: Mapped[Id]
    bank_line_id: Mapped[UUID] = mapped_column(ForeignKey("bank_line.id"), index=True)
    payment_order_id: Mapped[UUID] = mapped_column(ForeignKey("payment_order.id"), index=True)
    amount_minor: Mapped[Minor]
    currency: Mapped[Currency]
    tier: Mapped[MatchedBy]
    automatic: Mapped[bool]
    score: Mapped[int]
    reasons: Mapped[list[Any]] = mapped_column(JSONB, default=list)
    rule_version: Mapped[str]
    matched_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    matched_at: Mapped[datetime]
    undone_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    undone_at: Mapped[datetime | None]
    undone_reason: Mapped[str] = mapped_column(default="")

    amount = MoneyColumns()

    order: Mapped[PaymentOrder] = relationship()

    __table_args__ = (
        Index(
            "uq_bank_match_line_order_live",
            *("bank_line_id", "payment_order_id"),
            unique=True,
            postgresql_where="undone_at IS NULL",
        ),
    )


class BankAnswer(Base):
    """One answer of the bank to one file of payments (pain.002), as it was read."""

    __tablename__ = "bank_answer"

    id: Mapped[Id]
    batch_id: Mapped[UUID] = mapped_column(ForeignKey("payment_batch.id"))
    file_id: Mapped[UUID] = mapped_column(ForeignKey("bank_file.id"), index=True)
    message_id: Mapped[str]
    said_at: Mapped[str] = mapped_column(default="")
    """When the bank made it, as it wrote that."""
    status: Mapped[str] = mapped_column(default="")
    """What it says of the whole: a code of ISO 20022, as it was written."""
    reasons: Mapped[list[Any]] = mapped_column(JSONB, default=list)
    content_print: Mapped[bytes] = mapped_column(LargeBinary)
    """Tells what was said from all else: the same number with other words is refused."""
    unknown: Mapped[list[Any]] = mapped_column(JSONB, default=list)
    """References in it that are no order of its batch."""
    imported_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    imported_at: Mapped[datetime]

    batch: Mapped[PaymentBatch] = relationship()

    __table_args__ = (UniqueConstraint("batch_id", "message_id"),)


class OrderAnswer(Base):
    """What an answer of the bank says of one order, and what became of that."""

    __tablename__ = "order_answer"

    id: Mapped[Id]
    answer_id: Mapped[UUID] = mapped_column(ForeignKey("bank_answer.id"))
    payment_order_id: Mapped[UUID] = mapped_column(ForeignKey("payment_order.id"), index=True)
    position: Mapped[int]
    status: Mapped[str]
    reasons: Mapped[list[Any]] = mapped_column(JSONB, default=list)
    state: Mapped[OrderAnswerState] = mapped_column(default=OrderAnswerState.NOTED)
    doubt: Mapped[AnswerDoubt | None] = mapped_column(
        Coded(AnswerDoubt, or_none=True), nullable=False
    )
    """Why a rejection did not fail the order by itself."""
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    decided_for: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None]

    answer: Mapped[BankAnswer] = relationship()
    order: Mapped[PaymentOrder] = relationship()

    __table_args__ = (
        UniqueConstraint("answer_id", "payment_order_id"),
        UniqueConstraint("answer_id", "position"),
        Index("ix_order_answer_waiting", "id", postgresql_where="state = 'waiting'"),
    )


class BankNotice(Base):
    """One entry of a notification (camt.054): it explains a line of a statement and posts nothing.

    It comes before its line or after it. `details` are the payments inside it.
    """

    __tablename__ = "bank_notice"

    id: Mapped[Id]
    file_id: Mapped[UUID] = mapped_column(ForeignKey("bank_file.id"), index=True)
    bank_account_id: Mapped[UUID] = mapped_column(ForeignKey("bank_account.id"))
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    occurrence: Mapped[int]
    booked_on: Mapped[date]
    amount_minor: Mapped[Minor]
    currency: Mapped[Currency]
    bank_reference: Mapped[str] = mapped_column(default="")
    message_id: Mapped[str] = mapped_column(default="")
    is_whole: Mapped[bool]
    """Whether its payments are exactly its amount, so that they can explain a line."""
    details: Mapped[list[Any]] = mapped_column(JSONB, default=list)
    bank_line_id: Mapped[UUID | None] = mapped_column(ForeignKey("bank_line.id"), index=True)
    """The line that it explains, once both are there."""
    imported_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    imported_at: Mapped[datetime]

    amount = MoneyColumns()

    __table_args__ = (
        UniqueConstraint("bank_account_id", "fingerprint", "occurrence"),
        Index("ix_bank_notice_booked", "bank_account_id", "booked_on", "id"),
    )


class LineEnding(Base):
    """What a line was, or a part of it, beside the orders that it paid.

    Matches and endings of a line that live are together the line. Immutable: undoing it adds who
    and when, and posts the event that takes it back.
    """

    __tablename__ = "bank_line_ending"

    id: Mapped[Id]
    bank_line_id: Mapped[UUID] = mapped_column(ForeignKey("bank_line.id"), index=True)
    kind: Mapped[Resolution]
    event: Mapped[PostingEvent | None] = mapped_column(
        Coded(PostingEvent, or_none=True), nullable=False
    )
    """What it posted; None where nothing is posted, or a return posted several."""
    amount_minor: Mapped[Minor]
    currency: Mapped[Currency]
    fund_id: Mapped[UUID | None] = mapped_column(ForeignKey("fund.id"))
    provider_id: Mapped[UUID | None] = mapped_column(ForeignKey("provider.id"))
    payment_order_id: Mapped[UUID | None] = mapped_column(ForeignKey("payment_order.id"))
    entry_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_entry.id"))
    """The entry of the journal that says the same: recorded before, or by this ending."""
    said_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    said_for: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    said_at: Mapped[datetime]
    undone_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    undone_at: Mapped[datetime | None]
    undone_reason: Mapped[str] = mapped_column(default="")

    amount = MoneyColumns()
    """Signed as the line is."""

    line: Mapped[BankLine] = relationship()

    __table_args__ = (
        Index(
            "uq_bank_line_ending_entry_live",
            "entry_id",
            unique=True,
            postgresql_where="undone_at IS NULL",
        ),
        CheckConstraint("amount_minor <> 0", "amount"),
    )
