"""The forms of accounts."""

from flask_babel import lazy_gettext as _l
from wtforms import (
    EmailField,
    HiddenField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import DataRequired, InputRequired, Length, Regexp

from reintegration.accounts.services.passwords import MAX_LENGTH
from reintegration.accounts.states import ROLE_LABELS
from reintegration.codelists.languages import Locale
from reintegration.web.forms import Form, choices
from reintegration.web.i18n import LOCALES


class SignInForm(Form):
    """E-mail and password."""

    email = EmailField(
        _l("E-mail"),
        [InputRequired(_l("Enter your e-mail.")), Length(max=200)],
        render_kw={"autocomplete": "username"},
    )
    password = PasswordField(
        _l("Password"),
        [InputRequired(_l("Enter your password.")), Length(max=MAX_LENGTH)],
        render_kw={"autocomplete": "current-password"},
    )
    next = HiddenField()


class ChangePasswordForm(Form):
    """One's own password."""

    current = PasswordField(
        _l("Present password"),
        [InputRequired(_l("Enter your present password."))],
        render_kw={"autocomplete": "current-password"},
    )
    new = PasswordField(
        _l("New password"),
        [InputRequired(_l("Enter a new password.")), Length(max=MAX_LENGTH)],
        description=_l("At least 12 characters. A few words in a row are good."),
        render_kw={"autocomplete": "new-password"},
    )


def _bare(text: str | None) -> str:
    return (text or "").strip()


class DetailsForm(Form):
    """Who somebody is; `seen` is the mark of what stood there when the page was opened."""

    name = StringField(
        _l("Full name"),
        [DataRequired(_l("Enter the full name.")), Length(max=120)],
        filters=[_bare],
    )
    email = EmailField(
        _l("E-mail"),
        [
            DataRequired(_l("Enter an e-mail.")),
            Length(max=200),
            Regexp(r"^[^@\s]+@[^@\s]+\.[^@\s]+$", message=_l("This is not an e-mail address.")),
        ],
        filters=[_bare],
    )
    supervisor = SelectField(
        _l("Supervisor"),
        description=_l(
            "Joins each case that this person opens from now on. Somebody of the same organisation."
        ),
    )
    seen = HiddenField()


class RolesForm(Form):
    """What a person does here."""

    roles = SelectMultipleField(_l("Roles"), choices=choices(ROLE_LABELS))


class UserForm(DetailsForm, RolesForm):
    """A new account; the first password is made for it."""

    organisation = SelectField(_l("Organisation"))
    locale = RadioField(_l("Language"), choices=choices(LOCALES), default=Locale.RO)


class OfficeForm(Form):
    """An office of the programme."""

    name = StringField(
        _l("Name"), [DataRequired(_l("Enter a name.")), Length(max=160)], filters=[_bare]
    )
