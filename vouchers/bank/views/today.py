"""What the bank asks of finance today, and the figure in the menu."""

from datetime import date

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from reintegration.accounts.views.today import TodayItem, counted
from reintegration.kernel import permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.db import session as current_session
from vouchers.bank.permissions import BankPermission
from vouchers.bank.queries import bank


def items(*, session: Session, actor: Actor, today: date) -> list[TodayItem]:
    """Return how many lines of the bank wait for a preparer."""
    del today
    matches = permissions.could(actor, BankPermission.MATCH)
    lines = bank.look_count(session) if matches else 0
    sentence = ngettext(
        "%(num)s line of the bank is to look at", "%(num)s lines of the bank are to look at", lines
    )
    return counted(lines, TodayItem("gold", _("Bank"), sentence, url_for("bank.index"), 25))


def count_lines() -> int:
    """Return how many lines of the bank are to look at."""
    return bank.look_count(current_session())
