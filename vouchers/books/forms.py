"""Forms of funds."""

from collections.abc import Sequence
from contextlib import suppress
from decimal import Decimal
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from reintegration.codelists.currencies import CURRENCIES
from reintegration.codelists.eligibility import Terms
from reintegration.codelists.people import AgeGroup, SexPolicy
from reintegration.codelists.service_categories import ServiceCategory
from reintegration.codelists.territorial_units import TERRITORIAL_UNITS, Bank
from reintegration.kernel.money import Money
from reintegration.web.forms import After, DayField, FigureField, Form, MoneyField, choices, option
from reintegration.web.terms_text import place_name
from vouchers.books.models import BankAccount
from vouchers.books.states import LONGEST_CODE, LONGEST_NAME

_OPTIONS = [option(code, code) for code in CURRENCIES]
_NEEDED = InputRequired(_l("Fill this in."))


class TermsFields(Form):
    """What a budget line may pay."""

    categories = SelectMultipleField(
        _l("Pays for"),
        choices=lambda: choices(ServiceCategory),
        description=_l("Plans are offered this line for these services. None ticked: for any."),
    )
    ages = RadioField(
        _l("Of which age"),
        choices=lambda: choices(AgeGroup),
        default=AgeGroup.ANY,
        description=_l(
            "The case knows a year of birth. In the year of the 18th birthday a person is both."
        ),
    )
    sex_policy = RadioField(
        _l("For whom"), choices=lambda: choices(SexPolicy), default=SexPolicy.ANY
    )
    places = SelectMultipleField(
        _l("Where the person lives"),
        choices=lambda: [option(code, place_name(code)) for code in _in_order_of_size()],
        description=_l(
            "None ticked: anywhere. The fewer fit, the more a voucher on this line tells of whom"
            " it helps."
        ),
    )
    pays_from = DayField(_l("Pays from (optional)"), [Optional()])
    pays_until = DayField(
        _l("Pays until (optional)"),
        [Optional(), After("pays_from", _l("The last day is before the first."))],
    )

    def show(self, terms: Terms) -> None:
        """Fill in what holds now."""
        self.categories.data, self.places.data = list(terms.services), list(terms.places)
        self.ages.data, self.sex_policy.data = terms.ages, terms.sex
        self.pays_from.data, self.pays_until.data = terms.first, terms.last

    def terms(self) -> Terms:
        """Return what was chosen."""
        return Terms(
            frozenset(map(ServiceCategory, self.categories.data or ())),
            AgeGroup(self.ages.data),
            SexPolicy(self.sex_policy.data),
            frozenset(self.places.data or ()),
            self.pays_from.data,
            self.pays_until.data,
        )


def _in_order_of_size() -> list[str]:
    return [*Bank, *sorted(TERRITORIAL_UNITS, key=lambda code: TERRITORIAL_UNITS[code].name)]


class FundForm(Form):
    """A new fund."""

    code = StringField(
        _l("Code"),
        [_NEEDED, Length(max=LONGEST_CODE)],
        description=_l("Short, as in the grant agreement, such as SPR-1."),
    )
    name = StringField(_l("Name"), [_NEEDED, Length(max=LONGEST_NAME)])
    donor = StringField(_l("Donor"), [_NEEDED, Length(max=LONGEST_NAME)])
    currency = SelectField(_l("Currency of the grant"), choices=_OPTIONS)
    starts_on = DayField(_l("First day"), [_NEEDED])
    ends_on = DayField(
        _l("Last day"), [_NEEDED, After("starts_on", _l("The last day is before the first."))]
    )


class LineForm(TermsFields):
    """A new budget line."""

    code = StringField(_l("Code"), [_NEEDED, Length(max=LONGEST_CODE)])
    name = StringField(
        _l("Name"), [_NEEDED, Length(max=LONGEST_NAME)], description=_l("What the line pays for.")
    )
    currency = SelectField(
        _l("Currency of the line"),
        choices=_OPTIONS,
        description=_l("Vouchers on this line count in this currency."),
    )


class PaysForm(TermsFields):
    """What a budget line that exists may pay."""


class MoneyForm(Form):
    """A form about one amount of a `currency` that is known; `counted` names its field."""

    counted: ClassVar = "amount"

    def __init__(self, currency: str, **kwargs: Any) -> None:
        self.of_currency = currency
        super().__init__(**kwargs)

    def process(self, *args: Any, **kwargs: Any) -> None:
        """Read what was typed, in the currency of the form."""
        self[self.counted].currency = self.of_currency
        super().process(*args, **kwargs)

    @property
    def money(self) -> Money:
        """Return the valid amount."""
        found = self[self.counted].data
        assert isinstance(found, Money)
        return found


class AmountForm(MoneyForm):
    """An amount of `currency`."""

    called: ClassVar = {"taken": "amount", "buffer_percent": "buffer"}

    amount = MoneyField(_l("Amount"), [_NEEDED])


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


class WhyForm(Form):
    """Why; others will read it later."""

    reason = TextAreaField(_l("Reason"), [_NEEDED, Length(max=500)])


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


class ExchangeForm(Form):
    """Cash exchanged at the bank: in the currencies of the two accounts."""

    bank_from = SelectField(_l("From the account"), [_NEEDED])
    amount_out = MoneyField(_l("Amount that left"), [_NEEDED])
    bank_to = SelectField(_l("To the account"), [_NEEDED])
    amount_in = MoneyField(_l("Amount that arrived"), [_NEEDED])
    rate = SelectField(_l("Compared with the rate"), [_NEEDED])

    def offer(self, accounts: Sequence[BankAccount]) -> None:
        """Offer our accounts, and read each amount in the currency of the one that was chosen."""
        currencies = {str(account.id): account.currency for account in accounts}
        for account, amount in ((self.bank_from, self.amount_out), (self.bank_to, self.amount_in)):
            account.choices = [account_option(one) for one in accounts]
            with suppress(ValueError):  # it was said already, when the form was read
                amount.count_in(currencies.get(account.data, amount.currency))


def account_option(account: BankAccount) -> Any:
    """Return one of our bank accounts as an option."""
    return option(account.id, f"{account.name} · {account.iban} · {account.currency}")
