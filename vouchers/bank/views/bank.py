"""Reconciliation: the lines of the bank, what they are, and what a person decides."""

from collections.abc import Callable
from functools import partial
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
from reintegration.web.requires import requires
from reintegration.web.submit import submit
from reintegration.web.transactional import transactional
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
from vouchers.payments.states import OrderState

_SHOWN = ("look", "matched", "returned", "all")


Model = TypeVar("Model")


def _line(bank_line_id: UUID) -> BankLine:
    return queries.line_or_404(session(), current_actor(), bank_line_id)


@bp.get("/")
@requires(BankPermission.LIST)
def index() -> ResponseReturnValue:
    """Show the list, and the chosen line beside it."""
    return _page(_asked_line())


@bp.post("/lines/<uuid:bank_line_id>/match")
@requires(BankPermission.MATCH, load=_line)
@transactional
def match(line: BankLine) -> ResponseReturnValue:
    """Settle the ticked orders by the line."""
    form = MatchForm()
    return _acted(
        line,
        form,
        partial(reconciliation.match_orders, order_ids=form.orders.data),
        _("The line is matched and the payment settled."),
    )


@bp.post("/lines/<uuid:bank_line_id>/undo")
@requires(BankPermission.UNDO, load=_line)
@transactional
def undo(line: BankLine) -> ResponseReturnValue:
    """Take a match back."""
    form = UndoForm()
    return _acted(
        line,
        form,
        partial(reconciliation.undo_match, reason=form.reason.data or ""),
        _("The match is undone. The order waits for its line again."),
    )


@bp.post("/lines/<uuid:bank_line_id>/fee")
@requires(BankPermission.RESOLVE, load=_line)
@transactional
def fee(line: BankLine) -> ResponseReturnValue:
    """Post the line as a fee of the bank."""
    return _acted(line, Form(), reconciliation.mark_fee, _("The fee is posted."))


@bp.post("/lines/<uuid:bank_line_id>/grant")
@requires(BankPermission.RESOLVE, load=_line)
@transactional
def grant(line: BankLine) -> ResponseReturnValue:
    """Post the line as money of a donor."""
    form = GrantForm()
    return _acted(
        line,
        form,
        lambda *who, **when: reconciliation.mark_grant(*who, fund=_named(Fund, form.fund), **when),
        _("The grant is recorded in its fund."),
    )


@bp.post("/lines/<uuid:bank_line_id>/repaid")
@requires(BankPermission.RESOLVE, load=_line)
@transactional
def repaid(line: BankLine) -> ResponseReturnValue:
    """Post the line as money that a provider gave back."""
    form = RepaidForm()
    return _acted(
        line,
        form,
        lambda *who, **when: reconciliation.mark_repaid(
            *who, provider=_named(Provider, form.provider), **when
        ),
        _("The repayment is posted."),
    )


@bp.post("/lines/<uuid:bank_line_id>/returned")
@requires(BankPermission.RESOLVE, load=_line)
@transactional
def returned(line: BankLine) -> ResponseReturnValue:
    """Post the line as a payment that came back."""
    form = ReturnedForm()
    return _acted(
        line,
        form,
        lambda *who, **when: reconciliation.mark_returned(
            *who, order=_named(PaymentOrder, form.order), **when
        ),
        _("The payment came back: its claims can be paid again."),
    )


@bp.post("/lines/<uuid:bank_line_id>/park")
@requires(BankPermission.RESOLVE, load=_line)
@transactional
def park(line: BankLine) -> ResponseReturnValue:
    """Leave the line open, with somebody who finds out."""
    form = ParkForm()
    return _acted(
        line,
        form,
        partial(reconciliation.park, owner_id=form.owner.data, note=form.note.data or ""),
        _("The note is kept, and who finds out."),
        stay=True,
    )


def _acted(
    line: BankLine, form: Form, act: Callable[..., object], said: str, *, stay: bool = False
) -> ResponseReturnValue:
    """Act and go back to the list, or show beside the line what was refused."""
    kept = _kept(line.bank_account_id) | ({"line": line.id} if stay else {})
    return submit(
        form,
        lambda: act(session(), line, **acting()),
        again=lambda: _page(line, form.problem),
        said=said,
        to=url_for(".index", **kept),
    )


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


def _kept(account_id: UUID) -> dict[str, Any]:
    """Return the filters of the address, so that an action leads back to the same list."""
    search = parameters.text("q")
    kept: dict[str, Any] = {
        "account": account_id,
        "show": parameters.choice("show", _SHOWN, "look"),
    }
    return kept | ({"q": search} if search else {})


def _account(line: BankLine | None) -> BankAccount | None:
    accounts = queries.accounts(session())
    asked = str(line.bank_account_id) if line else parameters.text("account")
    return next(
        (account for account in accounts if str(account.id) == asked),
        accounts[0] if accounts else None,
    )


def _page(line: BankLine | None, problem: str = "") -> str:
    account = _account(line)
    if account is None:
        return render_template("vouchers/bank/no_account.html")
    kept = _kept(account.id)
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
        "vouchers/bank/index.html",
        account=account,
        accounts=queries.accounts(session()),
        figures=queries.figures(session(), account, today),
        proof=queries.proof(session(), account.currency),
        statements=queries.statements(session(), account),
        page=page,
        kept=kept,
        chosen=chosen,
        explicit=line is not None,
        panel=_panel(chosen) if chosen else {},
        problem=problem,
        word=words.line_word,
        month=format_date(today, "LLLL", locale=format_locale()),
        older_url=url_for(".index", page=page.older, **kept) if page.older else None,
        newer_url=url_for(".index", page=page.newer, **kept) if page.newer else None,
        P=BankPermission,
    )


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
