"""The forms of the emergency start: for a thumb, at night, in under two minutes."""

from collections.abc import Callable
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from reintegration.cases.forms import (
    language_choices,
    signatory_field,
    spoken_language_field,
    unit_choices,
)
from reintegration.cases.services.registration import CaseFacts
from reintegration.cases.services.vault import Identity
from reintegration.codelists.languages import Locale
from reintegration.codelists.people import Sex
from reintegration.kernel.money import Money
from reintegration.plans.services.emergency import TonightNeeds
from reintegration.plans.states import EMERGENCY_ALLOWANCE, EmergencyAllowance
from reintegration.web.forms import CountField, Form, MoneyField, choices, option, pressed

_CURRENCY = EMERGENCY_ALLOWANCE.initially.ceiling.currency


def _at_most(part: Callable[[EmergencyAllowance], int]) -> Callable[[Any, Any], None]:
    """Return the validator of a number that the allowance of today covers."""

    def check(_form: Any, field: Any) -> None:
        most = part(EMERGENCY_ALLOWANCE.today())
        if field.data is not None and not 0 <= field.data <= most:
            raise ValidationError(str(_l("The allowance covers at most %(most)s.", most=most)))

    return check


class TonightForm(Form):
    """What is needed tonight, and the person's word."""

    called: ClassVar = {"funding": "budget_line"}

    nights = CountField(
        _l("Nights in a safe bed"),
        [InputRequired(_l("Enter a number.")), _at_most(lambda allowance: allowance.nights)],
        default=1,
    )
    rides = CountField(
        _l("Taxi rides"),
        [InputRequired(_l("Enter a number.")), _at_most(lambda allowance: allowance.rides)],
        default=0,
    )
    medicine = MoneyField(
        _l("Medicine, up to (MDL)"),
        [Optional()],
        currency=_CURRENCY,
        render_kw={"inputmode": "decimal"},
        description=_l("Leave empty when none is needed."),
    )
    consent_locale = SelectField(
        _l("Language in which you read it"), choices=language_choices, default=Locale.RO
    )
    signatory = signatory_field()
    agreed = BooleanField(
        _l("I read it aloud, and the person agreed"),
        [InputRequired(_l("Read the text aloud and ask. Without a yes nothing is kept."))],
    )
    circumstances = TextAreaField(
        _l("Why it cannot wait (optional)"),
        [Length(max=300)],
        description=_l("One sentence for the one who decides. No names, no addresses."),
    )
    budget_line = SelectField(
        _l("Paid from"),
        [InputRequired(_l("Choose what pays for it."))],
        choices=[],
        validate_choice=True,
    )

    def validate_medicine(self, field: MoneyField) -> None:
        """Refuse a sum below zero."""
        if isinstance(field.data, Money) and field.data.minor < 0:
            raise ValidationError(str(_l("Enter a sum above zero, or leave it empty.")))

    def needs(self) -> TonightNeeds:
        """Return what was chosen."""
        return TonightNeeds(
            nights=self.nights.data or 0,
            rides=self.rides.data or 0,
            medicine=self.medicine.data or Money.zero(_CURRENCY),  # type: ignore[arg-type]
        )


class DoorForm(TonightForm):
    """Somebody whom nobody here knows yet."""

    given_name = StringField(
        _l("What may we call you? (optional)"),
        [Length(max=100)],
        description=_l("Any name. It is sealed; nobody needs it tonight."),
        render_kw={"autocomplete": "off"},
    )
    language = spoken_language_field()
    sex = RadioField(_l("Sex"), choices=lambda: choices(Sex), default=Sex.UNSPECIFIED)
    territorial_unit = SelectField(
        _l("Where are you now?"),
        [Optional()],
        choices=lambda: [option("", _l("Not said")), *unit_choices()],
    )

    def facts(self) -> CaseFacts:
        """Return what was said at the door."""
        return CaseFacts(
            language=self.language.data,
            sex=self.sex.data,
            territorial_unit=self.territorial_unit.data or None,
        )

    def identity(self) -> Identity:
        """Return what the person is called here."""
        return Identity(given_name=self.given_name.data or "")


class DecisionForm(Form):
    """What the second person says; `decision` is the button that was pressed."""

    called: ClassVar = {"reason": "comment"}

    decision = pressed("ratify", "refuse")
    comment = TextAreaField(
        _l("Comment"),
        [Length(max=500)],
        description=_l("The worker reads it. A refusal needs a reason."),
    )
