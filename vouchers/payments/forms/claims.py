"""Forms of claims and batches."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from reintegration.kernel.money import Money
from reintegration.web.forms import DayField, Form, MoneyField, TickedField

_NEEDED = InputRequired(_l("Fill this in."))


class InvoiceForm(Form):
    """The provider's own invoice, as it is sent with the claim."""

    invoice_number = StringField(_l("Number of your invoice"), [_NEEDED, Length(max=60)])
    invoiced = MoneyField(_l("Amount of your invoice"), [_NEEDED])

    def __init__(self, currency: str, **kwargs: Any) -> None:
        self.of_currency = currency
        super().__init__(**kwargs)

    def process(self, *args: Any, **kwargs: Any) -> None:
        """Read what was typed, in the currency of the claim."""
        self.invoiced.currency = self.of_currency
        super().process(*args, **kwargs)

    @property
    def money(self) -> Money:
        """Return the valid amount."""
        assert isinstance(self.invoiced.data, Money)
        return self.invoiced.data


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


class BatchForm(Form):
    """Of which claims a batch is made, when it leaves, and from which account of ours."""

    claims = TickedField()
    account = SelectField(_l("Paid from"), [Optional()], choices=[])

    execution_on = DayField(
        _l("Day of payment"), [_NEEDED], description=_l("The bank is asked to pay on this day.")
    )
