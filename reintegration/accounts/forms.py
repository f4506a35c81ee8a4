"""The forms of accounts."""

from flask_babel import lazy_gettext as _l
from wtforms import EmailField, HiddenField, PasswordField
from wtforms.validators import InputRequired, Length

from reintegration.accounts.services.passwords import MAX_LENGTH
from reintegration.web.forms import Form


class SignInForm(Form):
    """E-mail and password."""

    email = EmailField(
        _l("E-mail"), [InputRequired(_l("Enter your e-mail.")), Length(max=200)],
        render_kw={"autocomplete": "username"},
    )  # fmt: skip
    password = PasswordField(
        _l("Password"), [InputRequired(_l("Enter your password.")), Length(max=MAX_LENGTH)],
        render_kw={"autocomplete": "current-password"},
    )  # fmt: skip
    next = HiddenField()


class ChangePasswordForm(Form):
    """One's own password."""

    current = PasswordField(
        _l("Present password"), [InputRequired(_l("Enter your present password."))],
        render_kw={"autocomplete": "current-password"},
    )  # fmt: skip
    new = PasswordField(
        _l("New password"), [InputRequired(_l("Enter a new password.")), Length(max=MAX_LENGTH)],
        description=_l("At least 12 characters. A few words in a row are good."),
        render_kw={"autocomplete": "new-password"},
    )  # fmt: skip
