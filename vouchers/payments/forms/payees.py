"""Forms of payee accounts."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField
from wtforms.validators import InputRequired, Length

from reintegration.codelists.currencies import CURRENCIES
from reintegration.web.forms import Form, option


def currency_field() -> RadioField:
    """Return the currency that an account is in."""
    codes = [option(code, code) for code in CURRENCIES]
    return RadioField(_l("Currency"), choices=codes, default="MDL")


def iban_field(hint: Any) -> StringField:
    """Return the number of an account, as a person types it."""
    return StringField(
        _l("IBAN"),
        [InputRequired(_l("Enter the IBAN.")), Length(max=42)],
        description=hint,
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )


class AccountForm(Form):
    """An account to be paid to."""

    currency = currency_field()
    iban = iban_field(_l("As on the bank's paper, with or without spaces."))
    holder = StringField(
        _l("Holder"), [InputRequired(_l("Enter the holder's name.")), Length(max=140)]
    )
    bic = StringField(
        _l("BIC of the bank"),
        [Length(max=14)],
        description=_l("Only when the bank is not recognised by the IBAN."),
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    final_account = StringField(
        _l("Account behind the correspondent bank"),
        [Length(max=60)],
        description=_l("Only for banks that are paid through another one: on the left bank."),
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    final_code = StringField(
        _l("Fiscal code of who is paid in the end"),
        [Length(max=20)],
        description=_l("Only with an account behind the correspondent bank."),
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    final_name = StringField(
        _l("Name of who is paid in the end"),
        [Length(max=100)],
        description=_l("As its own bank has it; it stands in the text of each payment."),
    )
