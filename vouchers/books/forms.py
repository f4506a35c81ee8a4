"""Forms of funds: each carries a key of its own, so that sending it twice counts once."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, ValidationError

from reintegration.codelists.currencies import CURRENCIES
from reintegration.kernel.ids import new_id
from reintegration.kernel.money import Money
from reintegration.web.forms import After, DayField, FigureField, Form, MoneyField, option

_OPTIONS = [option(code, code) for code in CURRENCIES]
_NEEDED = InputRequired(_l("Fill this in."))


def _new_key() -> str:
    return str(new_id())


class OnceForm(Form):
    """A form whose sending counts once."""

    key = HiddenField(default=_new_key)

    def validate_key(self, field: HiddenField) -> None:
        """Raise ValidationError for a key that this page did not make."""
        try:
            UUID(field.data or "")
        except ValueError:
            raise ValidationError(str(_l("Open the page again."))) from None

    @property
    def act(self) -> UUID:
        """Return the key of this act."""
        return UUID(self.key.data)


class FundForm(Form):
    """A new fund."""

    code = StringField(
        _l("Code"),
        [_NEEDED, Length(max=20)],
        description=_l("Short, as in the grant agreement, such as SPR-1."),
    )
    name = StringField(_l("Name"), [_NEEDED, Length(max=120)])
    donor = StringField(_l("Donor"), [_NEEDED, Length(max=120)])
    currency = SelectField(_l("Currency of the grant"), choices=_OPTIONS)
    starts_on = DayField(_l("First day"), [_NEEDED])
    ends_on = DayField(
        _l("Last day"), [_NEEDED, After("starts_on", _l("The last day is before the first."))]
    )


class LineForm(Form):
    """A new budget line."""

    code = StringField(_l("Code"), [_NEEDED, Length(max=20)])
    name = StringField(
        _l("Name"), [_NEEDED, Length(max=120)], description=_l("What the line pays for.")
    )
    currency = SelectField(
        _l("Currency of the line"),
        choices=_OPTIONS,
        description=_l("Vouchers on this line count in this currency."),
    )


class AmountForm(OnceForm):
    """An amount of `currency`."""

    amount = MoneyField(_l("Amount"), [_NEEDED])

    def __init__(self, currency: str, **kwargs: Any) -> None:
        self.of_currency = currency
        super().__init__(**kwargs)

    def process(self, *args: Any, **kwargs: Any) -> None:
        """Read what was typed, in the currency of the form."""
        self.amount.currency = self.of_currency
        super().process(*args, **kwargs)

    @property
    def money(self) -> Money:
        """Return the valid amount."""
        found = self.amount.data
        assert isinstance(found, Money)
        return found


class CloseForm(OnceForm):
    """Nothing to fill in: the key alone."""


class GrantForm(AmountForm):
    """Money that arrived."""

    account = SelectField(_l("Account that received it"), [_NEEDED])


class MoveForm(AmountForm):
    """Money for another line."""

    to = SelectField(_l("To the line"), [_NEEDED])


class ConvertForm(AmountForm):
    """Money for a line in another currency."""

    rate = SelectField(_l("Exchange rate"), [_NEEDED])
    buffer = FigureField(
        _l("Buffer, percent"),
        [InputRequired(), NumberRange(0, 50, _l("Between 0 and 50."))],
        places=2,
        default=Decimal(3),
        description=_l("Held back, so that a falling rate does not leave the line short."),
    )


class RateForm(Form):
    """A rate as its source published it."""

    on = DayField(_l("Day"), [_NEEDED])
    base = SelectField(_l("One unit of"), choices=_OPTIONS, default="EUR")
    quote = SelectField(_l("Costs, in"), choices=_OPTIONS)
    rate = FigureField(
        _l("Rate"),
        [InputRequired(_l("Enter a number, such as 19.6412.")), NumberRange(min=0.00000001)],
        places=8,
    )
    source = StringField(
        _l("Source"), [_NEEDED, Length(max=120)], description=_l("Who published it.")
    )


class ExchangeForm(OnceForm):
    """Cash exchanged at the bank: in the currencies of the two accounts."""

    bank_from = SelectField(_l("From the account"), [_NEEDED])
    amount_out = StringField(_l("Amount that left"), [_NEEDED])
    bank_to = SelectField(_l("To the account"), [_NEEDED])
    amount_in = StringField(_l("Amount that arrived"), [_NEEDED])
    rate = SelectField(_l("Compared with the rate"), [_NEEDED])
