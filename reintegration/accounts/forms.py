"""The forms of accounts."""

from typing import ClassVar
from uuid import UUID

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
from reintegration.accounts.services.users import Details
from reintegration.accounts.states import LONGEST_NAME, LONGEST_OFFICE, OrganisationKind
from reintegration.codelists.languages import Locale
from reintegration.kernel.actor import PROVIDER_ROLES, Role
from reintegration.kernel.text import EMAIL, LONGEST_EMAIL
from reintegration.web.forms import DayField, Form, choices, option
from reintegration.web.offers import OfferedField
from reintegration.web.step_up import LONGEST_ANSWER


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


class ForgotForm(Form):
    """Where to send a link."""

    email = EmailField(
        _l("E-mail"),
        [InputRequired(_l("Enter your e-mail.")), Length(max=200)],
        render_kw={"autocomplete": "username"},
    )


def new_password_field() -> PasswordField:
    """Return the field for a password that is chosen now."""
    return PasswordField(
        _l("New password"),
        [InputRequired(_l("Enter a new password.")), Length(max=MAX_LENGTH)],
        description=_l("At least 12 characters. A few words in a row are good."),
        render_kw={"autocomplete": "new-password"},
    )


class LinkForm(Form):
    """The password that somebody chooses who holds a link."""

    called: ClassVar = {"password": "new"}

    new = new_password_field()
    key = HiddenField()


class CodeForm(Form):
    """A code of an app, or one on paper."""

    code = StringField(
        _l("Code"), [InputRequired(_l("Enter the code.")), Length(max=LONGEST_ANSWER)]
    )
    next = HiddenField()


class EnrolForm(Form):
    """The first code of an app; `sealed` is the secret that the page shows, for nobody else."""

    code = StringField(_l("Code"), [InputRequired(_l("Enter the code.")), Length(max=40)])
    sealed = HiddenField()


class DeviceForm(Form):
    """A phone or tablet of the desk, by the name that its manager gives it."""

    label = StringField(
        _l("Name of the device"), [InputRequired(_l("Enter a name.")), Length(max=60)]
    )


class DeviceCodeForm(Form):
    """The code of a manager, typed on the device itself."""

    code = StringField(_l("Code"), [InputRequired(_l("Enter the code.")), Length(max=60)])


class ConfirmForm(Form):
    """Showing once more who one is, on the way to a page."""

    refused_at = "step_up"

    step_up = PasswordField(validators=[Length(max=LONGEST_ANSWER)])
    next = HiddenField()


class PasskeyForm(Form):
    """A new passkey: its name, and what the device said."""

    refused_at = "name"

    name = StringField(
        _l("Name"),
        [DataRequired(_l("Enter a name.")), Length(max=60)],
        description=_l("Such as the name of the device. Only you see it."),
    )
    answer = HiddenField(validators=[Length(max=LONGEST_ANSWER)])


class PasskeySignInForm(Form):
    """A passkey's answer, in place of e-mail, password and code."""

    answer = HiddenField(validators=[Length(max=LONGEST_ANSWER)])
    next = HiddenField()


class ChangePasswordForm(Form):
    """One's own password."""

    called: ClassVar = {"password": "new"}

    current = PasswordField(
        _l("Present password"),
        [InputRequired(_l("Enter your present password."))],
        render_kw={"autocomplete": "current-password"},
    )
    new = new_password_field()


class DetailsForm(Form):
    """Who somebody is; `seen` is the mark of what stood there when the page was opened."""

    called: ClassVar = {"supervisor_id": "supervisor"}

    name = StringField(
        _l("Full name"), [DataRequired(_l("Enter the full name.")), Length(max=LONGEST_NAME)]
    )
    email = EmailField(
        _l("E-mail"),
        [
            DataRequired(_l("Enter an e-mail.")),
            Length(max=LONGEST_EMAIL),
            Regexp(EMAIL, message=_l("This is not an e-mail address.")),
        ],
    )
    supervisor = OfferedField(
        _l("Supervisor"),
        description=_l(
            "Joins each case that this person opens from now on. Somebody of the same organisation."
        ),
    )
    seen = HiddenField()

    def details(self) -> Details:
        """Return what was typed."""
        chosen = self.supervisor.data
        return Details(
            name=self.name.data or "",
            email=self.email.data or "",
            supervisor_id=UUID(chosen) if chosen else None,
        )


class RolesForm(Form):
    """What a person does here."""

    roles = SelectMultipleField(_l("Roles"), choices=choices(Role))

    def offer_roles_of(self, kind: OrganisationKind) -> None:
        """Offer what people of such an organisation can be."""
        provider = kind == OrganisationKind.PROVIDER
        self.roles.choices = choices(one for one in Role if (one in PROVIDER_ROLES) is provider)

    def chosen(self) -> list[Role]:
        """Return what was ticked."""
        return [Role(role) for role in self.roles.data or ()]


class UserForm(DetailsForm, RolesForm):
    """A new account; its person chooses the password, by a link."""

    organisation = OfferedField(_l("Organisation"), [InputRequired(_l("Choose an organisation."))])
    locale = RadioField(
        _l("Language"), choices=[option(code, code.label) for code in Locale], default=Locale.RO
    )


class DeputyForm(Form):
    """Who stands in, in which role, on which days."""

    deputy = OfferedField(
        _l("Deputy"),
        [InputRequired(_l("Choose who stands in."))],
        description=_l("Somebody of the same organisation."),
    )
    role = SelectField(_l("Role"), [InputRequired(_l("Choose a role."))])
    starts_on = DayField(_l("First day"), [InputRequired(_l("Enter the first day."))])
    ends_on = DayField(_l("Last day"), [InputRequired(_l("Enter the last day."))])
    reason = StringField(
        _l("What the deputy should know"),
        [Length(max=200)],
        description=_l("Only if needed. Say nothing about a person of a case."),
    )


class OfficeForm(Form):
    """An office of the programme."""

    name = StringField(_l("Name"), [DataRequired(_l("Enter a name.")), Length(max=LONGEST_OFFICE)])


class SignOutForm(Form):
    """Signing out; `leave` is filled in where the person must be gone from this screen at once."""

    leave = HiddenField()
