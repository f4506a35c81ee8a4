"""The forms of case people."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField
from wtforms.validators import InputRequired, Length, Optional

from reintegration.web.forms import After, CountField, DayField, Form, IdField, MoneyField, choices
from vouchers.voucher.forms.redeem import Measured, ReasonForm
from vouchers.voucher.states import HOLDS, HoldCause

_PIN_HINT = _l(
    "The person chooses 6 digits now, or you leave this empty and we draw them."
    " They are shown once."
)


class PinForm(Form):
    """The PIN that the person chooses, or nothing."""

    pin = StringField(
        _l("PIN"),
        [Length(max=12)],
        description=_PIN_HINT,
        render_kw={"autocomplete": "off", "inputmode": "numeric"},
    )


class HoldForm(ReasonForm):
    """Why a voucher is stopped. What has one answer only is not asked."""

    cause = RadioField(_l("Why is it stopped?"), coerce=HoldCause)
    reference = StringField(_l("Number of the paper"), [Optional(), Length(max=100)])

    def offer(self, causes: Sequence[HoldCause]) -> None:
        """Let the person choose among these causes; the first is chosen at first."""
        self.cause.choices = choices(causes)
        self._only = causes[0]
        if len(causes) == 1:
            del self.cause
        if not any(HOLDS[cause].paper for cause in causes):
            del self.reference

    @property
    def chosen(self) -> tuple[HoldCause, str]:
        """Return the cause and what it refers to."""
        cause = self.cause.data if "cause" in self else self._only
        return cause, (self.reference.data or "") if "reference" in self else ""


class LiftForm(Form):
    """Which hold is lifted."""

    hold = IdField()


class IssueForm(Measured, PinForm):
    """A voucher on a planned service."""

    bound_to = RadioField(_l("Where can it be used?"), choices=[])
    units = CountField(_l("How many?"), [InputRequired(_l("Enter a whole number."))])
    amount = MoneyField(_l("Up to which amount?"), [InputRequired(_l("Enter an amount."))])
    valid_from = DayField(_l("Valid from"), [InputRequired(_l("Enter a day."))])
    valid_until = DayField(
        _l("Last day"),
        [
            InputRequired(_l("Enter a day.")),
            After("valid_from", _l("The last day is before the first.")),
        ],
    )
