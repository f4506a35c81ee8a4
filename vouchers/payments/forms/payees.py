"""Forms of payee accounts."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField
from wtforms.validators import InputRequired, Length

from reintegration.codelists.currencies import CURRENCIES
from reintegration.web.forms import Form, option


class AccountForm(Form):
    """An account to be paid to."""

    currency = RadioField(
        _l("Currency"), choices=[option(code, code) for code in CURRENCIES], default="MDL"
    )
    iban = StringField(
        _l("IBAN"),
        [InputRequired(_l("Enter the IBAN.")), Length(max=42)],
        description=_l("As on the bank's paper, with or without spaces."),
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    holder = StringField(
        _l("Holder"), [InputRequired(_l("Enter the holder's name.")), Length(max=140)]
    )
    final_account = StringField(
        _l("Account behind the correspondent bank"),
        [Length(max=60)],
        description=_l("Only for banks that are paid through another one."),
    )
