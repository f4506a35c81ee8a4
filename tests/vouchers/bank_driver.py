"""The bank at play: lines as a statement brings them, and what finance says that they are."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from providers.directory.models import Provider
from reintegration.accounts.models import User
from reintegration.kernel.actor import SYSTEM, Actor
from reintegration.kernel.clock import local_day
from reintegration.kernel.db import act_as
from reintegration.kernel.errors import Conflict, Invalid
from reintegration.kernel.ids import new_id
from reintegration.kernel.money import Money
from tests.factories.cast import Cast, actor
from vouchers.bank.models import BankLine, BankStatementFile
from vouchers.bank.services import endings, reconciliation
from vouchers.bank.states import BankLineState, Rest
from vouchers.books.models import Fund
from vouchers.payments.models import PaymentOrder


@dataclass
class Bank:
    """Our account in MDL, and whoever prepares payments."""

    session: Session
    cast: Cast

    def line(self, minor: int, now: datetime) -> BankLine:
        """Let the bank book a sum."""
        act_as(self.session, SYSTEM)
        key, day = new_id(), local_day(now)
        statement = BankStatementFile(
            id=key,
            bank_account_id=self.cast.bank_account.id,
            file_name="zi.xml",
            file_sha256=key.bytes,
            from_on=day,
            until_on=day,
            currency="MDL",
            imported_at=now,
        )
        line = BankLine(
            id=new_id(),
            statement=statement,
            bank_account_id=self.cast.bank_account.id,
            fingerprint=key.bytes,
            occurrence=0,
            booked_on=day,
            amount=Money(minor, "MDL"),
            state=BankLineState.EXCEPTION,
        )
        self.session.add(line)
        self.session.commit()
        return line

    def pay(
        self, order: PaymentOrder, minor: int, now: datetime, rest: Rest | None = None
    ) -> BankLine:
        """Match an order with a line that took so much."""
        line = self.line(-minor, now)
        reconciliation.match_orders(
            self.session, line, actor=self._petru(), order_ids=[order.id], rest=rest, now=now
        )
        self.session.commit()
        return line

    def end(self, kind: str, minor: int, now: datetime, order: PaymentOrder | None = None) -> bool:
        """Say what a line is; False where one person may not, or it cannot be."""
        line, petru = self.line(minor, now), self._petru()
        try:
            if kind == "fee":
                endings.mark_fee(self.session, line, actor=petru, now=now)
            elif kind == "interest":
                endings.mark_interest(self.session, line, actor=petru, now=now)
            elif kind == "others":
                endings.mark_others(self.session, line, actor=petru, now=now)
            elif kind == "written_off":
                endings.mark_written_off(self.session, line, actor=petru, reason="x", now=now)
            elif kind == "grant":
                fund = self.session.get_one(Fund, self.cast.fund.id)
                endings.mark_grant(self.session, line, actor=petru, fund=fund, now=now)
            elif kind == "returned" and order is not None:
                endings.mark_returned(self.session, line, actor=petru, order=order, now=now)
            elif order is not None:
                endings.mark_paid_twice(self.session, line, actor=petru, order=order, now=now)
        except (Conflict, Invalid):
            self.session.rollback()
            return False
        self.session.commit()
        return True

    def repaid(self, provider_id: UUID, minor: int, now: datetime) -> None:
        """Let a provider pay back what it owes."""
        line, petru = self.line(minor, now), self._petru()
        provider = self.session.get_one(Provider, provider_id)
        endings.mark_repaid(self.session, line, actor=petru, provider=provider, now=now)
        self.session.commit()

    def ended(self) -> list[BankLine]:
        """Return the lines that were matched or said to be something, oldest first."""
        act_as(self.session, SYSTEM)
        done = BankLineState.MATCHED, BankLineState.RESOLVED
        return list(
            self.session.scalars(
                select(BankLine)
                .join(BankStatementFile)
                .where(BankLine.state.in_(done))
                .order_by(BankStatementFile.imported_at, BankLine.amount_minor)
            )
        )

    def undo(self, line: BankLine, now: datetime) -> bool:
        """Take back what a line was; False where something stands on it since."""
        matched = line.state == BankLineState.MATCHED
        act = reconciliation.undo_match if matched else endings.undo_ending
        try:
            act(self.session, line, actor=self._petru(), reason="greșit", now=now)
        except Conflict:
            self.session.rollback()
            return False
        self.session.commit()
        return True

    def _petru(self) -> Actor:
        return self._acting(self.cast.petru)

    def _acting(self, user: User) -> Actor:
        act_as(self.session, SYSTEM)
        who = actor(self.session, user)
        act_as(self.session, who)
        return who
