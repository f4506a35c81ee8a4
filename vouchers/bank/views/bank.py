"""Reconciliation: the lines of the bank, what they are, and what a person decides."""

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any
from uuid import UUID

from babel.dates import format_date
from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reintegration.kernel import clock
from reintegration.kernel.db import session
from reintegration.kernel.errors import NotFound
from reintegration.kernel.words import member_of
from reintegration.web import parameters
from reintegration.web.current import acting, current_actor
from reintegration.web.filters import format_locale
from reintegration.web.forms import Form
from reintegration.web.once import Next
from reintegration.web.submit import Ask, Asking
from vouchers.bank.forms import MatchForm, ParkForm, UndoForm
from vouchers.bank.models import BankLine
from vouchers.bank.permissions import BankPermission
from vouchers.bank.queries import bank as queries
from vouchers.bank.services import reconciliation
from vouchers.bank.states import NextStep, Rest
from vouchers.bank.views import line_text as words
from vouchers.bank.views.blueprint import bank_bp as bp
from vouchers.bank.views.line_panel import LATER, panel
from vouchers.books.models import BankAccount

NOTHING_TYPED: Mapping[str, Any] = MappingProxyType({})
_SHOWN = ("look", "mine", "due", "matched", "returned", "all")
EVERY = "every"
"""In the address: what is to look at, of every account."""


def line_of(bank_line_id: UUID) -> BankLine:
    """Return the line of an address, or raise NotFound."""
    return queries.line_or_404(session(), current_actor(), bank_line_id)


@bp.page("/", BankPermission.LIST)
def index() -> ResponseReturnValue:
    """Show the list, and the chosen line beside it."""
    return _page(_asked_line())


@bp.act("/lines/<uuid:bank_line_id>/match", BankPermission.MATCH, load=line_of)
def match(line: BankLine) -> Asking:
    """Settle the ticked orders by the line."""
    form = MatchForm()
    yield beside(line, form)
    rest = member_of(Rest, form.rest.data)
    reconciliation.match_orders(session(), line, order_ids=form.orders.data, rest=rest, **acting())
    if rest is Rest.UNDER_WAY:
        return done(line, _("The part is booked. The rest of the order is still under way."))
    return done(line, _("The line is matched and the payment settled."))


@bp.act("/lines/<uuid:bank_line_id>/undo", BankPermission.UNDO, load=line_of)
def undo(line: BankLine) -> Asking:
    """Take a match back."""
    form = UndoForm()
    yield beside(line, form)
    reconciliation.undo_match(session(), line, reason=form.reason.data or "", **acting())
    return done(line, _("The match is undone. The order waits for its line again."))


@bp.act("/lines/<uuid:bank_line_id>/park", BankPermission.RESOLVE, load=line_of)
def park(line: BankLine) -> Asking:
    """Leave the line open, with somebody who finds out."""
    form = ParkForm()
    yield beside(line, form, LATER)
    reconciliation.park(
        session(),
        line,
        owner_id=form.owner.data,
        note=form.note.data or "",
        next_step=member_of(NextStep, form.next_step.data),
        next_on=form.next_on.data,
        **acting(),
    )
    return done(line, _("The note is kept, and who finds out."), stay=True)


def beside(line: BankLine, form: Form, kind: str = "") -> Ask:
    """Show beside the line what was refused, with what was chosen and typed."""
    return Ask(lambda: _page(line, form.problem, form.data, kind), form)


def done(line: BankLine, said: str, *, stay: bool = False) -> Next:
    """Go back to the list as it was filtered."""
    account = EVERY if parameters.text("account") == EVERY else line.bank_account_id
    kept = _kept(account) | ({"line": line.id} if stay else {})
    return Next(url_for(".index", **kept), said)


def _asked_line() -> BankLine | None:
    asked = parameters.identifier("line")
    try:
        return line_of(asked) if asked else None
    except NotFound:
        return None


def _kept(account: UUID | str) -> dict[str, Any]:
    """Return the filters of the address, so that an action leads back to the same list."""
    search = parameters.text("q")
    kept: dict[str, Any] = {"account": account, "show": parameters.choice("show", _SHOWN, "look")}
    return kept | ({"q": search} if search else {})


def _account(accounts: Sequence[BankAccount], line: BankLine | None) -> BankAccount | None:
    """Return the account of the page; None is every account, where there is more than one."""
    asked = parameters.text("account")
    if len(accounts) > 1 and (asked == EVERY or not (asked or line)):
        return None
    named = str(line.bank_account_id) if line else asked
    return next((account for account in accounts if str(account.id) == named), accounts[0])


def _page(
    line: BankLine | None,
    problem: str = "",
    typed: Mapping[str, Any] = NOTHING_TYPED,
    kind: str = "",
) -> str:
    accounts = queries.accounts(session())
    if not accounts:
        return render_template("vouchers/bank/no_account.html")
    account = _account(accounts, line)
    kept, today = _kept(account.id if account else EVERY), clock.local_day(clock.now())
    page = queries.lines_page(
        session(),
        current_actor(),
        account=account,
        show=kept["show"],
        today=today,
        search=kept.get("q", ""),
        cursor=parameters.cursor(),
    )
    chosen = line or (page.rows[0] if page.rows else None)
    return render_template(
        f"vouchers/bank/{'index' if account else 'every'}.html",
        account=account,
        accounts=accounts,
        **(_of_account(account, today) if account else _of_every(accounts)),
        page=page,
        kept=kept,
        chosen=chosen,
        explicit=line is not None,
        panel=panel(chosen, kind) if chosen else {},
        problem=problem,
        typed=typed,
        word=words.line_word,
        month=format_date(today, "LLLL", locale=format_locale()),
        P=BankPermission,
    )


def _of_account(account: BankAccount, today: date) -> dict[str, Any]:
    return {
        "figures": queries.figures(session(), account, today),
        "proof": queries.proof(session(), account.currency),
        "statements": queries.statements(session(), account),
    }


def _of_every(accounts: Sequence[BankAccount]) -> dict[str, Any]:
    currencies = sorted({account.currency for account in accounts})
    return {
        "look": queries.look_counts(session(), accounts),
        "proofs": [queries.proof(session(), currency) for currency in currencies],
        "names": {account.id: account.name for account in accounts},
    }
