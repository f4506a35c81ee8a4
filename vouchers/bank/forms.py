"""Forms of our accounts and of statements."""

import re
from collections.abc import Iterable
from typing import Any, ClassVar
from uuid import UUID

from flask_babel import lazy_gettext
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from reintegration.kernel.words import member_of
from reintegration.web.forms import (
    CountField,
    DayField,
    Form,
    IdField,
    MoneyField,
    TickedField,
    choices,
    encoding_field,
    file_field,
    given,
    option,
)
from vouchers.bank.states import NextStep, Rest
from vouchers.formats import banks
from vouchers.formats.csv_look import Look
from vouchers.formats.csv_mapping import MOST_SKIPPED, CsvMapping, DayOrder, Meaning, Minus, mapped
from vouchers.payments.forms.claims import _NEEDED
from vouchers.payments.forms.payees import currency_field, iban_field


class BankAccountForm(Form):
    """An account of the programme."""

    name = StringField(
        _l("Name"),
        [_NEEDED, Length(max=60)],
        description=_l("What we call it, such as Main account."),
    )
    currency = currency_field()
    iban = iban_field(_l("As on the bank's paper, with or without spaces. The bank code follows."))
    holder = StringField(
        _l("Holder"),
        [InputRequired(_l("Enter the holder's name.")), Length(max=140)],
        description=_l("Our legal name, as the bank has it."),
    )
    identifier = StringField(
        _l("Our fiscal code"),
        [Length(max=20)],
        description=_l("IDNO, 13 digits. Needed for payments in MDL."),
    )
    profile = SelectField(
        _l("Files of the bank"),
        choices=[
            option("", _l("The usual ones of the currency")),
            *(option(known.name, lazy_gettext(known.label)) for known in banks.PROFILES.values()),
        ],
        default="",
        description=_l("What the bank takes as payments, and how it writes a statement as CSV."),
    )


class StatementForm(Form):
    """A file of the bank, and of which account it is where it does not say so."""

    file = file_field(
        _l("File of the bank"),
        _l(
            "camt.053, camt.054, MT940, CSV or pain.002, at most 50 MB. A larger one: flask bank"
            " import FILE."
        ),
    )
    account = SelectField(
        _l("Account"),
        default="",
        description=_l("Only for a file that does not say which account it is of."),
    )
    encoding = encoding_field()

    def __init__(self, *, accounts: Iterable[tuple[UUID, str]], **begun: Any) -> None:
        super().__init__(**begun)
        self.account.choices = [option("", _l("The file says it")), *_offered(accounts)]


class ColumnsForm(Form):
    """What the columns of a bank's table are; `columns_form` adds a field for each of them."""

    account = SelectField(
        _l("Account"),
        [InputRequired(_l("Choose the account that the file is of."))],
        description=_l("What you say here is kept for files of this account."),
    )
    days = RadioField(
        _l("How days are written"),
        choices=choices(DayOrder),
        validators=[InputRequired(_l("Say how days are written."))],
    )
    decimal = RadioField(
        _l("What stands before the decimals"),
        choices=[option(",", _l("A comma: 1.250,50")), option(".", _l("A point: 1,250.50"))],
        validators=[InputRequired(_l("Say what stands before the decimals."))],
    )
    minus = RadioField(
        _l("What a minus means"),
        choices=[*choices(Minus)],
        validators=[Optional()],
        description=_l("Not needed where a column says the direction."),
    )
    words_out = StringField(
        _l("Words that mean out"),
        [Length(max=200)],
        description=_l("Only for a column of directions, such as: D, Debit. A comma between."),
    )
    words_in = StringField(
        _l("Words that mean in"), [Length(max=200)], description=_l("Such as: C, Credit.")
    )
    skip_last = CountField(
        _l("Rows at the end that are no lines"),
        [InputRequired(_l("Enter 0 when there are none.")), NumberRange(0, MOST_SKIPPED)],
        default=0,
        description=_l("Totals and signatures. Rows without a day are left out anyway."),
    )

    keep = StringField()
    """What was seen, by the button that keeps it."""

    def __init__(self, *, accounts: Iterable[tuple[UUID, str]], **begun: Any) -> None:
        super().__init__(**begun)
        self.account.choices = [option("", _l("Choose")), *_offered(accounts)]

    def columns(self) -> list[Any]:
        """Return the fields of the columns, in their order."""
        return [field for field in self if field.name.startswith(_COLUMN)]

    def mapping(self, look: Look, encoding: str | None) -> CsvMapping:
        """Return what was said; raise Invalid where it does not fit together."""
        return mapped(
            [member_of(Meaning, field.data) for field in self.columns()],
            heading=look.cells if look.heading else (),
            delimiter=look.delimiter,
            decimal=self.decimal.data,
            days=DayOrder(self.days.data),
            minus=member_of(Minus, self.minus.data),
            words_out=_split(self.words_out.data),
            words_in=_split(self.words_in.data),
            skip_first=look.first - look.heading - 1,
            skip_last=given(self.skip_last.data),
            encoding=encoding,
        )


_COLUMN = "column_"


def columns_form(width: int) -> type[ColumnsForm]:
    """Return the form of a table with so many columns; none of them is preset."""
    meanings = [option("", _l("Not read")), *choices(Meaning)]
    fields = {
        f"{_COLUMN}{place}": SelectField(
            _l("Column %(number)s", number=place + 1), choices=meanings, default=""
        )
        for place in range(width)
    }
    return type("ColumnsForm", (ColumnsForm,), fields)


def said_of(kept: CsvMapping) -> dict[str, Any]:
    """Return what a form begins with where something is kept already."""
    return {
        "decimal": kept.decimal,
        "days": str(kept.days),
        "minus": str(kept.minus) if kept.minus else None,
        "words_out": ", ".join(kept.words_out),
        "words_in": ", ".join(kept.words_in),
        "skip_last": kept.skip_last,
        **{f"{_COLUMN}{place}": str(meaning) for meaning, place in kept.columns.items()},
    }


def _split(words: str | None) -> list[str]:
    return re.split(r"[,;]", words or "")


def _offered(accounts: Iterable[tuple[UUID, str]]) -> list[Any]:
    return [option(key, label) for key, label in accounts]


class MatchForm(Form):
    """The orders that a line of the bank pays, and what the rest is where the sums differ."""

    orders = TickedField()
    rest = RadioField(choices=[*choices(Rest)], validators=[Optional()])


class UndoForm(Form):
    """Why a match or an ending is taken back."""

    reason = TextAreaField(validators=[Length(max=500)])


class GrantForm(Form):
    """The fund that money of a donor is for, and what the bank kept of it."""

    fund = IdField(validators=[DataRequired(_l("Choose the fund that the money is for."))])
    fee = MoneyField(validators=[Optional()])


class RepaidForm(Form):
    """The provider that paid back."""

    provider = IdField(validators=[DataRequired(_l("Choose who paid back."))])


class ReturnedForm(Form):
    """The order that came back."""

    order = IdField(validators=[DataRequired(_l("Choose the order that came back."))])


class TwiceForm(Form):
    """The order that was paid twice."""

    order = IdField(validators=[DataRequired(_l("Choose the payment that the bank made twice."))])


class RecordedForm(Form):
    """The entry of the books that a line is."""

    entry = IdField(validators=[DataRequired(_l("Choose what was recorded before."))])


class WriteOffForm(Form):
    """Why a line is written off."""

    note = TextAreaField(
        validators=[DataRequired(_l("Write why it is written off.")), Length(max=500)]
    )


class ParkForm(Form):
    """Who finds out what a line is, what is known, and what is done by when."""

    called: ClassVar = {"owner_id": "owner"}

    owner = IdField()
    note = TextAreaField(validators=[Length(max=500)])
    next_step = SelectField(
        choices=[option("", _l("Choose")), *choices(NextStep)], validators=[Optional()], default=""
    )
    next_on = DayField(validators=[Optional()])
