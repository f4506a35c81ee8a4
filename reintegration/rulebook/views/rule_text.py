"""What a value says to a reader: in words, part by part, and how two of them differ."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from flask_babel import gettext as _
from flask_babel import ngettext

from reintegration.codelists.languages import Locale
from reintegration.kernel import clock
from reintegration.kernel.dated_rules import Dated, DatedList, declared
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
from reintegration.kernel.words import Worded
from reintegration.web.filters import money, number
from reintegration.web.i18n import reader_language

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Line:
    """One part of a value: its word, what is said now, and what was said before, if it differs."""

    label: str
    said: str
    before: str | None = None

    @property
    def differs(self) -> bool:
        """Whether this part is another one than before."""
        return self.before is not None and self.before != self.said


def said(rule: Dated[Any], value: Any, entry: str = "") -> str:
    """Return a value in one line; of an entry of a list, what it is called."""
    if entry and isinstance(rule, DatedList) and rule.fixed is not None:
        return str(_(rule.fixed[entry])) if entry in rule.fixed else entry
    if value is None:
        return str(_("there is none"))
    if isinstance(rule.kind, Record):
        named = rule.kind.parts.get("name")
        if isinstance(rule, DatedList) and named is not None:
            return in_words(named.kind, value.name)
        return " · ".join(f"{line.label}: {line.said}" for line in lines(rule, value))
    return in_words(rule.kind, value)


def lines(rule: Dated[Any], value: Any, before: Any = None) -> list[Line]:
    """Return a value part by part, beside what it would replace."""
    return list(_lines(rule.kind, _(rule.title), value, before))


def summary(rule: DatedList[Any], value: Any) -> str:
    """Return an entry without its name in one line, texts in the reader's language."""
    if not isinstance(rule.kind, Record):
        return in_words(rule.kind, value)
    parts = ((one, part) for one, part in rule.kind.parts.items() if one != "name")
    return " · ".join(
        f"{_(part.label)}: {in_words(part.kind, getattr(value, one))}" for one, part in parts
    )


def name_of(rule: Dated[Any], entry: str, value: Any) -> str:
    """Return what a rule, or the entry of a list, is called."""
    if not entry:
        return str(_(rule.title))
    return f"{_(rule.title)}: {said(rule, value, entry) if value is not None else entry}"


def _lines(kind: Any, label: str, value: Any, before: Any) -> Iterable[Line]:
    if isinstance(kind, Record):
        for name, part in kind.parts.items():
            old = None if before is None else getattr(before, name)
            yield from _lines(part.kind, _(part.label), getattr(value, name), old)
    elif isinstance(kind, Texts):
        for language in Locale:
            old = None if before is None else before[language]
            words = _("%(label)s, %(language)s", label=label, language=language.label)
            yield Line(words, value[language], old)
    elif isinstance(kind, Lines):
        for language in Locale:
            old = None if before is None else _listed(before[language])
            words = _("%(label)s, %(language)s", label=label, language=language.label)
            yield Line(words, _listed(value[language]), old)
    else:
        old = None if before is None else in_words(kind, before)
        yield Line(label, in_words(kind, value), old)


def rule_says(code: str, part: str = "") -> str:
    """Return what holds today by a rule, or a part of it, in words: for the sentence of a page."""
    rule = declared()[code]
    value = rule.held(clock.local_day(clock.now()))
    if isinstance(rule.kind, Record):
        return in_words(rule.kind.parts[part].kind, getattr(value, part))
    return in_words(rule.kind, value)


def in_words(kind: Any, value: Any) -> str:
    """Return a value of one kind in words."""
    return str(_WORDS[type(kind)](kind, value))


def _of_language(_kind: Texts | Lines, value: Mapping[str, T]) -> T:
    return value[reader_language()]


def _listed(lines: Iterable[str]) -> str:
    return " · ".join(lines) or str(_("nothing chosen"))


def _chosen(kind: Some[Worded], value: frozenset[Worded]) -> str:
    return ", ".join(_(one.label) for one in kind.codes if one in value) or _("nothing chosen")


_WORDS: Mapping[type, Callable[[Any, Any], str]] = {
    Days: lambda _kind, value: ngettext("%(num)s day", "%(num)s days", value.days),
    Hours: lambda kind, value: ngettext("%(num)s hour", "%(num)s hours", kind.stored(value)),
    Count: lambda _kind, value: number(value),
    Amount: lambda _kind, value: money(value),
    Amounts: lambda kind, value: " · ".join(money(value[one]) for one in kind.currencies),
    Stages: lambda _kind, value: _("%(days)s days before", days=", ".join(map(str, value))),
    Yes: lambda _kind, value: _("yes") if value else _("no"),
    Choice: lambda _kind, value: _(value.label),
    Entry: lambda _kind, value: value.label,
    Some: _chosen,
    Texts: _of_language,
    Lines: lambda kind, value: _listed(_of_language(kind, value)),
}
