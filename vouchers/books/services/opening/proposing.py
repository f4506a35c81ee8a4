"""A table of balances into a proposal: the funds that it names, what it posts, and the laws then.

It posts nothing. The trial posts all of it, asks every law of the books, and takes it back.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from reintegration.accounts.queries.people import with_role
from reintegration.accounts.services import inbox
from reintegration.kernel import audit
from reintegration.kernel.actor import SYSTEM, Actor, Role
from reintegration.kernel.clock import local_day
from reintegration.kernel.errors import N_, DomainError, Invalid
from reintegration.kernel.ids import new_id
from reintegration.kernel.money import Money, total
from reintegration.kernel.signing import signed
from reintegration.kernel.tasks import Progress, told_of
from reintegration.kernel.text import plain
from reintegration.web.bringing import WRITING, Done, refusal, taken_back
from reintegration.web.table_cells import CellError
from reintegration.web.table_reading import Note, Table
from vouchers.books.models import BankAccount, BudgetLine, Fund, OpeningBalance
from vouchers.books.queries import bank_accounts
from vouchers.books.queries import funds as reading_funds
from vouchers.books.queries import opening as reading
from vouchers.books.services import funds, laws
from vouchers.books.services.opening.posting import balances, post_all
from vouchers.books.services.opening.reading import BalanceRow, check
from vouchers.books.services.periods.months import closed_through, closed_through_said
from vouchers.formats.iban import compact

COUNTED = {
    "balances_proposed": N_("Balances that wait for approval"),
    "funds_added": N_("Funds added"),
    "lines_added": N_("Budget lines added"),
    "unchanged": N_("Balances that are in already"),
}
POSTED = N_("Debit %(debit)s, credit %(credit)s: %(amount)s, %(of)s.")
MORE_POSTED = N_("%(count)s more entries are posted.")
LAWS_HOLD = N_("All %(count)s laws of the books hold afterwards.")
STAYS = N_("In %(currency)s %(bank)s lies at the bank and %(funds)s is left of grants.")
_TOLD = 60
_FIELDS = {"ends_on": "last day", "code": "fund", "amount": "amount", "currency": "currency"}


@dataclass
class _Proposal:
    """One proposal in the making; what is here already is read once."""

    session: Session
    actor: Actor
    now: datetime
    content: dict[str, list[dict[str, Any]]] = field(
        default_factory=lambda: {"accounts": [], "funds": [], "lines": []}
    )
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTED, 0))
    errors: list[CellError] = field(default_factory=list)

    @cached_property
    def accounts(self) -> dict[str, BankAccount]:
        """Our accounts in use, by their IBAN."""
        return {one.iban: one for one in bank_accounts.in_use(self.session)}

    @cached_property
    def funds(self) -> dict[str, Fund]:
        """The funds, by their plain code."""
        return {plain(one.code): one for one in reading_funds.funds(self.session)}

    @cached_property
    def lines(self) -> dict[tuple[UUID, str], BudgetLine]:
        """The budget lines, by their fund and plain code."""
        found = self.session.scalars(select(BudgetLine)).unique()
        return {(one.fund_id, plain(one.code)): one for one in found}

    @cached_property
    def closed_through(self) -> date | None:
        """The last day in which nothing is posted any more."""
        return closed_through(self.session)

    def keep(self, part: str, thing: Any, amount: Money) -> None:
        """Keep the balance of a thing."""
        self.content[part].append(
            {"id": str(thing.id), "minor": amount.minor, "currency": amount.currency}
        )


def carry_out(
    session: Session, table: Table, actor: Actor, now: datetime, progress: Progress
) -> Done:
    """Propose the balances of a table; all errors of its rows are told together."""
    checked = check(table)
    if checked.errors or not checked.rows:
        return Done(checked.total, {}, checked.errors, checked.ignored, checked.notes)
    made = _Proposal(session, actor, now)
    in_order = sorted(checked.rows, key=lambda row: (bool(row.line), row.row))
    for row in told_of(in_order, len(in_order), progress, WRITING):
        try:
            _take(made, row)
        except DomainError as error:
            made.errors.append(refusal(row.row, error, _FIELDS, whose=row.whose))
    notes = checked.notes
    if not made.errors:
        notes += _propose(made, checked.rows)
    errors = tuple(sorted(made.errors, key=lambda error: error.row))
    return Done(checked.total, made.counts, errors, checked.ignored, notes)


def _take(made: _Proposal, row: BalanceRow) -> None:
    if row.as_of > local_day(made.now):
        raise Invalid(N_("This day has not come yet."), field="as of")
    if made.closed_through and row.as_of <= made.closed_through:
        raise closed_through_said(made.closed_through, field="as of")
    if row.account:
        _take_account(made, row)
    elif row.line:
        _take_line(made, row)
    else:
        _take_fund(made, row)


def _take_account(made: _Proposal, row: BalanceRow) -> None:
    account = made.accounts.get(compact(row.account) or "")
    if account is None:
        raise Invalid(
            N_("None of our accounts in use has this IBAN. Add it and have it approved first."),
            field="account",
        )
    if account.currency != row.amount.currency:
        raise Invalid(
            N_("This account is in %(currency)s."), field="currency", currency=account.currency
        )
    made.keep("accounts", account, row.amount)


def _take_fund(made: _Proposal, row: BalanceRow) -> None:
    fund = made.funds.get(plain(row.fund))
    if fund is None:
        if not (row.name and row.donor and row.first_day and row.last_day):
            raise Invalid(
                N_("This fund is not here yet: write its name, donor, first and last day."),
                field="name",
            )
        fund = funds.create_fund(
            made.session,
            actor=made.actor,
            code=row.fund,
            name=row.name,
            donor=row.donor,
            currency=row.amount.currency,
            starts_on=row.first_day,
            ends_on=row.last_day,
            now=made.now,
        )
        made.funds[plain(fund.code)] = fund
        made.counts["funds_added"] += 1
    if fund.currency != row.amount.currency:
        raise Invalid(N_("This fund is in %(currency)s."), field="currency", currency=fund.currency)
    made.keep("funds", fund, row.amount)


def _take_line(made: _Proposal, row: BalanceRow) -> None:
    fund = made.funds.get(plain(row.fund))
    if fund is None or str(fund.id) not in {one["id"] for one in made.content["funds"]}:
        raise Invalid(N_("Write what is left of this fund in a row of its own."), field="fund")
    line = made.lines.get((fund.id, plain(row.line)))
    if line is None:
        if not row.name:
            raise Invalid(N_("This line is not here yet: write its name."), field="name")
        line = funds.add_line(
            made.session, fund, actor=made.actor, code=row.line, name=row.name, now=made.now
        )
        made.lines[fund.id, plain(line.code)] = line
        made.counts["lines_added"] += 1
    if not fund.currency == line.currency == row.amount.currency:
        raise Invalid(
            N_("This line is in %(currency)s. Give it money on its page, at a rate."),
            field="currency",
            currency=line.currency,
        )
    made.keep("lines", line, row.amount)


def _propose(made: _Proposal, rows: Sequence[BalanceRow]) -> tuple[Note, ...]:
    """Keep the proposal and tell who approves; return what it will post."""
    session, as_of = made.session, rows[0].as_of
    known = reading.in_force(session)
    if known is not None:
        if (known.as_of, known.content) == (as_of, made.content):
            made.counts["unchanged"] = len(rows)
        else:
            made.errors.append(_others_in_force(rows[0], known))
        return ()
    opening = OpeningBalance(
        id=new_id(),
        as_of=as_of,
        content=made.content,
        proposed_at=made.now,
        **signed("proposed_by", made.actor),
    )
    session.add(opening)
    session.flush()
    audit.record(session, "opening_balance:propose", opening, actor=made.actor, now=made.now)
    made.counts["balances_proposed"] = len(rows)
    notes = _trial(made, opening)
    message = N_("The balances that the books begin with wait for your approval.")
    readers = with_role(session, Role.FINANCE_APPROVER)
    inbox.notify(
        session,
        readers,
        f"opening_balance:{opening.id}",
        message,
        now=made.now,
        link="/books/opening/",
    )
    return notes


def _others_in_force(row: BalanceRow, known: OpeningBalance) -> CellError:
    said = (
        N_("Other balances wait for approval. Discard that proposal first.")
        if known.waits
        else N_("The books have begun with other balances. Take those back first.")
    )
    return CellError(row.row, "as of", said, {}, row.whose)


def _trial(made: _Proposal, opening: OpeningBalance) -> tuple[Note, ...]:
    """Post it, ask the laws, take it back; what is refused then is an error of the whole file.

    Return what it posts and how the books stand then; nothing where it is refused.
    """
    session = made.session
    listed = balances(session, opening)[opening.id]
    with taken_back(session):
        try:
            post_all(session, opening, actor=SYSTEM, now=made.now)
        except DomainError as error:
            made.errors.append(refusal(0, error, _FIELDS))
        else:
            broken = laws.broken(session)
            made.errors += [CellError(0, "", str(one), {}) for one in broken]
    if made.errors:
        return ()
    told = [
        Note(
            POSTED,
            {
                "debit": one.sides[0],
                "credit": one.sides[1],
                "amount": _spelled(one.amount),
                "of": one.name,
            },
        )
        for one in listed[:_TOLD]
    ]
    if len(listed) > _TOLD:
        told.append(Note(MORE_POSTED, {"count": str(len(listed) - _TOLD)}))
    told += _compared(made)
    return (*told, Note(LAWS_HOLD, {"count": str(len(laws.laws()))}))


def _compared(made: _Proposal) -> list[Note]:
    """Say where less lies at the bank in a currency than is left of grants, or more."""
    notes = []
    currencies = {one["currency"] for part in ("accounts", "funds") for one in made.content[part]}
    for currency in sorted(currencies):
        bank, left = (_sum(made, part, currency) for part in ("accounts", "funds"))
        if bank != left:
            params = {"currency": currency, "bank": _spelled(bank), "funds": _spelled(left)}
            notes.append(Note(STAYS, params))
    return notes


def _sum(made: _Proposal, part: str, currency: str) -> Money:
    kept = made.content[part]
    amounts = (Money(one["minor"], currency) for one in kept if one["currency"] == currency)
    return total(amounts, currency)


def _spelled(amount: Money) -> str:
    return f"{amount.decimal:f} {amount.currency}"
