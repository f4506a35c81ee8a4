"""The months of the books: each with its checklist, its close, and opening it again."""

from typing import Any
from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reintegration.accounts.queries.users import names_of
from reintegration.kernel import clock
from reintegration.kernel.db import session
from reintegration.kernel.signing import signers
from reintegration.web.current import acting, current_actor
from reintegration.web.once import Next
from reintegration.web.pages import Pages
from reintegration.web.submit import Asking, asked, asked_why
from vouchers.books.forms import WhyForm
from vouchers.books.models import AccountingPeriod
from vouchers.books.permissions import PeriodPermission as P
from vouchers.books.queries import commitments as promised
from vouchers.books.queries import cut_off as listed
from vouchers.books.queries import periods as queries
from vouchers.books.queries.journal import budget_line_names
from vouchers.books.services.periods import closing
from vouchers.books.services.periods.checklist import checks_of
from vouchers.books.views.period_text import Shown, files_of, shown

bp = Pages("periods", __name__, url_prefix="/ledger/periods")
_ACTS = ("prepared_by", "closed_by", "reopen_asked_by", "reopened_by")


def load_period(period_id: UUID) -> AccountingPeriod:
    """Return a month that whoever asks may see."""
    return queries.period_or_404(session(), current_actor(), period_id)


@bp.page("/", P.VIEW)
def index() -> ResponseReturnValue:
    """List the months, the latest first."""
    found = queries.every(session(), current_actor())
    return render_template(
        "vouchers/books/periods/index.html", periods=found, people=_people(*found), P=P
    )


@bp.page("/<uuid:period_id>", P.VIEW, load=load_period)
def show(period: AccountingPeriod) -> ResponseReturnValue:
    """Show one month: where it stands, what is open, and what may be done."""
    return render_template(
        "vouchers/books/periods/show.html",
        period=period,
        checks=_checks(period),
        files=files_of(period),
        closes=queries.closes_of(session(), current_actor(), period),
        people=_people(period),
        P=P,
    )


@bp.page("/<uuid:period_id>/cut-off", P.VIEW, load=load_period)
def cut_off(period: AccountingPeriod) -> ResponseReturnValue:
    """Show what happened in the month and was posted after it."""
    days = period.month, period.last_day
    return render_template(
        "vouchers/books/periods/cut_off.html",
        period=period,
        found=listed.first_of(session(), *days),
        sums=listed.sums(session(), *days),
        shown=listed.SHOWN,
        P=P,
    )


@bp.page("/<uuid:period_id>/commitments", P.VIEW, load=load_period)
def commitments(period: AccountingPeriod) -> ResponseReturnValue:
    """Show what was promised at the end of the month, by budget line."""
    names = budget_line_names(session())
    lines = promised.by_line(session(), period.month, period.last_day)
    return render_template(
        "vouchers/books/periods/commitments.html",
        period=period,
        lines=sorted(lines, key=lambda one: names.get(one.budget_line_id, "")),
        names=names,
        P=P,
    )


@bp.act("/<uuid:period_id>/prepare", P.PREPARE, load=load_period)
def prepare(period: AccountingPeriod) -> Next:
    """Propose the close."""
    closing.prepare(session(), period, **acting())
    return _back(period, _("The close is proposed. An approver decides on it."))


@bp.act("/<uuid:period_id>/discard", P.DISCARD, load=load_period)
def discard(period: AccountingPeriod) -> Next:
    """Discard the proposal."""
    closing.discard(session(), period, **acting())
    return _back(period, _("The proposal is discarded. The month stays open."))


@bp.form("/<uuid:period_id>/close", P.CLOSE, load=load_period, fresh=True)
def close(period: AccountingPeriod) -> Asking:
    """Close the month."""
    warned = [one for one in _checks(period) if one.is_open]
    yield asked("vouchers/books/periods/close.html", period=period, warned=warned)
    closing.close(session(), period, **acting())
    return _back(period, _("The month is closed."))


@bp.form("/<uuid:period_id>/ask-to-reopen", P.ASK_TO_REOPEN, load=load_period)
def ask_to_reopen(period: AccountingPeriod) -> Asking:
    """Ask that the month be opened again."""
    page = "vouchers/books/periods/ask_to_reopen.html"
    reason = yield from asked_why(page, WhyForm(), period=period)
    closing.ask_to_reopen(session(), period, reason=reason, **acting())
    return _back(period, _("It is asked. An approver who is somebody else decides on it."))


@bp.act("/<uuid:period_id>/keep-closed", P.KEEP_CLOSED, load=load_period)
def keep_closed(period: AccountingPeriod) -> Next:
    """Leave the month closed."""
    closing.keep_closed(session(), period, **acting())
    return _back(period, _("The month stays closed."))


@bp.form("/<uuid:period_id>/reopen", P.REOPEN, load=load_period, fresh=True)
def reopen(period: AccountingPeriod) -> Asking:
    """Open the month again."""
    people = _people(period)
    yield asked("vouchers/books/periods/reopen.html", period=period, people=people)
    closing.reopen(session(), period, **acting())
    return _back(period, _("The month is open again."))


def _checks(period: AccountingPeriod) -> list[Shown]:
    """Return the checklist of a month that is not closed; a closed one has nothing to ask."""
    if period.is_closed:
        return []
    return shown(checks_of(session(), period, now=clock.now()))


def _people(*periods: AccountingPeriod) -> dict[UUID, str]:
    people: set[UUID] = set()
    for period in periods:
        for act in _ACTS:
            people |= signers(period, act)
    return dict(names_of(session(), people)) if people else {}


def _back(period: Any, said: str) -> Next:
    return Next(url_for(".show", period_id=period.id), said)
