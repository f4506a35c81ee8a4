"""Forms of claims and batches."""

from typing import ClassVar

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from reintegration.web.forms import DayField, Form, MoneyField, TickedField
from vouchers.books.forms import MoneyForm

_NEEDED = InputRequired(_l("Fill this in."))


class InvoiceForm(MoneyForm):
    """The provider's own invoice, as it is sent with the claim."""

    counted: ClassVar = "invoiced"

    invoice_number = StringField(_l("Number of your invoice"), [_NEEDED, Length(max=60)])
    invoiced = MoneyField(_l("Amount of your invoice"), [_NEEDED])


class DeliveriesForm(Form):
    """Which deliveries a claim shall be made of."""

    deliveries = TickedField()


class LinesForm(Form):
    """Which lines of a claim are meant."""

    lines = TickedField()


class DisputeForm(LinesForm):
    """What is asked about them."""

    reason = TextAreaField(validators=[Length(max=500)])


class ReasonForm(Form):
    """Why: others will read it later."""

    reason = TextAreaField(_l("Reason"), [_NEEDED, Length(max=500)])


class AnswerForm(Form):
    """What a provider says to a dispute."""

    answer = TextAreaField(_l("Your answer"), [_NEEDED, Length(max=1000)])


class ServiceBatchForm(Form):
    """Of which claims a batch is made that a payment service pays."""

    claims = TickedField()


class BatchForm(ServiceBatchForm):
    """When a batch of claims leaves besides, and from which account of ours."""

    account = SelectField(_l("Paid from"), [Optional()], choices=[])

    execution_on = DayField(
        _l("Day of payment"), [_NEEDED], description=_l("The bank is asked to pay on this day.")
    )
