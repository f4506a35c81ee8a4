"""Forms in which a provider, or an officer for it, says who it is and what it offers."""

from collections.abc import Collection
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    EmailField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp, ValidationError

from providers.directory.queries.checklists import checklist_of, read_identifier
from providers.directory.services.profiles import Place, Profile, Terms
from providers.directory.states import (
    LONGEST_LOCALITY,
    LONGEST_NAME,
    LONGEST_PHONE,
    LONGEST_SITE,
    Jurisdiction,
)
from reintegration.codelists.currencies import CURRENCIES
from reintegration.codelists.people import AccessNeed, SexPolicy
from reintegration.codelists.service_categories import ServiceCategory
from reintegration.codelists.territorial_units import TERRITORIAL_UNITS
from reintegration.codelists.units import Unit
from reintegration.kernel import clock
from reintegration.kernel.errors import Invalid
from reintegration.kernel.money import Money
from reintegration.kernel.text import EMAIL, LONGEST_EMAIL
from reintegration.kernel.words import member_of
from reintegration.web.forms import CountField, Form, MoneyField, choices, option
from reintegration.web.i18n import reader_language
from reintegration.web.saying import error_text
from reintegration.web.spoken import spoken_choices


class ProfileForm(Form):
    """Who a provider is and how it is reached."""

    name = StringField(_l("Name"), [InputRequired(_l("Enter a name.")), Length(max=LONGEST_NAME)])
    legal_name = StringField(
        _l("Legal name"), [InputRequired(_l("Enter the legal name.")), Length(max=200)]
    )
    identifier = StringField(
        _l("Number in the state register"),
        [
            InputRequired(_l("Enter the number.")),
            Length(max=40),
            Regexp(r"^[0-9A-Za-z .\-/]+$", message=_l("Use digits and letters only.")),
        ],
    )
    jurisdiction = RadioField(
        _l("Where it is registered"), choices=choices(Jurisdiction), default=Jurisdiction.RIGHT_BANK
    )
    description = TextAreaField(_l("About"), [Length(max=1000)])
    email = EmailField(
        _l("E-mail"),
        [
            Optional(),
            Length(max=LONGEST_EMAIL),
            Regexp(EMAIL, message=_l("This is not an e-mail address.")),
        ],
        description=_l("Neutral notices go here: that there is a request, never what it is about."),
    )
    phone = StringField(_l("Phone"), [Length(max=LONGEST_PHONE)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.identifier.description = _numbers()

    def validate_identifier(self, field: StringField) -> None:
        """Read the number as the import does, by the law that the provider stands under."""
        law = member_of(Jurisdiction, self.jurisdiction.data)
        if law is None:
            return  # the choice itself is refused
        try:
            field.data = read_identifier(field.data or "", law, clock.local_day(clock.now()))
        except Invalid as error:
            raise ValidationError(error_text(error)) from None

    def value(self) -> Profile:
        """Return what was typed."""
        return Profile(
            name=self.name.data or "",
            legal_name=self.legal_name.data or "",
            identifier=self.identifier.data or "",
            jurisdiction=Jurisdiction(self.jurisdiction.data),
            description=self.description.data or "",
            email=self.email.data or "",
            phone=self.phone.data or "",
        )


def _numbers() -> str:
    """Say what the number is called under each law."""
    today, language = clock.local_day(clock.now()), reader_language()
    return " · ".join(
        f"{_(law.label)}: {checklist_of(law, today).identifier[language]}" for law in Jurisdiction
    )


def _places() -> list[Any]:
    units = sorted(TERRITORIAL_UNITS.values(), key=lambda unit: unit.name)
    return [option("", "–"), *(option(unit.code, unit.name) for unit in units)]


class SiteForm(Form):
    """Where services are given."""

    name = StringField(
        _l("Name of the site"),
        [InputRequired(_l("Enter a name.")), Length(max=LONGEST_SITE)],
        description=_l("Of a confidential site, a name that does not tell where it is."),
    )
    territorial_unit = SelectField(
        _l("District or municipality"), [InputRequired(_l("Choose where it is."))]
    )
    locality = StringField(_l("Town or village"), [Length(max=LONGEST_LOCALITY)])
    address = StringField(_l("Address"), [Length(max=200)])
    confidential = BooleanField(
        _l("The place is confidential"),
        description=_l("Then the directory never shows where it is."),
    )
    access_features = SelectMultipleField(_l("What is there"), choices=choices(AccessNeed))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.territorial_unit.choices = _places()

    def value(self) -> Place:
        """Return what was typed."""
        return Place(
            name=self.name.data or "",
            territorial_unit=self.territorial_unit.data,
            locality=self.locality.data or "",
            address=self.address.data or "",
            confidential=bool(self.confidential.data),
            access_features=tuple(map(AccessNeed, self.access_features.data or ())),
        )


def _age(label: Any, default: int) -> CountField:
    enough = [InputRequired(_l("Enter an age.")), NumberRange(0, 120, _l("Enter an age."))]
    return CountField(label, enough, default=default)


def _capacity() -> CountField:
    return CountField(
        _l("Places"),
        [Optional(), NumberRange(0, 10_000, _l("Enter a number from 0 to 10,000."))],
        description=_l("How many people at the same time. Leave it empty if you do not count."),
    )


def _lead_days() -> CountField:
    return CountField(
        _l("Days until one can begin"),
        [Optional(), NumberRange(0, 365, _l("Enter a number from 0 to 365."))],
        default=0,
    )


class OfferingForm(Form):
    """One service at one site."""

    category = SelectField(
        _l("Kind of service"),
        [InputRequired(_l("Choose the kind of service."))],
        choices=lambda: [option("", "–"), *choices(ServiceCategory.offered())],
    )
    name = StringField(
        _l("Name of the service"), [InputRequired(_l("Enter a name.")), Length(max=LONGEST_NAME)]
    )
    unit = SelectField(_l("Counted in"), choices=choices(Unit))
    price = MoneyField(
        _l("Price of one unit"), [InputRequired(_l("Enter a price."))], currency_from="currency"
    )
    currency = SelectField(_l("Currency"), choices=[option(code, code) for code in CURRENCIES])
    languages = SelectMultipleField(
        _l("Languages"), [InputRequired(_l("Tick at least one language."))], choices=spoken_choices
    )
    sex_policy = RadioField(_l("For whom"), choices=choices(SexPolicy), default=SexPolicy.ANY)
    min_age = _age(_l("Lowest age"), 0)
    max_age = _age(_l("Highest age"), 120)
    accepts_children = BooleanField(_l("People may bring their children"))
    capacity = _capacity()
    lead_days = _lead_days()

    def __init__(self, *args: Any, spoken: Collection[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.languages.choices = spoken_choices(spoken)

    def keep(self, category: ServiceCategory) -> None:
        """Offer the category that a service has, even where it is out of use."""
        offered = ServiceCategory.offered()
        if category not in offered:
            self.category.choices = [option("", "–"), *choices([*offered, category])]

    def value(self) -> Terms:
        """Return what was typed."""
        price = self.price.data
        assert isinstance(price, Money)
        return Terms(
            name=self.name.data or "",
            category=ServiceCategory(self.category.data),
            unit=Unit(self.unit.data),
            price=price,
            languages=tuple(self.languages.data or ()),
            sex_policy=SexPolicy(self.sex_policy.data),
            min_age=self.min_age.data or 0,
            max_age=self.max_age.data or 0,
            accepts_children=bool(self.accepts_children.data),
            capacity=self.capacity.data,
            lead_days=self.lead_days.data or 0,
        )


class CapacityForm(Form):
    """What changes from day to day."""

    capacity = _capacity()
    lead_days = _lead_days()
