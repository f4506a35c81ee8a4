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
from wtforms.validators import InputRequired, Length, Regexp

from reintegration.accounts.services.passwords import MAX_LENGTH
from reintegration.accounts.states import ORGANISATION_KIND_LABELS, ROLE_LABELS, OrganisationKind
from reintegration.kernel.vocabulary import Locale
from reintegration.web.forms import Form, choices
from reintegration.web.i18n import LOCALES


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


class RolesForm(Form):
    """What a person does here."""

    roles = SelectMultipleField(_l("Roles"), choices=choices(ROLE_LABELS))


class UserForm(RolesForm):
    """A new account; the first password is made for it."""

    name = StringField(_l("Name"), [InputRequired(_l("Enter a name.")), Length(max=120)])
    email = EmailField(
        _l("E-mail"),
        [
            InputRequired(_l("Enter an e-mail.")),
            Length(max=200),
            Regexp(r"^[^@\s]+@[^@\s]+\.[^@\s]+$", message=_l("This is not an e-mail address.")),
        ],
    )
    organisation = SelectField(_l("Organisation"))
    supervisor = SelectField(
        _l("Supervisor"), description=_l("Joins each case that this person opens.")
    )
    locale = RadioField(
        _l("Language"),
        choices=choices(LOCALES),
        default=Locale.RO,
    )


class OrganisationForm(Form):
    """An office of the programme or a provider."""

    name = StringField(_l("Name"), [InputRequired(_l("Enter a name.")), Length(max=160)])
    kind = RadioField(
        _l("Kind"),
        choices=choices(ORGANISATION_KIND_LABELS),
        default=OrganisationKind.PROGRAMME,
    )
