"""Forms of referrals."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange

from providers.referrals.services.disclosure import LONGEST_NOTE, Asked
from providers.referrals.states import RejectionReason
from reintegration.web.forms import CountField, DayField, Form, choices


class ReferralForm(Form):
    """What is asked of a provider, beside the facts of the plan."""

    units = CountField(
        _l("How many"),
        [
            InputRequired(_l("Enter a number.")),
            NumberRange(1, 100_000, _l("Enter a number above zero.")),
        ],
    )
    starts_on = DayField(_l("From"), [InputRequired(_l("Choose the first day."))])
    note = TextAreaField(
        _l("Note to the provider"),
        [Length(max=LONGEST_NOTE)],
        description=_l("Only what the service needs. Never what the person lived through."),
    )

    def value(self) -> Asked:
        """Return what was typed."""
        assert self.units.data is not None
        assert self.starts_on.data is not None
        return Asked(self.units.data, self.starts_on.data, self.note.data or "")


class RejectForm(Form):
    """Why a provider says no."""

    rejection = RadioField(
        _l("Why"), [InputRequired(_l("Choose a reason."))], choices=choices(RejectionReason)
    )
    comment = TextAreaField(
        _l("Comment"), [Length(max=300)], description=_l("The people who work on the case read it.")
    )


class ReasonForm(Form):
    """Why something ends."""

    reason = TextAreaField(_l("Reason"), [InputRequired(_l("Write the reason.")), Length(max=300)])


class ConfirmForm(Form):
    """Nothing but the button."""

    seen = HiddenField()
