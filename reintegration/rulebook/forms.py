"""The form of a proposal: its fields follow from the kind of the rule."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, cast

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    Field,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Regexp

from reintegration.codelists.languages import Locale
from reintegration.kernel.dated_rules import Dated, DatedList
from reintegration.kernel.errors import N_
from reintegration.kernel.money import Money
from reintegration.kernel.rule_kinds import (
    Amount,
    Amounts,
    Choice,
    Count,
    Days,
    Entry,
    Hours,
    Lines,
    Record,
    Some,
    Stages,
    Texts,
    Yes,
)
from reintegration.kernel.text import LONGEST_LINE
from reintegration.kernel.words import Worded
from reintegration.rulebook.states import LONGEST_ENTRY, LONGEST_REASON
from reintegration.web.forms import CountField, DayField, Form, MoneyField, choices, given

_NUMBER = _l("Enter a number.")
_AMOUNT = _l("Enter an amount.")


class ProposalForm(Form):
    """What a proposal of every rule asks; `value` is the beginning of what the rule adds."""

    refused_at: ClassVar = None

    first_day = DayField(
        _l("First day"),
        [InputRequired(_l("Enter the first day."))],
        description=_l("Tomorrow or later. What was done before is judged as it was."),
    )
    reason = TextAreaField(
        _l("Why it changes"),
        [
            InputRequired(_l("Give a reason: others will need to understand this later.")),
            Length(max=LONGEST_REASON),
        ],
    )

    def typed(self, rule: Dated[Any]) -> Any:
        """Return what was typed, as a value of `rule`."""
        return _read(rule.kind, self, "value")

    def begin_with(self, rule: Dated[Any], value: Any) -> None:
        """Show what holds now, for whoever changes a part of it."""
        for name, data in _written(rule.kind, value, "value"):
            self[name].data = data

    @property
    def asked(self) -> list[Field]:
        """The fields of the value, in their order."""
        return [field for field in self if field.name.startswith("value")]


def form_for(rule: Dated[Any], *, is_new: bool) -> ProposalForm:
    """Return the form for a value of `rule`; a new entry of a list is also given its code."""
    asked = dict(_fields(rule.kind, "value", _l(rule.title), ""))
    if is_new and isinstance(rule, DatedList):
        asked = {"entry": _entry(), **asked}
    made: type[ProposalForm] = type("RuleForm", (ProposalForm,), asked)
    return made()


class WhyForm(Form):
    """Why a proposal is not approved, or taken back."""

    reason = TextAreaField(
        _l("Reason"),
        [
            InputRequired(_l("Give a reason: others will need to understand this later.")),
            Length(max=LONGEST_REASON),
        ],
        description=_l("Whoever proposed it reads this."),
    )


def _entry() -> StringField:
    return StringField(
        _l("Code"),
        [
            InputRequired(_l("Enter a code.")),
            Regexp(r"[a-z][a-z0-9_]*\Z", message=_l("Small letters a to z, digits and _ only.")),
            Length(min=2, max=LONGEST_ENTRY),
        ],
        description=_l("For files and programs; it never changes. People read the names."),
    )


def _fields(kind: Any, name: str, label: Any, hint: Any) -> Iterable[tuple[str, Any]]:
    """Yield the name and the field of each thing that is typed for a value of `kind`."""
    match kind:
        case Record():
            for part, told in kind.parts.items():
                words = _l(told.label), _l(told.hint) if told.hint else ""
                yield from _fields(told.kind, f"{name}_{part}", *words)
        case Amounts():
            for one in kind.currencies:
                yield f"{name}_{one.lower()}", _money(f"{label} ({one})", one, hint)
        case Texts():
            made = TextAreaField if kind.lines else StringField
            for language in Locale:
                called = _l("%(label)s, %(language)s", label=label, language=language.label)
                limit = Length(max=max(kind.longest, LONGEST_LINE))
                yield f"{name}_{language}", made(called, [limit], description=hint)
        case Lines():
            for language in Locale:
                called = _l("%(label)s, %(language)s", label=label, language=language.label)
                yield f"{name}_{language}", TextAreaField(called, description=hint)
        case _:
            yield name, _field(kind, label, hint)


def _field(kind: Any, label: Any, hint: Any) -> Any:
    return _ONE_FIELD[type(kind)](kind, label, hint)


def _number(words: Any) -> Callable[[Any, Any, Any], Any]:
    def made(kind: Any, label: Any, hint: Any) -> Any:
        said = hint or _l(words, least=kind.least, most=kind.most)
        return CountField(label, [InputRequired(_NUMBER)], description=said)

    return made


def _stages(_kind: Stages, label: Any, hint: Any) -> Any:
    said = hint or _l("Numbers of days, with commas between them, such as 30, 7.")
    numbers = Regexp(r"\d{1,4}(\s*,\s*\d{1,4})*\Z", message=_l("Numbers with commas, please."))
    return StringField(label, [InputRequired(_NUMBER), numbers], description=said)


def _choice(kind: Choice[Any], label: Any, hint: Any) -> Any:
    asked = [InputRequired(_l("Choose from the list."))]
    return SelectField(label, asked, choices=_listed(kind.codes), description=hint)


def _listed(codes: Any) -> list[Any]:
    """Return the members of a code list, every one of which has its word."""
    return choices(cast("type[Worded]", codes))


def _entry_of(kind: Entry[Any], label: Any, hint: Any) -> Any:
    asked = [InputRequired(_l("Choose from the list."))]
    return SelectField(
        label, asked, choices=lambda: choices(kind.codes.offered()), description=hint
    )


def _money(label: Any, currency: str, hint: Any) -> MoneyField:
    return MoneyField(
        label,
        [InputRequired(_AMOUNT)],
        currency=currency,
        description=hint,
        render_kw={"inputmode": "decimal"},
    )


def _read(kind: Any, form: Form, name: str) -> Any:
    return _READ.get(type(kind), _read_one)(kind, form, name)


def _read_one(kind: Any, form: Form, name: str) -> Any:
    return kind.read(given(form[name].data))


def _read_record(kind: Record[Any], form: Form, name: str) -> Any:
    parts = kind.parts.items()
    return kind.make(**{part: _read(told.kind, form, f"{name}_{part}") for part, told in parts})


def _typed_money(form: Form, name: str) -> Money:
    found: Money = form[name].money
    return found


def _typed_lines(form: Form, name: str) -> list[str]:
    return [line.strip() for line in (form[name].data or "").splitlines() if line.strip()]


def _written(kind: Any, value: Any, name: str) -> Iterable[tuple[str, Any]]:
    """Yield the name of each field and what stands in it for `value`."""
    match kind:
        case Record():
            for part, told in kind.parts.items():
                yield from _written(told.kind, getattr(value, part), f"{name}_{part}")
        case Amounts():
            yield from ((f"{name}_{one.lower()}", value[one]) for one in kind.currencies)
        case Texts():
            yield from ((f"{name}_{one}", value[one]) for one in Locale)
        case Lines():
            yield from ((f"{name}_{one}", "\n".join(value[one])) for one in Locale)
        case Amount():
            yield name, value
        case Stages():
            yield name, ", ".join(map(str, value))
        case _:
            yield name, kind.stored(value)


_ONE_FIELD: Mapping[type, Callable[[Any, Any, Any], Any]] = {
    Days: _number(N_("Days, from %(least)s to %(most)s.")),
    Hours: _number(N_("Hours, from %(least)s to %(most)s.")),
    Count: _number(N_("From %(least)s to %(most)s.")),
    Amount: lambda kind, label, hint: _money(f"{label} ({kind.currency})", kind.currency, hint),
    Stages: _stages,
    Yes: lambda _kind, label, hint: BooleanField(label, description=hint),
    Choice: _choice,
    Entry: _entry_of,
    Some: lambda kind, label, hint: SelectMultipleField(
        label, choices=_listed(kind.codes), description=hint
    ),
}
_READ: Mapping[type, Callable[[Any, Form, str], Any]] = {
    Record: _read_record,
    Amounts: lambda kind, form, name: {
        one: _typed_money(form, f"{name}_{one.lower()}") for one in kind.currencies
    },
    Texts: lambda _kind, form, name: {
        str(one): (form[f"{name}_{one}"].data or "").strip() for one in Locale
    },
    Lines: lambda _kind, form, name: {
        one: tuple(_typed_lines(form, f"{name}_{one}")) for one in Locale
    },
    Amount: lambda _kind, form, name: _typed_money(form, name),
    Some: lambda kind, form, name: kind.read(form[name].data or []),
    Stages: lambda kind, form, name: kind.read(form[name].data.split(",")),
}
"""How what was typed is read; of the others, what stands in the field is what is stored."""
