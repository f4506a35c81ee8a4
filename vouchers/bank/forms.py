"""Forms of our accounts and of statements."""

from typing import ClassVar

from flask_babel import lazy_gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from reintegration.web.forms import Form, IdField, TickedField, encoding_field, file_field, option
from vouchers.formats import banks
from vouchers.payments.forms.claims import _NEEDED
from vouchers.payments.forms.payees import currency_field, iban_field


class BankAccountForm(Form):
    """An account of the programme."""

    name = StringField(
        _l("Name"),
        [_NEEDED, Length(max=60)],
        description=_l("What we call it, such as Main account."),
    )
    currency = currency_field()
    iban = iban_field(_l("As on the bank's paper, with or without spaces. The bank code follows."))
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
    profile = SelectField(
        _l("Files of the bank"),
        choices=[
            option("", _l("The usual ones of the currency")),
            *(option(known.name, lazy_gettext(known.label)) for known in banks.PROFILES.values()),
        ],
        default="",
        description=_l("What the bank takes as payments, and how it writes a statement as CSV."),
    )


class StatementForm(Form):
    """A file of the bank."""

    file = file_field(_l("File of the bank"), _l("camt.053, MT940 or CSV, at most 50 MB."))
    encoding = encoding_field()
    trial = BooleanField(_l("Only say what would happen; import nothing"))


class MatchForm(Form):
    """The orders that a line of the bank pays."""

    orders = TickedField()


class UndoForm(Form):
    """Why a match is taken back."""

    reason = TextAreaField(validators=[Length(max=500)])


class GrantForm(Form):
    """The fund that money of a donor is for."""

    fund = IdField(validators=[DataRequired(_l("Choose the fund that the money is for."))])


class RepaidForm(Form):
    """The provider that paid back."""

    provider = IdField(validators=[DataRequired(_l("Choose who paid back."))])


class ReturnedForm(Form):
    """The order that came back."""

    order = IdField(validators=[DataRequired(_l("Choose the order that came back."))])


class ParkForm(Form):
    """Who finds out what a line is, and what is known."""

    called: ClassVar = {"owner_id": "owner"}

    owner = IdField()
    note = TextAreaField(validators=[Length(max=500)])
