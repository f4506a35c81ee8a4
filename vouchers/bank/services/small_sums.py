"""How much of an account one person posts alone in a month, as fees or as written off."""

import calendar
from datetime import datetime
from typing import Any

from sqlalchemy import func, literal, select
from sqlalchemy.orm import Session

from reintegration.kernel import permissions
from reintegration.kernel.actor import Actor, Role
from reintegration.kernel.clock import local_day
from reintegration.kernel.dated_rules import Area, DatedRule, stood
from reintegration.kernel.errors import N_, Invalid
from reintegration.kernel.locking import lock
from reintegration.kernel.money import Money
from reintegration.kernel.money_columns import InMoney
from reintegration.kernel.rule_kinds import Amounts
from vouchers.bank.models import BankLine, LineEnding
from vouchers.bank.permissions import BankPermission
from vouchers.bank.states import Resolution
from vouchers.books.models import BankAccount

FEES_AT_MOST = DatedRule(
    code="bank.fees_at_most",
    title=N_("Fees of the bank that one person posts alone"),
    says=N_("Of one account in one month, all together; beyond that a second person posts them."),
    area=Area.MONEY,
    decided_by=Role.FINANCE_APPROVER,
    kind=Amounts(("MDL", "EUR", "USD")),
    initially={"MDL": Money(50_000, "MDL"), "EUR": Money(5_000, "EUR"), "USD": Money(5_000, "USD")},
)
WRITTEN_OFF_AT_MOST = DatedRule(
    code="bank.written_off_at_most",
    title=N_("What one person writes off alone"),
    says=N_("Of one account in one month, all together; beyond that a second person does it."),
    area=Area.MONEY,
    decided_by=Role.FINANCE_APPROVER,
    kind=Amounts(("MDL", "EUR", "USD")),
    initially={"MDL": Money(5_000, "MDL"), "EUR": Money(500, "EUR"), "USD": Money(500, "USD")},
)


def judged_fee(
    session: Session, line: BankLine, taken: Money, *, actor: Actor, now: datetime
) -> dict[str, Any] | None:
    """Refuse a fee above what one person posts alone; return the rule that let it pass, if one did.

    Whoever may post above the limit, once somebody else wrote down what the line is, is asked
    nothing.
    """
    if permissions.permits(actor, BankPermission.FEE_ABOVE, line):
        return None
    today = local_day(now)
    _refuse_above(
        FEES_AT_MOST.on(today).get(line.currency),
        _together(session, line, Resolution.FEE, taken),
        N_(
            "With this line the fees of the account in that month are %(together)s, and one"
            " person alone posts at most %(most)s. Write under “It is something else” what is"
            " known, and name somebody who approves payments: they can post it."
        ),
    )
    return stood(today, FEES_AT_MOST)


def judged_write_off(
    session: Session, line: BankLine, *, actor: Actor, now: datetime
) -> dict[str, Any] | None:
    """Refuse to write off more than one person may alone; as fees are."""
    if permissions.permits(actor, BankPermission.WRITE_OFF_ABOVE, line):
        return None
    today = local_day(now)
    _refuse_above(
        WRITTEN_OFF_AT_MOST.on(today).get(line.currency),
        _together(session, line, Resolution.WRITTEN_OFF, -line.amount),
        N_(
            "With this line %(together)s of the account would be written off in that month, and"
            " one person alone writes off at most %(most)s. Write under “It is something else”"
            " what is known, and name somebody who approves payments: they can do it."
        ),
    )
    return stood(today, WRITTEN_OFF_AT_MOST)


def _refuse_above(most: Money | None, together: Money, refusal: str) -> None:
    most = most or Money.zero(together.currency)
    if together > most:
        raise Invalid(refusal, code="fees", together=together, most=most)


def _together(session: Session, line: BankLine, kind: Resolution, taken: Money) -> Money:
    """Return what such endings take of the account in the month of a line, with this one."""
    lock(session, session.get_one(BankAccount, line.bank_account_id))
    return _posted(session, line, kind) + taken


def _posted(session: Session, line: BankLine, kind: Resolution) -> Money:
    """Return what such endings took of the account in the month of a line."""
    first = line.booked_on.replace(day=1)
    last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
    return -session.scalars(
        select(InMoney("posted", func.sum(LineEnding.amount_minor), literal(line.currency)))
        .join(BankLine, BankLine.id == LineEnding.bank_line_id)
        .where(
            BankLine.bank_account_id == line.bank_account_id,
            BankLine.booked_on.between(first, last),
            LineEnding.kind == kind,
            LineEnding.undone_at.is_(None),
        )
    ).one()
