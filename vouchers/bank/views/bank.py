"""Reconciliation: the lines of the bank, what they are, and what a person decides."""

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any, TypeVar
from uuid import UUID

from babel.dates import format_date
from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from providers.directory.models import Provider
from reintegration.accounts.queries.users import names_of
from reintegration.kernel import clock
from reintegration.kernel.db import session
from reintegration.kernel.errors import NotFound
from reintegration.web import parameters
from reintegration.web.current import acting, current_actor
from reintegration.web.filters import format_locale
from reintegration.web.forms import Form, IdField
from reintegration.web.once import Next
from reintegration.web.submit import Ask, Asking
from vouchers.bank.forms import GrantForm, MatchForm, ParkForm, RepaidForm, ReturnedForm, UndoForm
from vouchers.bank.models import BankLine
from vouchers.bank.permissions import BankPermission
from vouchers.bank.queries import bank as queries
from vouchers.bank.services import reconciliation
from vouchers.bank.states import OPEN_LINES, BankLineState
from vouchers.bank.views import line_text as words
from vouchers.bank.views.blueprint import bank_bp as bp
from vouchers.books.models import BankAccount, Fund
from vouchers.books.queries import funds as fund_queries
from vouchers.books.services.balances import provider_balances
from vouchers.payments.models import PaymentOrder
from vouchers.payments.services import rails
from vouchers.payments.states import OrderState

NOTHING_TYPED: Mapping[str, Any] = MappingProxyType({})
_SHOWN = ("look", "matched", "returned", "all")
EVERY = "every"
"""In the address: what is to look at, of every account."""


Model = TypeVar("Model")


def _line(bank_line_id: UUID) -> BankLine:
    return queries.line_or_404(session(), current_actor(), bank_line_id)


@bp.page("/", BankPermission.LIST)
def index() -> ResponseReturnValue:
    """Show the list, and the chosen line beside it."""
    return _page(_asked_line())


@bp.act("/lines/<uuid:bank_line_id>/match", BankPermission.MATCH, load=_line)
def match(line: BankLine) -> Asking:
    """Settle the ticked orders by the line."""
    form = MatchForm()
    yield _beside(line, form)
    reconciliation.match_orders(session(), line, order_ids=form.orders.data, **acting())
    return _done(line, _("The line is matched and the payment settled."))


@bp.act("/lines/<uuid:bank_line_id>/undo", BankPermission.UNDO, load=_line)
def undo(line: BankLine) -> Asking:
    """Take a match back."""
    form = UndoForm()
    yield _beside(line, form)
    reconciliation.undo_match(session(), line, reason=form.reason.data or "", **acting())
    return _done(line, _("The match is undone. The order waits for its line again."))


@bp.act("/lines/<uuid:bank_line_id>/fee", BankPermission.FEE, load=_line)
def fee(line: BankLine) -> Asking:
    """Post the line as a fee of the bank."""
    yield _beside(line, Form())
    reconciliation.mark_fee(session(), line, **acting())
    return _done(line, _("The fee is posted."))


@bp.act("/lines/<uuid:bank_line_id>/moved", BankPermission.RESOLVE, load=_line)
def moved(line: BankLine) -> Asking:
    """Post the line as money between the bank and our balance at a payment service."""
    yield _beside(line, Form())
    reconciliation.mark_moved(session(), line, **acting())
    return _done(line, _("The line is posted as money between our accounts."))


@bp.act("/lines/<uuid:bank_line_id>/grant", BankPermission.RESOLVE, load=_line)
def grant(line: BankLine) -> Asking:
    """Post the line as money of a donor."""
    form = GrantForm()
    yield _beside(line, form)
    reconciliation.mark_grant(session(), line, fund=_named(Fund, form.fund), **acting())
    return _done(line, _("The grant is recorded in its fund."))


@bp.act("/lines/<uuid:bank_line_id>/repaid", BankPermission.RESOLVE, load=_line)
def repaid(line: BankLine) -> Asking:
    """Post the line as money that a provider gave back."""
    form = RepaidForm()
    yield _beside(line, form)
    provider = _named(Provider, form.provider)
    reconciliation.mark_repaid(session(), line, provider=provider, **acting())
    return _done(line, _("The repayment is posted."))


@bp.act("/lines/<uuid:bank_line_id>/returned", BankPermission.RESOLVE, load=_line)
def returned(line: BankLine) -> Asking:
    """Post the line as a payment that came back."""
    form = ReturnedForm()
    yield _beside(line, form)
    order = _named(PaymentOrder, form.order)
    reconciliation.mark_returned(session(), line, order=order, **acting())
    return _done(line, _("The payment came back: its claims can be paid again."))


@bp.act("/lines/<uuid:bank_line_id>/park", BankPermission.RESOLVE, load=_line)
def park(line: BankLine) -> Asking:
    """Leave the line open, with somebody who finds out."""
    form = ParkForm()
    yield _beside(line, form)
    owner_id, note = form.owner.data, form.note.data or ""
    reconciliation.park(session(), line, owner_id=owner_id, note=note, **acting())
    return _done(line, _("The note is kept, and who finds out."), stay=True)


def _beside(line: BankLine, form: Form) -> Ask:
    """Show beside the line what was refused, with what was chosen and typed."""
    return Ask(lambda: _page(line, form.problem, form.data), form)


def _done(line: BankLine, said: str, *, stay: bool = False) -> Next:
    """Go back to the list as it was filtered."""
    account = EVERY if parameters.text("account") == EVERY else line.bank_account_id
    kept = _kept(account) | ({"line": line.id} if stay else {})
    return Next(url_for(".index", **kept), said)


def _named(model: type[Model], field: IdField) -> Model:
    """Return the object that was chosen; raise NotFound when it is gone meanwhile."""
    found = session().get(model, field.data)
    if found is None:
        raise NotFound
    return found


def _asked_line() -> BankLine | None:
    asked = parameters.identifier("line")
    try:
        return _line(asked) if asked else None
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
    line: BankLine | None, problem: str = "", typed: Mapping[str, Any] = NOTHING_TYPED
) -> str:
    accounts = queries.accounts(session())
    if not accounts:
        return render_template("vouchers/bank/no_account.html")
    account = _account(accounts, line)
    kept = _kept(account.id if account else EVERY)
    page = queries.lines_page(
        session(),
        current_actor(),
        account=account,
        show=kept["show"],
        search=kept.get("q", ""),
        cursor=parameters.cursor(),
    )
    chosen = line or (page.rows[0] if page.rows else None)
    today = clock.local_day(clock.now())
    return render_template(
        f"vouchers/bank/{'index' if account else 'every'}.html",
        account=account,
        accounts=accounts,
        **(_of_account(account, today) if account else _of_every(accounts)),
        page=page,
        kept=kept,
        chosen=chosen,
        explicit=line is not None,
        panel=_panel(chosen) if chosen else {},
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


def _panel(line: BankLine) -> dict[str, Any]:
    """Return what stands beside the list about one line."""
    is_open = line.state in OPEN_LINES
    proposed = [UUID(order["id"]) for order in line.proposal.get("orders", ())]
    orders = queries.orders(session(), proposed)
    search = parameters.text("oq")
    others = parameters.is_on("other") or bool(search)
    outgoing = line.amount_minor < 0
    settles = is_open and outgoing and line.state == BankLineState.SUGGESTED
    came_back = is_open and not outgoing
    found: dict[str, Any] = {
        "open": is_open,
        "outgoing": outgoing,
        "orders": orders,
        "settles": settles and all(o.state == OrderState.RELEASED for o in orders),
        "fits": sum(order.amount_minor for order in orders) == -line.amount_minor,
        "returns": [o for o in orders if came_back and o.state == OrderState.SETTLED],
        "reasons": words.reasons(line.proposal.get("reasons", [])),
        "problems": words.problems(line.proposal.get("problems", [])),
        "note": line.proposal.get("note", ""),
        "matches": [] if is_open else queries.matches_of(session(), line),
        "order_search": search,
        "choosing": others,
        "people": queries.finance_people(session()) if is_open else [],
        "owner": names_of(session(), [line.owner_id]).get(line.owner_id or line.id, ""),
    }
    if is_open:
        services = (way.rail for way in rails.ways(line.currency) if way.service)
        found["service"] = next(services, None)
    if is_open and outgoing and (others or not settles):
        found["candidates"] = queries.open_orders(session(), line, search)
    if came_back:
        funds = fund_queries.funds(session())
        found["funds"] = [fund for fund in funds if fund.currency == line.currency]
        found["debtors"] = _debtors(line.currency)
    return found


def _debtors(currency: str) -> list[tuple[UUID, str, Any]]:
    """Return the providers that owe something in a currency."""
    names = queries.provider_names_that_owe(session(), currency)
    balances = provider_balances(session(), list(names))
    return [
        (provider_id, name, balances[provider_id, currency].receivable)
        for provider_id, name in names.items()
        if (provider_id, currency) in balances
    ]
