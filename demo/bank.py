"""The bank of the demo: what it books, and the statements that finance imports from it."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import ColumnElement, select

from demo import camt, pain002, table
from demo.camt import BankEntry
from demo.funds import FUNDS, PREPARER, allocate, grant_of
from demo.timeline import Story, at
from demo.world import World
from reintegration.kernel.money import Money
from vouchers.bank.models import BankLine
from vouchers.bank.services import (
    bank_answers,
    endings,
    kept_columns,
    reconciliation,
    statement_import,
)
from vouchers.bank.services.import_report import ImportReport
from vouchers.bank.states import BankLineState, ExceptionKind, NextStep, Rest
from vouchers.payments.models import PaymentOrder
from vouchers.payments.states import OrderState

FEE = {"MDL": 12_000, "EUR": 900}
BANK_NAME = "Banca Exemplu"
FEE_TEXT = "comision lunar"
TOGETHER = "plăți din lot"
TOP_UP_TEXT = "alimentare sold Stripe"
INTEREST_TEXT = "dobanda la sold"
OTHERS_TEXT = "cotizatii asociatie"
WITH_FEE_TEXT = "plata cu comision inclus"
PART_TEXT = "transa"
UNKNOWN_TEXT = "donație"
FEE_INSIDE = 1_500
"""What the bank keeps inside of a line, in bani."""
_GRANTS = ((363, 45), (205, 30), (75, 25))
"""How many days ago donors sent which part of the year's grant, in percent."""


class Bank:
    """Two accounts, with what is booked on them and not yet in a statement."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._booked: dict[str, list[BankEntry]] = {"MDL": [], "EUR": []}
        self._closing = {"MDL": 0, "EUR": 0}
        self._since = {"MDL": world.ago(364), "EUR": world.ago(364)}
        self._number = 0
        self._to_explain: list[tuple[str, BankEntry, list[BankEntry]]] = []

    def book(
        self,
        currency: str,
        day: date,
        minor: int,
        name: str,
        text: str,
        *,
        iban: str = "",
        end_to_end: str = "",
        returned: str = "",
    ) -> None:
        """Put an entry on an account; the bank gives it a reference of its own."""
        self._number += 1
        reference = f"FT{day:%y%j}-{self._number % 10_000:04d}"
        self._booked[currency].append(
            BankEntry(
                day,
                minor,
                name,
                text,
                reference=reference,
                iban=iban,
                end_to_end=end_to_end,
                returned=returned,
            )
        )

    def book_fee(self, currency: str, day: date) -> None:
        """Take the monthly fee."""
        self._number += 1
        self._booked[currency].append(
            BankEntry(
                day,
                -FEE[currency],
                BANK_NAME,
                FEE_TEXT,
                is_charge=True,
                reference=f"FT{day:%y%j}-{self._number % 10_000:04d}",
            )
        )

    def pay(self, order: PaymentOrder, day: date) -> None:
        """Pay an order as it was sent, with its reference."""
        self.book(
            order.currency,
            day,
            -order.amount_minor,
            order.payee_name,
            order.text,
            iban=order.payee_iban,
            end_to_end=order.end_to_end_id,
        )

    def pay_together(self, orders: Sequence[PaymentOrder], day: date) -> None:
        """Pay orders in one entry that does not name them: a notification will explain it."""
        currency, whole = orders[0].currency, sum(order.amount_minor for order in orders)
        self.book(currency, day, -whole, TOGETHER, TOGETHER)
        entry = self._booked[currency][-1]
        parts = [
            BankEntry(
                day,
                -order.amount_minor,
                order.payee_name,
                order.text,
                iban=order.payee_iban,
                end_to_end=order.end_to_end_id,
            )
            for order in orders
        ]
        self._to_explain.append((currency, entry, parts))

    def explain(self) -> None:
        """Import the notifications of what was paid together, after its statement."""
        while self._to_explain:
            currency, entry, parts = self._to_explain.pop()
            content = camt.write_notice(
                entry,
                parts,
                iban=self.world.accounts[currency].iban,
                currency=currency,
                number=f"N-{currency}-{entry.day:%Y%m%d}",
            )
            statement_import.import_file(
                self.world.session,
                actor=self.world.actor(PREPARER),
                content=content,
                name=f"aviz-{currency.lower()}-{entry.day:%Y-%m-%d}.xml",
                now=self.world.now,
            )

    def answer(self, refused: PaymentOrder, code: str, text: str, *, is_exact: bool = True) -> None:
        """Answer to the batch of an order: it is refused, and the others are being paid.

        An answer that is not exact leaves the amount out, so that a person decides.
        """
        batch, now = refused.batch, self.world.now
        answers = [
            pain002.Answer(order.end_to_end_id, "ACSP", order.amount)
            for order in batch.orders
            if order.amount and order is not refused
        ]
        amount = refused.amount if is_exact else None
        answers.append(pain002.Answer(refused.end_to_end_id, "RJCT", amount, code, text))
        bank_answers.import_answer(
            self.world.session,
            actor=self.world.actor(PREPARER),
            content=pain002.write(
                answers,
                number=f"ST{now:%y%j%H}",
                original=batch.message_id,
                made_at=f"{now:%Y-%m-%dT%H:%M:%S}",
            ),
            name=f"raspuns-{now:%Y-%m-%d}.xml",
            now=now,
        )

    def statement(
        self, currency: str, until: date, *, as_table: bool = False
    ) -> ImportReport | None:
        """Write the statement up to a day and import it as the preparer; None when it is empty.

        As a table it has no balances, and the preparer says first what its columns are.
        """
        listed = sorted(
            (entry for entry in self._booked[currency] if entry.day <= until),
            key=lambda entry: entry.day,
        )
        if not listed:
            return None
        self._booked[currency] = [e for e in self._booked[currency] if e.day > until]
        account, opening = self.world.accounts[currency], self._closing[currency]
        preparer = self.world.actor(PREPARER)
        if as_table:
            content = table.write(listed, iban=account.iban, currency=currency)
            kept_columns.keep(
                self.world.session,
                account,
                actor=preparer,
                mapping=table.said(),
                now=self.world.now,
            )
        else:
            content = camt.write(
                listed,
                iban=account.iban,
                currency=currency,
                number=f"{currency}-{until:%Y%m%d}",
                since=self._since[currency],
                until=until,
                opening=opening,
            )
        self._closing[currency] = opening + sum(entry.minor for entry in listed)
        self._since[currency] = until + timedelta(days=1)
        return statement_import.import_file(
            self.world.session,
            actor=preparer,
            content=content,
            name=f"extras-{currency.lower()}-{until:%Y-%m-%d}.{'csv' if as_table else 'xml'}",
            now=self.world.now,
        )

    def grants(self) -> Story:
        """Let donors send money thrice a year; finance records and allocates it."""
        for days, percent in _GRANTS:
            yield at(self.world.ago(days), 8)
            sent: list[tuple[int, Money]] = []
            for number, draft in enumerate(FUNDS):
                amount = grant_of(self.world, draft, percent)
                self.book(
                    draft.currency, self.world.day, amount.minor, draft.donor, f"grant {draft.code}"
                )
                sent.append((number, amount))
            if days != _GRANTS[0][0]:
                continue
            yield at(self.world.ago(days - 1), 10)
            for currency in ("MDL", "EUR"):
                self.statement(currency, self.world.day)
            self.settle_the_known()

    def settle_the_known(self) -> None:
        """Let the preparer post fees and grants that name their fund; the approver allocates."""
        preparer = self.world.actor(PREPARER)
        for line in self._open_lines():
            if line.kind == ExceptionKind.CHARGES or line.remittance == FEE_TEXT:
                endings.mark_fee(self.world.session, line, actor=preparer, now=self.world.now)
            if line.remittance == TOP_UP_TEXT:
                endings.mark_moved(self.world.session, line, actor=preparer, now=self.world.now)
            if line.remittance == INTEREST_TEXT:
                endings.mark_interest(self.world.session, line, actor=preparer, now=self.world.now)
            if line.remittance == OTHERS_TEXT:
                endings.mark_others(self.world.session, line, actor=preparer, now=self.world.now)
            if line.remittance == WITH_FEE_TEXT:
                self._pay_with_fee(line)
            if line.remittance.startswith(PART_TEXT):
                self._pay_part(line)
            for draft in FUNDS:
                if line.remittance == f"grant {draft.code}":
                    endings.mark_grant(
                        self.world.session,
                        line,
                        actor=preparer,
                        fund=self.world.funds[draft.code],
                        now=self.world.now,
                    )
                    allocate(self.world, draft, line.amount)

    def _pay_with_fee(self, line: BankLine) -> None:
        """Match a line with the order below its sum: the rest is the bank's fee."""
        self._match(line, PaymentOrder.amount_minor == -line.amount_minor - FEE_INSIDE, Rest.FEE)

    def _pay_part(self, line: BankLine) -> None:
        """Match a line with the order of which it names that it is a part."""
        reference = line.remittance.removeprefix(PART_TEXT).strip()
        order = self._order(PaymentOrder.reference == reference)
        whole = order is not None and order.unpaid == -line.amount
        self._match(line, PaymentOrder.reference == reference, None if whole else Rest.UNDER_WAY)

    def _match(self, line: BankLine, which: ColumnElement[bool], rest: Rest | None) -> None:
        order = self._order(which)
        if order is None:
            return
        reconciliation.match_orders(
            self.world.session,
            line,
            actor=self.world.actor(PREPARER),
            order_ids=[order.id],
            rest=rest,
            now=self.world.now,
        )

    def _order(self, which: ColumnElement[bool]) -> PaymentOrder | None:
        released = PaymentOrder.state == OrderState.RELEASED
        return self.world.session.scalars(select(PaymentOrder).where(which, released)).first()

    def ask_the_donor(self) -> None:
        """Leave the line of nobody with whoever asks, by a day that has come."""
        for line in self._open_lines():
            if line.remittance == UNKNOWN_TEXT:
                reconciliation.park(
                    self.world.session,
                    line,
                    actor=self.world.actor(PREPARER),
                    owner_id=self.world.actor(PREPARER).id,
                    note="Poate o donație: banca nu spune de la cine.",
                    next_step=NextStep.ASK_BANK,
                    next_on=self.world.day,
                    now=self.world.now,
                )

    def _open_lines(self) -> list[BankLine]:
        return list(
            self.world.session.scalars(
                select(BankLine)
                .where(BankLine.state == BankLineState.EXCEPTION)
                .order_by(BankLine.booked_on, BankLine.bank_reference)
            )
        )
