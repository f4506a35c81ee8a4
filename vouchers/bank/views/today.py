"""What the bank asks of finance today, and the figure in the menu."""

from datetime import date

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from reintegration.accounts.views.today import Figure, waiting
from reintegration.accounts.views.today_picture import Days, window
from reintegration.codelists.currencies import HOME
from reintegration.kernel import permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.db import session as current_session
from vouchers.bank.permissions import BankPermission
from vouchers.bank.queries import bank, bank_answers


def items(*, session: Session, actor: Actor, today: date) -> list[Figure]:
    """Return how many lines of the bank wait, whose next step is due, and the refusals of it."""
    if not permissions.could(actor, BankPermission.LIST):
        return []
    due = bank.due_pile(session, actor, today)
    mine = url_for("bank.index", show="due", account="every")
    found = waiting(Figure(_("Bank lines whose next step is due"), due, _("Look"), mine, 24))
    if permissions.could(actor, BankPermission.MATCH):
        pile, every = bank.look_pile(session), url_for("bank.index")
        found += waiting(Figure(_("Bank lines to look at"), pile, _("Match"), every, 25))
    return [*found, *_refusals(session, actor)]


def _refusals(session: Session, actor: Actor) -> list[Figure]:
    if not permissions.could(actor, BankPermission.ANSWER):
        return []
    answer = bank_answers.oldest_waiting(session)
    if answer is None:
        return []
    pile, link = bank_answers.waiting_pile(session), url_for("bank.answer", answer_id=answer)
    return waiting(
        Figure(_("Refusals of the bank to confirm"), pile, _("See the answer"), link, 24)
    )


def days(*, session: Session, actor: Actor, today: date) -> list[Days]:
    """Return what the bank paid on each day, to who reads the books."""
    if not permissions.could(actor, BankPermission.LIST):
        return []
    first, _last = window(today)
    paid = bank.paid_by_day(session, HOME, first, today)
    return [Days(_("Paid by the bank"), "moss", paid, HOME)]


def count_lines() -> int:
    """Return how many lines of the bank are to look at."""
    return bank.look_count(current_session())
