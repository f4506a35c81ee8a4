"""What a person says that a line of the bank was, when it pays no order; and taking that back."""

from typing import TypeVar

from flask_babel import gettext as _

from providers.directory.models import Provider
from reintegration.kernel.db import session
from reintegration.kernel.errors import NotFound
from reintegration.web.current import acting
from reintegration.web.forms import Form, IdField
from reintegration.web.submit import Asking
from vouchers.bank.forms import (
    GrantForm,
    RecordedForm,
    RepaidForm,
    ReturnedForm,
    TwiceForm,
    UndoForm,
    WriteOffForm,
)
from vouchers.bank.models import BankLine
from vouchers.bank.permissions import BankPermission
from vouchers.bank.services import endings
from vouchers.bank.states import Resolution
from vouchers.bank.views.bank import beside, done, line_of
from vouchers.bank.views.blueprint import bank_bp as bp
from vouchers.books.models import Fund
from vouchers.payments.models import PaymentOrder

Model = TypeVar("Model")


@bp.act("/lines/<uuid:bank_line_id>/fee", BankPermission.FEE, load=line_of)
def fee(line: BankLine) -> Asking:
    """Post the line as a fee of the bank."""
    yield beside(line, Form(), Resolution.FEE)
    endings.mark_fee(session(), line, **acting())
    return done(line, _("The fee is posted."))


@bp.act("/lines/<uuid:bank_line_id>/moved", BankPermission.RESOLVE, load=line_of)
def moved(line: BankLine) -> Asking:
    """Post the line as money between the bank and our balance at a payment service."""
    yield beside(line, Form(), Resolution.SERVICE)
    endings.mark_moved(session(), line, **acting())
    return done(line, _("The line is posted as money between our accounts."))


@bp.act("/lines/<uuid:bank_line_id>/grant", BankPermission.RESOLVE, load=line_of)
def grant(line: BankLine) -> Asking:
    """Post the line as money of a donor."""
    form = GrantForm()
    form.fee.count_in(line.currency)
    yield beside(line, form, Resolution.GRANT)
    chosen = _named(Fund, form.fund)
    kept = form.fee.money if form.fee.data else None
    endings.mark_grant(session(), line, fund=chosen, fee=kept, **acting())
    return done(line, _("The grant is recorded in its fund."))


@bp.act("/lines/<uuid:bank_line_id>/repaid", BankPermission.RESOLVE, load=line_of)
def repaid(line: BankLine) -> Asking:
    """Post the line as money that a provider gave back."""
    form = RepaidForm()
    yield beside(line, form, Resolution.REPAID)
    provider = _named(Provider, form.provider)
    endings.mark_repaid(session(), line, provider=provider, **acting())
    return done(line, _("The repayment is posted."))


@bp.act("/lines/<uuid:bank_line_id>/returned", BankPermission.RESOLVE, load=line_of)
def returned(line: BankLine) -> Asking:
    """Post the line as a payment that came back."""
    form = ReturnedForm()
    yield beside(line, form, Resolution.RETURNED)
    order = _named(PaymentOrder, form.order)
    endings.mark_returned(session(), line, order=order, **acting())
    return done(line, _("The payment came back: its claims can be paid again."))


@bp.act("/lines/<uuid:bank_line_id>/twice", BankPermission.RESOLVE, load=line_of)
def twice(line: BankLine) -> Asking:
    """Post the line as a second payment of an order: its payee owes it."""
    form = TwiceForm()
    yield beside(line, form, Resolution.PAID_TWICE)
    order = _named(PaymentOrder, form.order)
    endings.mark_paid_twice(session(), line, order=order, **acting())
    return done(line, _("The second payment is posted. The payee owes it and was told."))


@bp.act("/lines/<uuid:bank_line_id>/interest", BankPermission.RESOLVE, load=line_of)
def interest(line: BankLine) -> Asking:
    """Post the line as interest."""
    yield beside(line, Form(), Resolution.INTEREST)
    endings.mark_interest(session(), line, **acting())
    return done(line, _("The interest is posted."))


@bp.act("/lines/<uuid:bank_line_id>/others", BankPermission.RESOLVE, load=line_of)
def others(line: BankLine) -> Asking:
    """Post the line as money of others who use the account."""
    yield beside(line, Form(), Resolution.OTHERS)
    endings.mark_others(session(), line, **acting())
    return done(line, _("The line is posted as held for others."))


@bp.act("/lines/<uuid:bank_line_id>/recorded", BankPermission.RESOLVE, load=line_of)
def recorded(line: BankLine) -> Asking:
    """Tie the line to what was recorded before it came."""
    form = RecordedForm()
    yield beside(line, form, Resolution.RECORDED)
    assert form.entry.data is not None
    endings.mark_recorded(session(), line, entry_id=form.entry.data, **acting())
    return done(line, _("The line is tied to its entry. Nothing was posted twice."))


@bp.act("/lines/<uuid:bank_line_id>/before-books", BankPermission.RESOLVE, load=line_of)
def before_books(line: BankLine) -> Asking:
    """Say that the line is within the opening balance."""
    yield beside(line, Form(), Resolution.BEFORE_BOOKS)
    endings.mark_before_books(session(), line, **acting())
    return done(line, _("The line is of before the books. Nothing was posted."))


@bp.act("/lines/<uuid:bank_line_id>/write-off", BankPermission.WRITE_OFF, load=line_of)
def write_off(line: BankLine) -> Asking:
    """Write the line off."""
    form = WriteOffForm()
    yield beside(line, form, Resolution.WRITTEN_OFF)
    endings.mark_written_off(session(), line, reason=form.note.data or "", **acting())
    return done(line, _("The line is written off."))


@bp.act("/lines/<uuid:bank_line_id>/undo-ending", BankPermission.UNDO, load=line_of)
def undo_ending(line: BankLine) -> Asking:
    """Take back what the line was said to be."""
    form = UndoForm()
    yield beside(line, form)
    endings.undo_ending(session(), line, reason=form.reason.data or "", **acting())
    return done(line, _("It is undone. The line waits again for what it is."))


def _named(model: type[Model], field: IdField) -> Model:
    """Return the object that was chosen; raise NotFound when it is gone meanwhile."""
    found = session().get(model, field.data)
    if found is None:
        raise NotFound
    return found
