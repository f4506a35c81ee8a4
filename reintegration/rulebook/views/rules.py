"""The rulebook: how this installation is set, by whom, since when, and what is to change."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from reintegration.accounts.queries.users import names_of
from reintegration.codelists.languages import Locale
from reintegration.kernel import clock
from reintegration.kernel.dated_rules import Area, Dated, DatedList, rules_of
from reintegration.kernel.db import session
from reintegration.kernel.errors import NotFound
from reintegration.rulebook.forms import ProposalForm, WhyForm, form_for
from reintegration.rulebook.models import RuleVersion
from reintegration.rulebook.permissions import RulePermission as P
from reintegration.rulebook.queries import rules as reading
from reintegration.rulebook.services import deciding
from reintegration.rulebook.views import bp
from reintegration.rulebook.views.rule_text import Line, lines, name_of, said, summary
from reintegration.web.current import acting, current_actor
from reintegration.web.forms import given
from reintegration.web.once import Next
from reintegration.web.submit import Ask, Asking, asked_why


@dataclass(frozen=True, slots=True)
class Row:
    """One rule of the list: what it says today, who set that, and what is to come."""

    rule: Dated[Any]
    said: str
    held: RuleVersion | None
    waiting: list[RuleVersion]
    coming: list[RuleVersion]


@dataclass(frozen=True, slots=True)
class Entry:
    """One value of a history, in words."""

    version: RuleVersion
    lines: list[Line]
    standing: Any


def _loaded(version_id: UUID) -> RuleVersion:
    return reading.version_or_404(session(), current_actor(), version_id)


@bp.page("", P.READ)
def index() -> ResponseReturnValue:
    """Show every rule with what holds today."""
    today = clock.local_day(clock.now())
    found = _Found.now(today)
    areas = {area: [found.row(rule) for rule in rules_of(area)] for area in Area}
    return render_template(
        "reintegration/rulebook/index.html",
        areas={area: rows for area, rows in areas.items() if rows},
        people=found.people,
        waiting=found.waiting,
        name_of=_name,
        P=P,
    )


@bp.page("/of/<code>", P.READ)
def rule_page(code: str) -> ResponseReturnValue:
    """Show one rule: what it decides, what holds, and all that was ever proposed."""
    rule = reading.rule_or_404(code)
    if isinstance(rule, DatedList):
        return _list_page(rule)
    return _history_page(rule, "")


@bp.page("/of/<code>/<entry>", P.READ)
def entry_page(code: str, entry: str) -> ResponseReturnValue:
    """Show one entry of a list, with its history."""
    rule = reading.rule_or_404(code)
    if not isinstance(rule, DatedList):
        raise NotFound
    return _history_page(rule, entry)


@bp.form("/propose/<code>", P.PROPOSE)
def rule_propose(code: str) -> Asking:
    """Propose another value, or one more entry of a list that may have more."""
    rule = reading.rule_or_404(code)
    if isinstance(rule, DatedList) and rule.fixed is not None:
        raise NotFound
    return (yield from _propose(rule, ""))


@bp.form("/propose/<code>/<entry>", P.PROPOSE)
def entry_propose(code: str, entry: str) -> Asking:
    """Propose other values for an entry of a list."""
    rule = reading.rule_or_404(code)
    today = clock.local_day(clock.now())
    if not isinstance(rule, DatedList) or entry not in rule.on(today):
        raise NotFound
    return (yield from _propose(rule, entry))


@bp.page("/proposals/<uuid:version_id>", P.READ)
def proposal(version_id: UUID) -> ResponseReturnValue:
    """Show what would change: part by part, and what follows from it."""
    version, rule = _version(version_id)
    before, after = rule.held(version.day_before, version.entry), _value(rule, version)
    return render_template(
        "reintegration/rulebook/proposal.html",
        version=version,
        rule=rule,
        called=name_of(rule, version.entry, after),
        lines=lines(rule, after, before),
        is_new=before is None,
        changes=deciding.consequences(session(), rule, version) if version.waits else [],
        sample=_sample(rule, version.entry, after),
        standing=_standing(rule, version),
        lapses=version.waits and version.first_day <= clock.local_day(clock.now()),
        people=names_of(session(), reading.people_of([version])),
        day_of=clock.local_day(clock.now()),
        P=P,
    )


@bp.act("/proposals/<uuid:version_id>/approve", P.DECIDE, load=_loaded, fresh=True)
def proposal_approve(version: RuleVersion) -> Next:
    """Approve a proposal."""
    deciding.approve(session(), version, **acting())
    return _back(version, _("Approved. It holds from its first day on."))


@bp.form("/proposals/<uuid:version_id>/decline", P.DECIDE, load=_loaded)
def proposal_decline(version: RuleVersion) -> Asking:
    """Say no to a proposal, and why."""
    reason = yield from _why(version, is_decline=True)
    deciding.decline(session(), version, reason=reason, **acting())
    return _back(version, _("It is not approved. Whoever proposed it is told why."))


@bp.form("/proposals/<uuid:version_id>/end", P.TAKE_BACK, load=_loaded)
def proposal_end(version: RuleVersion) -> Asking:
    """Take back what waits, or what is approved and holds later."""
    reason = yield from _why(version, is_decline=False)
    deciding.take_back(session(), version, reason=reason, **acting())
    return _back(version, _("It is withdrawn. What holds now goes on to hold."))


def _propose(rule: Dated[Any], entry: str) -> Asking:
    today = clock.local_day(clock.now())
    is_new = isinstance(rule, DatedList) and not entry
    form = form_for(rule, is_new=is_new)
    held = rule.held(today, entry)
    if form.is_fresh and held is not None and not is_new:
        form.begin_with(rule, held)
    yield Ask(lambda: _form_page(rule, entry, form, is_new=is_new), form)
    code = form["entry"].data if is_new else entry
    proposed = deciding.propose(
        session(),
        rule,
        value=form.typed(rule),
        first_day=given(form.first_day.data),
        reason=form.reason.data or "",
        entry=code,
        is_new=is_new,
        **acting(),
    )
    return _back(proposed, _("It is proposed. It holds from its first day on once it is approved."))


def _form_page(rule: Dated[Any], entry: str, form: ProposalForm, *, is_new: bool) -> str:
    today = clock.local_day(clock.now())
    return render_template(
        "reintegration/rulebook/propose.html",
        rule=rule,
        entry=entry,
        form=form,
        called=_l("A new entry") if is_new else name_of(rule, entry, rule.held(today, entry)),
        is_new=is_new,
        back=_place(rule, entry),
    )


def _list_page(rule: DatedList[Any]) -> ResponseReturnValue:
    today = clock.local_day(clock.now())
    found = _Found.now(today)
    entries = [
        (
            entry,
            said(rule, value, entry),
            summary(rule, value),
            found.holding.get((rule.code, entry)),
        )
        for entry, value in rule.on(today).items()
    ]
    return render_template(
        "reintegration/rulebook/list.html",
        rule=rule,
        entries=entries,
        waiting=[one for one in found.waiting if one.code == rule.code],
        coming=[one for one in found.coming if one.code == rule.code],
        people=found.people,
        name_of=_name,
        P=P,
    )


def _history_page(rule: Dated[Any], entry: str) -> ResponseReturnValue:
    today = clock.local_day(clock.now())
    versions = reading.history(session(), rule.code, entry)
    held = rule.held(today, entry)
    if held is None and not versions:
        raise NotFound
    return render_template(
        "reintegration/rulebook/rule.html",
        rule=rule,
        entry=entry,
        called=name_of(rule, entry, held),
        lines=lines(rule, held) if held is not None else [],
        first=_first(rule, entry),
        sample=_sample(rule, entry, held),
        history=_history(rule, versions),
        waits=next((one for one in versions if one.waits), None),
        since=_holds(rule, entry, today, versions),
        people=names_of(session(), reading.people_of(versions)),
        P=P,
    )


def _sample(rule: Dated[Any], entry: str, value: Any) -> list[dict[str, str]]:
    """Return how a value reads in each language, where its rule shows that."""
    if rule.sample is None or value is None:
        return []
    return [
        {"key": Locale(language).label, "value": text}
        for language, text in rule.sample(entry, value)
    ]


def _first(rule: Dated[Any], entry: str) -> list[Line]:
    at_first = rule.at_first(entry)
    return lines(rule, at_first) if at_first is not None else []


def _history(rule: Dated[Any], versions: Iterable[RuleVersion]) -> list[Entry]:
    return [
        Entry(
            version,
            lines(rule, _value(rule, version), rule.held(version.day_before, version.entry)),
            _standing(rule, version),
        )
        for version in versions
    ]


def _holds(
    rule: Dated[Any], entry: str, today: date, versions: Iterable[RuleVersion]
) -> RuleVersion | None:
    found = rule.version(today, entry)
    return next((one for one in versions if found is not None and one.id == found.id), None)


def _standing(rule: Dated[Any], version: RuleVersion) -> Any:
    today = clock.local_day(clock.now())
    found = rule.version(today, version.entry)
    return version.standing(today, holds=found is not None and found.id == version.id)


def _value(rule: Dated[Any], version: RuleVersion) -> Any:
    return rule.kind.read(version.stored)


def _version(version_id: UUID) -> tuple[RuleVersion, Dated[Any]]:
    version = _loaded(version_id)
    return version, reading.rule_or_404(version.code)


def _name(version: RuleVersion) -> str:
    rule = reading.rule_or_404(version.code)
    return f"{_(rule.title)}: {said(rule, _value(rule, version), version.entry)}"


def _why(version: RuleVersion, *, is_decline: bool) -> Any:
    return asked_why(
        "reintegration/rulebook/end.html",
        WhyForm(),
        version=version,
        called=_name(version),
        is_decline=is_decline,
    )


def _place(rule: Dated[Any], entry: str) -> str:
    if entry:
        return url_for(".entry_page", code=rule.code, entry=entry)
    return url_for(".rule_page", code=rule.code)


def _back(version: RuleVersion, done: str) -> Next:
    return Next(url_for(".proposal", version_id=version.id), done)


@dataclass(frozen=True, slots=True)
class _Found:
    """What stands in the rulebook today, read in three statements."""

    today: date
    holding: dict[tuple[str, str], RuleVersion]
    waiting: list[RuleVersion]
    coming: list[RuleVersion]
    people: dict[UUID, str]

    @classmethod
    def now(cls, today: date) -> "_Found":
        holding = reading.holding(session(), today)
        waiting = list(reading.waiting(session()))
        coming = list(reading.coming(session(), today))
        everybody = reading.people_of([*holding.values(), *waiting, *coming])
        return cls(today, holding, waiting, coming, dict(names_of(session(), everybody)))

    def row(self, rule: Dated[Any]) -> Row:
        return Row(
            rule,
            _in_a_line(rule, self.today),
            self._last(rule),
            [one for one in self.waiting if one.code == rule.code],
            [one for one in self.coming if one.code == rule.code],
        )

    def _last(self, rule: Dated[Any]) -> RuleVersion | None:
        """Return what began last of what holds: of a list, among all its entries."""
        found = (one for (code, _entry), one in self.holding.items() if code == rule.code)
        return max(found, key=lambda one: one.first_day, default=None)


def _in_a_line(rule: Dated[Any], today: date) -> str:
    if isinstance(rule, DatedList):
        return ", ".join(said(rule, value, entry) for entry, value in rule.on(today).items())
    return said(rule, rule.held(today))
