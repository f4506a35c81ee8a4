"""Forms: one base, and the fields that know money, days and codes."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import date
from functools import partial
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from markupsafe import Markup
from wtforms import (
    DateField,
    Field,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # stubs of 3.2
from wtforms.validators import InputRequired, Length, ValidationError
from wtforms.widgets import HiddenInput, Select

from reintegration.codelists.currencies import CURRENCIES
from reintegration.kernel import amounts, dates
from reintegration.kernel.encodings import Encoding
from reintegration.kernel.errors import DomainError
from reintegration.kernel.listed import Listed
from reintegration.kernel.money import Money
from reintegration.kernel.text import LONGEST_LINE, LONGEST_TEXT, freed
from reintegration.kernel.words import Worded
from reintegration.web.saying import error_text

T = TypeVar("T")
HIGHEST_COUNT = 2**31 - 1
"""What an integer column holds."""


def choices(codes: Iterable[Worded | Listed]) -> list[Any]:
    """Return the options of a choice from the members of a code list, or from codes of a list."""
    return [option(code, _l(code.label)) for code in codes]


def option(value: object, label: Any) -> Any:
    """Return one option; `label` stands as it is, such as a name."""
    return SelectChoice(value=str(value), label=label)


def given(value: T | None) -> T:
    """Return what a form that was validated certainly has: a validator asks for it."""
    if value is None:
        raise LookupError("the form has no validator that asks for this")
    return value


def pressed(*names: str) -> RadioField:
    """Return the field of a form's buttons: which of them was pressed."""
    return RadioField(
        choices=[option(name, name) for name in names],
        validators=[InputRequired(_l("Press one of the buttons."))],
    )


class Form(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """The base of every form. An invalid one answers 422 with what was typed still in it.

    `called` maps a service's name of a field to the form's where they differ; `refused_at` is the
    field beside which a refusal stands that names none.
    """

    called: ClassVar[Mapping[str, str]] = {}
    refused_at: ClassVar[str | None] = None
    refused: DomainError | None = None

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """How each field comes to stand in a form."""

        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Any:
            """Return the field; one of text is trimmed and has a limit, whoever wrote it."""
            field = super().bind_field(form, unbound_field, options)
            if isinstance(field, SelectField):
                _leave_open(field)
            if isinstance(field, StringField) and not isinstance(field, _READ_OTHERWISE):
                _keep_clean(field)
            return field

    def process(self, formdata: Any = None, obj: Any = None, data: Any = None, **more: Any) -> None:
        """Begin with `obj` and the values that a page gives; what was sent stands for itself."""
        if formdata is not None and self.is_submitted():
            super().process(formdata)
        else:
            super().process(formdata, obj, data, **more)

    @property
    def is_fresh(self) -> bool:
        """Whether nothing was sent: the page may fill it in."""
        return not self.is_submitted()

    @property
    def problem(self) -> str:
        """Return the first thing that is wrong, for a page that says it in a notice."""
        beside = (error for field in self for error in field.errors)
        return str(next(iter(self.form_errors), next(beside, "")))

    def refuse(self, error: DomainError) -> None:
        """Show what a service refused beside the field that it names, or above the form."""
        self.refused = error
        name = self.called.get(error.field or "", error.field) or self.refused_at
        if name is None or name not in self:
            self.form_errors.append(error_text(error))
        else:
            self[name].errors = [*self[name].errors, error_text(error)]


def _keep_clean(field: StringField) -> None:
    lines = isinstance(field, TextAreaField)
    field.filters = (partial(_trimmed, lines=lines), *field.filters)
    if not any(isinstance(one, Length) for one in field.validators):
        field.validators = [*field.validators, Length(max=LONGEST_TEXT if lines else LONGEST_LINE)]


def _leave_open(field: SelectField) -> None:
    """Let no list choose by its order: what nobody chose is asked for."""
    if not isinstance(field, SelectMultipleField):
        field.widget = _AskingSelect()
        field.invalid_choice_message = _l("Choose from the list.")  # type: ignore[attr-defined]


class _AskingSelect(Select):
    """A list that begins with nothing where nothing is chosen, as a browser would take the first.

    One that has a single entry leaves nothing to choose, unless another was chosen before.
    """

    def __call__(self, field: Any, **kwargs: Any) -> Markup:
        """Return the list as HTML."""
        found = field.iter_choices()
        is_open = any(chosen or not value for value, _label, chosen, *_more in found)
        if is_open or (len(found) == 1 and not field.data):
            return super().__call__(field, **kwargs)
        nothing = Markup('<option value="">{}</option>').format(_l("Choose"))
        listed = super().__call__(field, **kwargs)
        end = listed.index(">") + 1
        return listed[:end] + nothing + listed[end:]


def _trimmed(value: Any, *, lines: bool) -> Any:
    return freed(value, lines=lines).strip() if isinstance(value, str) else value


class _ReadField(StringField):
    """What is typed here is read and kept as something else than text."""


_READ_OTHERWISE = (PasswordField, _ReadField)


class MoneyField(_ReadField):
    """An amount in `currency`; `.data` is Money or None. What was typed is kept on error.

    `currency_from` names the field in which the currency is chosen.
    """

    def __init__(
        self, *args: Any, currency: str = "MDL", currency_from: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.currency, self.currency_from = currency, currency_from
        self.raw_text: str | None = None

    def process_formdata(self, valuelist: Iterable[Any]) -> None:
        """Read what was typed."""
        typed = next(iter(valuelist), "").strip()
        self.raw_text, self.data = typed, None
        if not typed:
            return
        try:
            self.data = amounts.typed(typed, self.currency)  # type: ignore[assignment]
        except DomainError as error:
            raise ValueError(error_text(error)) from None

    @property
    def money(self) -> Money:
        """Return the amount of a form that was validated."""
        assert isinstance(self.data, Money)
        return self.data

    def pre_validate(self, form: Any) -> None:
        """Count in the currency that was chosen in another field, which refuses what is none."""
        chosen = form[self.currency_from].data if self.currency_from else None
        if chosen in CURRENCIES and isinstance(self.data, Money):
            self.count_in(chosen)

    def count_in(self, currency: str) -> None:
        """Read what was typed anew, as an amount of `currency`."""
        self.currency = currency
        if self.raw_text:
            self.process_formdata([self.raw_text])

    def _value(self) -> str:
        if self.raw_text is not None:
            return self.raw_text
        return str(self.data.decimal) if isinstance(self.data, Money) else ""


class FigureField(_ReadField):
    """A number that is no amount, such as a rate; `.data` is Decimal or None."""

    data: Any

    def __init__(self, *args: Any, places: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = places

    def process_formdata(self, valuelist: Iterable[Any]) -> None:
        """Read what was typed."""
        typed = next(iter(valuelist), "").strip()
        self.data = None
        if not typed:
            return
        try:
            self.data = amounts.figure(typed, places=self.places)
        except DomainError as error:
            raise ValueError(error_text(error)) from None

    def _value(self) -> str:
        return self.raw_data[0] if self.raw_data else str(self.data or "")


class CountField(IntegerField):
    """A whole number that a count of something can be; `.data` is int or None."""

    def process_formdata(self, valuelist: Iterable[Any]) -> None:
        """Read what was typed; nothing is reckoned with a number that nobody can mean."""
        super().process_formdata(list(valuelist))
        if self.data is not None and abs(self.data) > HIGHEST_COUNT:
            self.data = None
            raise ValueError(_l("Enter a smaller number."))


class DayField(DateField):
    """A local day, as a browser's date input sends it or a person types it."""

    def process_formdata(self, valuelist: Iterable[Any]) -> None:
        """Read what was typed."""
        said = next(iter(valuelist), "").strip()
        self.data = None
        if not said:
            return
        try:
            self.data = dates.typed(said)
        except DomainError as error:
            raise ValueError(error_text(error)) from None


def file_field(label: Any, hint: Any) -> FileField:
    """Return the field for a file that must be chosen."""
    return FileField(label, [FileRequired(_l("Choose a file."))], description=hint)


def encoding_field() -> SelectField:
    """Return the field for the letters of a text file, for when they cannot be found out."""
    return SelectField(
        _l("Letters of the file"),
        choices=[option("", _l("Find out")), *choices(Encoding)],
        default="",
        description=_l("Only when this was asked for. XLSX and XML say it themselves."),
    )


class After:
    """The day may not lie before the day in another field."""

    def __init__(self, other: str, message: str) -> None:
        self.other, self.message = other, message

    def __call__(self, form: Any, field: Any) -> None:
        """Raise ValidationError when it does."""
        first: date | None = form[self.other].data
        if first and field.data and field.data < first:
            raise ValidationError(str(self.message))


class IdField(Field):
    """The id of one thing that was chosen; None when nothing was, or what was sent is no id."""

    widget = HiddenInput()
    data: UUID | None

    def process_formdata(self, valuelist: Iterable[Any]) -> None:
        """Read what was chosen."""
        self.data = next(iter(_ids(valuelist)), None)

    def _value(self) -> str:
        return str(self.data or "")


class TickedField(Field):
    """The ids of the ticked boxes; what is no id is passed over."""

    data: list[UUID]

    def process_data(self, value: Iterable[UUID] | None) -> None:
        """Begin with these ticked: none, where a post carries no field at all."""
        self.data = list(value or ())

    def process_formdata(self, valuelist: Iterable[Any]) -> None:
        """Read what was ticked."""
        self.data = list(_ids(valuelist))


def _ids(texts: Iterable[str]) -> Iterator[UUID]:
    for text in texts:
        with suppress(ValueError):
            yield UUID(text)
