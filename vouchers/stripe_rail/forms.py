"""Forms of the Stripe rail."""

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from reintegration.web.forms import MoneyField
from vouchers.books.forms import MoneyForm

_NEEDED = InputRequired(_l("Fill this in."))


class ReversalForm(MoneyForm):
    """How much of a transfer is taken back, and why."""

    amount = MoneyField(_l("Amount"), [_NEEDED])
    reason = TextAreaField(_l("Reason"), [_NEEDED, Length(max=500)])
