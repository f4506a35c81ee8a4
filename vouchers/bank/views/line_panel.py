"""What stands beside the list about one line: why, what it can be, and what became of it."""

from typing import Any
from uuid import UUID

from reintegration.accounts.queries.users import movers, names_of
from reintegration.accounts.views.act_words import act
from reintegration.kernel import clock
from reintegration.kernel.db import session
from reintegration.web import parameters
from vouchers.bank.models import BankLine
from vouchers.bank.queries import bank as queries
from vouchers.bank.queries import recorded
from vouchers.bank.services import endings
from vouchers.bank.services.line_moves import BANK_LINE
from vouchers.bank.states import (
    OPEN_LINES,
    BankLineState,
    ExceptionKind,
    NextStep,
    Resolution,
    Rest,
)
from vouchers.bank.views import line_text as words
from vouchers.books.queries import funds as fund_queries
from vouchers.books.services.balances import provider_balances
from vouchers.payments.queries import claims as claim_queries
from vouchers.payments.services import rails
from vouchers.payments.states import OrderState


def panel(line: BankLine, kind: str = "") -> dict[str, Any]:
    """Return what stands beside the list about one line; `kind` is the ending that was tried."""
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
        "events": (events := claim_queries.history(session(), BANK_LINE.name, line.id)),
        "act": act,
        "people_then": names_of(session(), movers(events)),
        "matches": queries.matches_of(session(), line),
        "endings": (ended := queries.endings_of(session(), line)),
        "about": queries.about_of(session(), ended),
        "today": (today := clock.local_day(clock.now())),
        "age": (today - line.booked_on).days,
        "rests": Rest,
        "unproposed": came_back and line.kind != ExceptionKind.RETURN,
        "order_search": search,
        "choosing": others,
        "people": queries.finance_people(session()) if is_open else [],
        "owner": names_of(session(), [line.owner_id]).get(line.owner_id or line.id, ""),
    }
    if is_open:
        services = (way.rail for way in rails.ways(line.currency) if way.service)
        found["service"] = next(services, None)
        found["kinds"] = kinds = _kinds(line, has_service=found["service"] is not None)
        found["kind"] = kind = kind or parameters.choice("as", [*kinds, LATER], "")
        found |= _choices(line, kind)
        found["steps"] = NextStep
    if is_open and outgoing and (others or not settles):
        found["candidates"] = queries.open_orders(session(), line, search)
    return found


LATER = "later"
"""In the address: what it is, is found out later."""


def _kinds(line: BankLine, *, has_service: bool) -> list[Resolution]:
    """Return what a line can be that pays no order, in the order in which it is likely."""
    if line.amount_minor > 0:
        kinds = [Resolution.GRANT, Resolution.RETURNED, Resolution.REPAID, Resolution.INTEREST]
    else:
        kinds = [Resolution.FEE, Resolution.PAID_TWICE]
    kinds += [Resolution.SERVICE] if has_service else []
    kinds += [Resolution.OTHERS, Resolution.RECORDED]
    kinds += [Resolution.BEFORE_BOOKS] if endings.is_before_books(session(), line) else []
    return kinds if line.amount_minor > 0 else [*kinds, Resolution.WRITTEN_OFF]


def _choices(line: BankLine, kind: str) -> dict[str, Any]:
    """Return what is chosen among, for a line that is of a kind."""
    if kind == Resolution.GRANT:
        funds = fund_queries.funds(session())
        return {"funds": [fund for fund in funds if fund.currency == line.currency]}
    if kind == Resolution.REPAID:
        return {"debtors": _debtors(line.currency)}
    if kind in (Resolution.RETURNED, Resolution.PAID_TWICE):
        search = parameters.text("pq")
        paid = queries.paid_orders(session(), line, search)
        return {"paid_search": search, "paid": paid}
    if kind == Resolution.RECORDED:
        return {"entries": recorded.fitting(session(), line)}
    return {}


def _debtors(currency: str) -> list[tuple[UUID, str, Any]]:
    """Return the providers that owe something in a currency."""
    names = queries.provider_names_that_owe(session(), currency)
    balances = provider_balances(session(), list(names))
    return [
        (provider_id, name, balances[provider_id, currency].receivable)
        for provider_id, name in names.items()
        if (provider_id, currency) in balances
    ]
