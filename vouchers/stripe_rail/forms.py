"""Forms of the Stripe rail."""

from typing import Any

from babel import Locale
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from reintegration.web.filters import format_locale
from reintegration.web.forms import Form, IdField, MoneyField, option
from vouchers.books.forms import MoneyForm
from vouchers.stripe_rail.states import REACHED

_NEEDED = InputRequired(_l("Fill this in."))


class ReversalForm(MoneyForm):
    """How much of a transfer is taken back, and why."""

    amount = MoneyField(_l("Amount"), [_NEEDED])
    reason = TextAreaField(_l("Reason"), [_NEEDED, Length(max=500)])


def _countries() -> list[Any]:
    names = Locale.parse(format_locale()).territories
    known = sorted((names[code], code) for code in REACHED)
    return [option("", "–"), *(option(code, name) for name, code in known)]


class OpenAccountForm(Form):
    """In which country the provider's account is opened."""

    country = SelectField(
        _l("Country"),
        [InputRequired(_l("Choose the country."))],
        choices=_countries,
        description=_l("Where the organisation is registered and has its bank account."),
    )


class NoteForm(Form):
    """What somebody found out of a line."""

    note = TextAreaField(
        _l("What it is, and how you know"),
        [InputRequired(_l("Write what it is and how you know.")), Length(max=500)],
        render_kw={"rows": 3},
    )


class TieForm(Form):
    """The other side of money between the bank and Stripe."""

    bank_line = IdField(_l("Line of the bank"), [InputRequired(_l("Choose a line of the bank."))])
