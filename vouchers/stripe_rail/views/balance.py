"""The Stripe balance: whether books and Stripe agree, its lines, and what people say of them."""

from typing import Any
from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy.orm import Session

from reintegration.accounts.queries.users import names_behind
from reintegration.kernel import permissions
from reintegration.kernel.db import session
from reintegration.kernel.errors import N_, Conflict
from reintegration.web import parameters, slots
from reintegration.web.current import acting, current_actor
from reintegration.web.filters import instant
from reintegration.web.forms import Form
from reintegration.web.once import Next
from reintegration.web.pages import Pages
from reintegration.web.submit import Ask, Asking, asked
from vouchers.payments.services import rails
from vouchers.payments.states import Rail
from vouchers.stripe_rail.forms import NoteForm, TieForm
from vouchers.stripe_rail.models import StripeLine
from vouchers.stripe_rail.permissions import StripePermission
from vouchers.stripe_rail.queries import balance as reading
from vouchers.stripe_rail.services import clearing, lines, sweep
from vouchers.stripe_rail.states import LineState
from vouchers.stripe_rail.views import balance_words

bp = Pages("stripe_balance", __name__, url_prefix="/stripe/balance")
_SHOWN = ("open", "all")


def _line(stripe_line_id: UUID) -> StripeLine:
    return reading.line_or_404(session(), current_actor(), stripe_line_id)


@bp.page("/", StripePermission.VIEW)
def index() -> ResponseReturnValue:
    """Show the proof, and the lines: those to be cleared first to be seen."""
    show = parameters.choice("show", _SHOWN, "open")
    page = reading.lines_page(session(), current_actor(), show=show, cursor=parameters.cursor())
    return render_template(
        "vouchers/stripe_rail/balance/index.html",
        page=page,
        show=show,
        proof=reading.proof(session(), _currency()),
        pile=reading.open_pile(session(), current_actor()),
        orders=reading.orders_of(session(), page.rows),
        is_on=rails.is_on(Rail.STRIPE_TRANSFER),
        given=parameters.those("show"),
        kind=balance_words.kind,
        P=StripePermission,
    )


@bp.act("/ask", StripePermission.SWEEP)
def ask() -> Next:
    """Have Stripe asked now what it says of our balance."""
    if not sweep.ask(session(), **acting()):
        raise Conflict(N_("Payments through Stripe are switched off: nobody can be asked."))
    return Next(url_for(".index"), _("Stripe is being asked. Its answer stands here in a minute."))


@bp.page("/lines/<uuid:stripe_line_id>", StripePermission.VIEW, load=_line)
def line(line: StripeLine) -> ResponseReturnValue:
    """Show one line, what it is in the books, and what can be said of it."""
    return _line_page(line)


def _line_page(line: StripeLine, form: Form | None = None) -> str:
    is_open = line.state == LineState.OPEN
    moved = line.kind in lines.FROM_BANK | lines.TO_BANK
    return render_template(
        "vouchers/stripe_rail/balance/line.html",
        line=line,
        order=reading.orders_of(session(), [line]).get(line.order_id) if line.order_id else None,
        bank_lines=lines.candidates(session(), line) if is_open and moved else [],
        form=form or NoteForm(note=line.note),
        kind=balance_words.kind,
        postable=is_open and clearing.is_postable(line),
        people=names_behind(session(), (line, "noted_by"), (line, "settled_by")),
        can_note=permissions.permits(current_actor(), StripePermission.NOTE, line),
        P=StripePermission,
    )


@bp.act("/lines/<uuid:stripe_line_id>/note", StripePermission.NOTE, load=_line)
def note(line: StripeLine) -> Asking:
    """Write down what an open line is."""
    form = NoteForm()
    yield Ask(lambda: _line_page(line, form), form)
    clearing.note(session(), line, text=form.note.data or "", **acting())
    return _back(line, _("It is noted. An approver posts it as a charge, if it is one."))


@bp.form("/lines/<uuid:stripe_line_id>/charge", StripePermission.POST_CHARGE, load=_line)
def charge(line: StripeLine) -> Asking:
    """Post as a charge what somebody else wrote down."""
    yield asked("vouchers/stripe_rail/balance/charge.html", line=line, kind=balance_words.kind)
    clearing.post_charge(session(), line, **acting())
    return _back(line, _("It is posted as a charge."))


@bp.act("/lines/<uuid:stripe_line_id>/tie", StripePermission.NOTE, load=_line)
def tie(line: StripeLine) -> Asking:
    """Say which line of the bank is the other side."""
    form = TieForm()
    yield Ask(lambda: _line_page(line), form)
    clearing.tie(session(), line, bank_line_id=form.bank_line.data, **acting())
    return _back(line, _("Both lines are matched."))


@bp.form("/lines/<uuid:stripe_line_id>/undo", StripePermission.NOTE, load=_line)
def undo(line: StripeLine) -> Asking:
    """Open a line again that a person had cleared."""
    yield asked("vouchers/stripe_rail/balance/undo.html", line=line, kind=balance_words.kind)
    clearing.undo(session(), line, **acting())
    return _back(line, _("The line is open again."))


def proof_card(*, currency: str) -> Markup | str:
    """Return the short proof for a page of the bank, of all accounts or of those in a currency."""
    if currency not in ("", _currency()):
        return ""
    if not permissions.could(current_actor(), StripePermission.VIEW):
        return ""
    if reading.asked_at(session(), _currency()) is None:
        return ""
    found = reading.proof(session(), _currency())
    return slots.part("vouchers/stripe_rail/balance/_proof.html", proof=found, linked=True)


def facts(*, session: Session) -> list[dict[str, Any]]:
    """Return when Stripe was asked last about our balance, for the page of the ways."""
    at = reading.asked_at(session, _currency())
    said = instant(at) if at else _("Not yet")
    return [{"key": _("Last asked about our balance"), "value": said}]


def _currency() -> str:
    return rails.of(Rail.STRIPE_TRANSFER).currency


def _back(line: StripeLine, said: str) -> Next:
    return Next(url_for(".line", stripe_line_id=line.id), said)
