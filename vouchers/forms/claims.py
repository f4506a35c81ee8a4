"""Forms of claims, batches and the bank."""

from typing import Any
from uuid import UUID

from flask import request
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from providers.payees.services import CURRENCIES
from reintegration.kernel.money import Money
from reintegration.web.forms import DayField, Form, MoneyField, option

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


class ReasonForm(Form):
    """Why: others will read it later."""

    reason = TextAreaField(_l("Reason"), [_NEEDED, Length(max=500)])


class AnswerForm(Form):
    """What a provider says to a dispute."""

    answer = TextAreaField(_l("Your answer"), [_NEEDED, Length(max=1000)])


class BatchForm(Form):
    """When a batch shall leave, and from which of our accounts where there are several."""

    account = SelectField(_l("Paid from"), [Optional()], choices=[])

    execution_on = DayField(
        _l("Day of payment"), [_NEEDED], description=_l("The bank is asked to pay on this day.")
    )


class BankAccountForm(Form):
    """An account of the programme."""

    name = StringField(
        _l("Name"),
        [_NEEDED, Length(max=60)],
        description=_l("What we call it, such as Main account."),
    )
    currency = RadioField(
        _l("Currency"), choices=[option(code, code) for code in CURRENCIES], default="MDL"
    )
    iban = StringField(
        _l("IBAN"),
        [InputRequired(_l("Enter the IBAN.")), Length(max=42)],
        description=_l("As on the bank's paper, with or without spaces. The bank code follows."),
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    holder = StringField(
        _l("Holder"),
        [InputRequired(_l("Enter the holder's name.")), Length(max=140)],
        description=_l("Our legal name, as the bank has it."),
    )
    identifier = StringField(
        _l("Our fiscal code"),
        [Length(max=20)],
        description=_l("IDNO, 13 digits. Needed for payments in MDL."),
    )


class StatementForm(Form):
    """A file of the bank."""

    file = FileField(
        _l("File of the bank"),
        [FileRequired(_l("Choose a file."))],
        description=_l("camt.053, MT940 or CSV, at most 20 MB."),
    )
    trial = BooleanField(_l("Only say what would happen; import nothing"))


class ParkForm(Form):
    """Somebody finds out about a line."""

    owner = SelectField(_l("Who finds out"), [_NEEDED])
    note = TextAreaField(_l("What is known"), [_NEEDED, Length(max=500)])


def chosen_ids(name: str) -> list[UUID]:
    """Return the ids of the ticked boxes; what is no id is passed over."""
    found = []
    for text in request.form.getlist(name):
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found
