"""The forms of a provider's desk."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from reintegration.kernel.money import Money
from reintegration.web.forms import CountField, DayField, Form, MoneyField
from vouchers.voucher.states import LONGEST_CODE, VoucherKind


class FindForm(Form):
    """The code, typed or scanned; whatever is wrong is wrong with it."""

    refused_at = "code"

    code = StringField(
        _l("Code of the voucher"),
        [InputRequired(_l("Type the code, or scan it.")), Length(max=LONGEST_CODE)],
        description=_l("16 letters and digits; spaces do not matter."),
    )


class Measured:
    """A form that counts in `units` or in `amount`, as the voucher does."""

    units: CountField
    amount: MoneyField

    def measure_by(self, kind: str, currency: str) -> None:
        """Keep the field that the voucher counts by."""
        if kind == VoucherKind.VALUE:
            del self.units
            self.amount.currency = currency
        else:
            del self.amount


class DeliveryForm(Measured, Form):
    """What was delivered. One of `units` and `amount` is used, as the voucher counts."""

    units = CountField(
        _l("How many were given?"), [InputRequired(_l("Enter a whole number."))], default=1
    )
    amount = MoneyField(_l("How much was it?"), [InputRequired(_l("Enter an amount."))])
    delivered_on = DayField(_l("Day of the service"), [Optional()])

    @property
    def counted(self) -> int | None:
        """Return the units asked for."""
        return self.units.data if "units" in self else None

    @property
    def sum(self) -> str | None:
        """Return the amount asked for, as a decimal string."""
        money = self.amount.data if "amount" in self else None
        return str(money.decimal) if isinstance(money, Money) else None


class RedeemForm(DeliveryForm):
    """With the person's PIN. `sure` is asked when much money is at stake."""

    pin = StringField(
        _l("PIN of the person"),
        [Length(max=12)],
        description=_l("Hand over the phone. Do not ask for the code aloud."),
    )
    sure = BooleanField(_l("I checked the amount"))


class WithoutPinForm(DeliveryForm):
    """Without a PIN: the delivery waits for a confirmation."""

    reason = TextAreaField(
        _l("Why can the PIN not be used?"),
        [InputRequired(_l("Say why in a few words.")), Length(max=500)],
    )


class ReasonForm(Form):
    """A reason that others will read later."""

    reason = TextAreaField(
        _l("Reason"), [InputRequired(_l("Say why in a few words.")), Length(max=500)]
    )


class TokenForm(Form):
    """A new token, named after its program or device."""

    label = StringField(
        _l("Name of the program or the device"),
        [InputRequired(_l("Enter a name.")), Length(max=60)],
    )
    expires_on = DayField(
        _l("Last day"),
        [InputRequired(_l("Choose a day."))],
        description=_l("A token has a last day. You are told before it comes."),
    )
