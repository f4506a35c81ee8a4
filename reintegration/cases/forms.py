"""The forms of the case file: nothing is required that the law or a service does not need."""

from collections.abc import Collection
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from reintegration.cases.services.registration import CaseFacts
from reintegration.cases.services.vault import Identity
from reintegration.cases.states import (
    LONGEST_NOTE,
    OLDEST,
    ClosureReason,
    ConsentMode,
    ConsentScope,
    ContactChannel,
    NoteKind,
    Signatory,
)
from reintegration.codelists.languages import Locale
from reintegration.codelists.people import AccessNeed, Sex
from reintegration.codelists.territorial_units import TERRITORIAL_UNITS
from reintegration.kernel import clock
from reintegration.web.forms import CountField, DayField, Form, TickedField, choices, option
from reintegration.web.offers import OfferedField
from reintegration.web.spoken import spoken_choices


def language_choices() -> list[Any]:
    """Return the languages that texts are written in, by their own names."""
    return [option(code, code.label) for code in Locale]


def spoken_language_field() -> SelectField:
    """Return the question in which language to speak: it is asked, and never guessed."""
    return SelectField(
        _l("Language"),
        [InputRequired(_l("Ask in which language to speak."))],
        choices=_to_speak,
        description=_l("In which the person wants to be spoken to."),
    )


def _to_speak(kept: Collection[str] = ()) -> list[Any]:
    return [option("", _l("Choose")), *spoken_choices(kept)]


def unit_choices() -> list[Any]:
    """Return the territorial units by name."""
    units = sorted(TERRITORIAL_UNITS.values(), key=lambda unit: unit.name)
    return [option(unit.code, unit.name) for unit in units]


class FactsForm(Form):
    """What helps to find services that fit."""

    language = spoken_language_field()
    sex = RadioField(
        _l("Sex"),
        choices=lambda: choices(Sex),
        default=Sex.UNSPECIFIED,
        description=_l("Only because some places take in only women, or only men."),
    )
    birth_year = CountField(
        _l("Year of birth (optional)"),
        [Optional()],
        description=_l("Four digits. Some services have an age limit."),
    )
    territorial_unit = SelectField(
        _l("Where the person lives now (optional)"),
        [Optional()],
        choices=lambda: [option("", _l("Not said")), *unit_choices()],
    )
    dependants = CountField(
        _l("Children or others in the person's care"),
        [NumberRange(0, 20, _l("Enter a number from 0 to 20."))],
        default=0,
    )
    access_needs = SelectMultipleField(
        _l("What a place must offer (optional)"), choices=lambda: choices(AccessNeed)
    )
    excluded_units = SelectMultipleField(
        _l("Places where the person must not be sent"), choices=unit_choices
    )
    contact_channel = RadioField(
        _l("How the person may be contacted"),
        choices=lambda: choices(ContactChannel),
        default=ContactChannel.NONE,
    )
    contact_hours = StringField(
        _l("When, and what to mind (optional)"),
        [Length(max=120)],
        description=_l("For example: after 18:00, do not leave a message. No names, no numbers."),
    )

    def __init__(self, *args: Any, speaks: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.language.choices = _to_speak([speaks])

    def validate_birth_year(self, field: CountField) -> None:
        """Refuse a year in which nobody living was born."""
        year = clock.local_day(clock.now()).year
        if field.data is not None and not year - OLDEST <= field.data <= year:
            raise ValidationError(str(_l("Enter a year such as 1998.")))

    def facts(self) -> CaseFacts:
        """Return what was typed."""
        return CaseFacts(
            language=self.language.data,
            sex=Sex(self.sex.data),
            birth_year=self.birth_year.data,
            territorial_unit=self.territorial_unit.data or None,
            dependants=self.dependants.data or 0,
            access_needs=tuple(map(AccessNeed, self.access_needs.data or ())),
            excluded_units=tuple(self.excluded_units.data or ()),
            contact_channel=ContactChannel(self.contact_channel.data),
            contact_hours=self.contact_hours.data or "",
        )


class IdentityFields(Form):
    """Who the person is. Everything may stay empty."""

    given_name = StringField(_l("Given name"), [Length(max=100)])
    family_name = StringField(_l("Family name"), [Length(max=100)])
    birth_date = DayField(_l("Date of birth"), [Optional()])
    document_number = StringField(
        _l("Number of an identity document"),
        [Length(max=60)],
        description=_l("Only when a service needs it."),
    )
    phone = StringField(_l("Phone"), [Length(max=60)], render_kw={"inputmode": "tel"})
    address = StringField(_l("Address"), [Length(max=200)])

    def identity(self) -> Identity:
        """Return what was typed; spaces around it are dropped."""
        return Identity(
            given_name=self.given_name.data or "",
            family_name=self.family_name.data or "",
            birth_date=self.birth_date.data,
            document_number=self.document_number.data or "",
            phone=self.phone.data or "",
            address=self.address.data or "",
        )


class IdentityForm(IdentityFields):
    """Correcting who the person is; `another` is the answer when somebody like that is known."""

    another = BooleanField(_l("This is another person with the same details"))


def signatory_field() -> RadioField:
    """Return the question who agreed."""
    return RadioField(
        _l("Who agreed"),
        choices=lambda: choices(Signatory),
        default=Signatory.PERSON,
        description=_l("For a child: a parent, a guardian or the guardianship authority."),
    )


class ConsentFields(Form):
    """What the person agreed to, after hearing or reading the text."""

    scopes = SelectMultipleField(
        _l("The person agreed to"),
        choices=lambda: choices(ConsentScope),
        description=_l("Tick only what the person said yes to. Each one can be refused."),
    )
    mode = RadioField(_l("How"), choices=lambda: choices(ConsentMode), default=ConsentMode.ORAL)
    signatory = signatory_field()
    consent_locale = SelectField(
        _l("Language of the text that was read"), choices=language_choices, default=Locale.RO
    )

    def chosen_scopes(self) -> list[ConsentScope]:
        """Return what was ticked."""
        return [ConsentScope(scope) for scope in self.scopes.data or ()]


class SearchForm(Form):
    """Who is looked for in one's own caseload."""

    words = StringField(
        _l("Name, phone or document"),
        [InputRequired(_l("Write whom you look for.")), Length(max=100)],
        description=_l("Whole words; how a name is spelled makes no difference."),
        render_kw={"autocomplete": "off"},
    )


class ConsentForm(ConsentFields):
    """A consent on its own page, with its last day and, for sharing, the provider."""

    provider = OfferedField(_l("Which provider may be told (optional)"), [Optional()])
    valid_until = DayField(
        _l("Until (last day)"),
        [InputRequired(_l("Enter the last day."))],
        description=_l("The person may want less. It can be withdrawn at any time."),
    )


class RegisterForm(FactsForm, IdentityFields, ConsentFields):
    """Opening a case: agreement, what helps, and, if the person wants, who they are."""

    another = BooleanField(_l("This is another person with the same details: open a new case"))

    def validate_scopes(self, field: SelectMultipleField) -> None:
        """Refuse a name without agreement to keep a file."""
        agreed = ConsentScope.CASE_MANAGEMENT in (field.data or ())
        if self.identity().told and not agreed:
            raise ValidationError(
                str(_l("Ask first: without this agreement a name may not be written down."))
            )


def _reason(label: Any, hint: Any) -> StringField:
    letters = Length(min=5, max=200, message=_l("Say it in at least five letters."))
    return StringField(label, [InputRequired(_l("Say why.")), letters], description=hint)


def _somebody(label: Any) -> OfferedField:
    return OfferedField(label, [InputRequired(_l("Choose a person."))], choices=[])


class ReasonForm(Form):
    """Why something is looked at or done."""

    reason = _reason(
        _l("Why do you need to see this?"),
        _l("For example: a letter to the school. The person can ask who looked."),
    )


class NameExportForm(Form):
    """To whom the names of all persons shall leave, and why."""

    recipient = StringField(
        _l("Public key of the receiver"),
        [InputRequired(_l("Enter the public key.")), Length(max=200)],
        description=_l(
            "It begins with age1. Only the holder of its private key opens the files: compare it"
            " by voice with the receiver."
        ),
    )
    reason = _reason(
        _l("Why shall the names leave?"), _l("For example: the programme moves to another system.")
    )


class NoteForm(Form):
    """A note in the case file."""

    kind = SelectField(
        _l("Kind of note"), choices=lambda: choices(NoteKind), default=NoteKind.CONTACT
    )
    body = TextAreaField(
        _l("Note"), [InputRequired(_l("Write the note first.")), Length(max=LONGEST_NOTE)]
    )


class TeamForm(Form):
    """Somebody who joins the team."""

    called: ClassVar = {"user": "person"}

    person = _somebody(_l("Who"))


class HandOverForm(Form):
    """Who is answerable for a case from now on."""

    called: ClassVar = {"user": "person"}

    person = _somebody(_l("New case manager"))
    stays = BooleanField(
        _l("Whoever managed it stays on the team as a co-worker"),
        default=True,
        description=_l("Otherwise this person can no longer open the case."),
    )
    reason = StringField(
        _l("Why is it handed over?"),
        [InputRequired(_l("Say why.")), Length(max=200)],
        description=_l("The team reads it. Say nothing about the person of this case."),
    )


class OfferForm(HandOverForm):
    """Which cases are offered to whom."""

    cases = TickedField()


class AnswerForm(Form):
    """Which of the offered cases one takes, or does not."""

    cases = TickedField()


class ErasureForm(Form):
    """Why a name shall be erased."""

    reason = _reason(
        _l("Why shall it be erased?"),
        _l("For example: the person asked for it. This reason stays: no names."),
    )


class CloseForm(Form):
    """Why a case is closed."""

    why = RadioField(
        _l("Why is the case closed?"),
        [InputRequired(_l("Choose a reason."))],
        choices=lambda: choices(ClosureReason),
    )


class ReopenForm(Form):
    """Why a case is opened again."""

    reason = StringField(
        _l("Why is it opened again?"), [InputRequired(_l("Say why.")), Length(max=200)]
    )
