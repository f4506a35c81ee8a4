"""A table of running cases into cases: several rows tell of one, each of a need, a step, a service.

What is said of a case itself may stand in any of its rows, and must be the same where it stands
twice. A need, a goal and a step are known again by their words, and what is said of them again
must be what their first row says.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from reintegration.cases.services.registration import CaseFacts
from reintegration.cases.states import CONSENT_FOR, OLDEST, ConsentScope, Signatory
from reintegration.codelists.life_domains import Domain
from reintegration.codelists.people import AccessNeed, Sex
from reintegration.codelists.service_categories import ServiceCategory
from reintegration.codelists.spellings import SEX_WORDS, UNIT_WORDS, category_words, spoken_words
from reintegration.codelists.units import Unit
from reintegration.kernel.clock import local_day, now
from reintegration.kernel.errors import N_
from reintegration.kernel.money import Money
from reintegration.kernel.text import plain
from reintegration.plans.services.bringing_cases.columns import (
    ACCESS_WORDS,
    DOMAIN_WORDS,
    HEADERS,
    PRIORITY_WORDS,
    SCOPE_WORDS,
    SIGNATORY_WORDS,
)
from reintegration.plans.states import (
    LONGEST_GOAL,
    LONGEST_REMARK,
    LONGEST_STEP,
    LONGEST_WORDS,
    MOST_UNITS,
    Priority,
)
from reintegration.web.table_cells import CellError, Cells, Checked, Head, head_of
from reintegration.web.table_reading import Table

_OF_CASE = (
    *("case manager", "since", "consent on", "consent until", "agreed to", "agreed by"),
    *("language", "sex", "birth year", "district", "dependants", "access needs"),
    "places to avoid",
)


@dataclass(slots=True)
class NeedRead:
    """A need as it stands in a file, with the words of its goals and of each the person's own."""

    row: int
    description: str
    domain: Domain
    priority: Priority
    goals: dict[str, tuple[int, str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ServiceRead:
    """A planned service as it stands in a file."""

    row: int
    category: ServiceCategory
    unit: Unit
    units: int
    unit_price: Money
    ceiling: Money | None
    budget_line: str
    description: str


@dataclass(slots=True)
class StepRead:
    """A step as it stands in a file; `goal` is the plain need and goal that it serves."""

    row: int
    title: str
    domain: Domain
    starts_on: date
    due_on: date
    goal: tuple[str, str] | None
    reached_on: date | None
    evidence: str
    services: list[ServiceRead] = field(default_factory=list)


@dataclass(slots=True)
class CaseRead:
    """A case as several rows of a file tell it; `rows` says in which each fact of it stands."""

    row: int
    reference: str
    manager: str = ""
    since: date | None = None
    consent_on: date | None = None
    consent_until: date | None = None
    scopes: tuple[ConsentScope, ...] = ()
    signatory: Signatory = Signatory.PERSON
    facts: CaseFacts = field(default_factory=CaseFacts)
    needs: dict[str, NeedRead] = field(default_factory=dict)
    steps: dict[str, StepRead] = field(default_factory=dict)
    rows: Mapping[str, int] = field(default_factory=dict)
    last_need: str = ""
    last_step: str = ""

    @property
    def has_content(self) -> bool:
        """Whether a need or a step stands in the file."""
        return bool(self.needs or self.steps)

    @property
    def last_day(self) -> date | None:
        """Return the last day of the consent that stands in the file."""
        if self.consent_on is None:
            return None
        return self.consent_until or self.consent_on + CONSENT_FOR.today()


def check(table: Table) -> Checked[CaseRead]:
    """Return the cases that can be read, and what is wrong; the total counts cases."""
    head = head_of(table, HEADERS, ("case",))
    if head.problems:
        return Checked(0, (), head.problems, head.ignored, table.notes)
    grouped: dict[str, list[_CaseCells]] = {}
    errors: list[CellError] = []
    lists = _Lists(spoken_words(), category_words())
    for number, cells in table.rows:
        reader = _CaseCells(number, head, cells, lists)
        grouped.setdefault(plain(reader.called("case")), []).append(reader)
    cases: list[CaseRead] = []
    for readers in grouped.values():
        told = _told_of_case(readers)
        case = told.case(cases[-1].manager if cases else "")
        for reader in readers:
            reader.add_to(case)
        cases.append(case)
        errors += told.errors + [error for reader in readers for error in reader.errors]
    errors.sort(key=lambda error: error.row)
    return Checked(len(cases), tuple(cases), tuple(errors), head.ignored, table.notes)


@dataclass(frozen=True, slots=True)
class _Lists:
    """What languages and kinds of service may be called, looked up once for a file."""

    languages: Mapping[str, str]
    categories: Mapping[str, str]


def _told_of_case(readers: Sequence["_CaseCells"]) -> "_CaseCells":
    """Return one row with all that several say of their case; what they say twice is the same."""
    first, rows = readers[0], dict[str, int]()
    cells = [*first.cells, *[""] * (len(first.head.titles) - len(first.cells))]
    for name in _OF_CASE:
        index = first.head.places.get(name)
        if index is None:
            continue
        for reader in readers:
            said = reader.raw(name)
            if said and name not in rows:
                rows[name], cells[index] = reader.row, said
            elif said and plain(cells[index]) != plain(said):
                differs = N_("Row %(first)s says something else of this case.")
                reader.wrong(name, differs, first=rows[name])
    return _CaseCells(first.row, first.head, tuple(cells), first.lists, rows)


class _CaseCells(Cells):
    """The cells of one row, or of what several say of a case: `rows` says where each stands."""

    required = frozenset({"case"})
    whose = "case"

    def __init__(
        self,
        number: int,
        head: Head,
        cells: tuple[str, ...],
        lists: _Lists,
        rows: Mapping[str, int] | None = None,
    ) -> None:
        super().__init__(number, head, cells)
        self.lists, self.rows = lists, rows or {}

    def row_of(self, name: str) -> int:
        """Return in which row of the file a cell stands."""
        return self.rows.get(name, self.row)

    def case(self, manager: str) -> CaseRead:
        """Return what is said of the case itself."""
        consent_on = self.day("consent on")
        scopes = self.words("agreed to", SCOPE_WORDS, N_("Nobody agrees to “%(text)s” here."))
        case = CaseRead(
            row=self.row,
            reference=self.raw("case"),
            manager=self.email("case manager").lower() or manager,
            since=self.day("since"),
            consent_on=consent_on,
            consent_until=self.day("consent until"),
            scopes=tuple(map(ConsentScope, scopes)) or (ConsentScope.CASE_MANAGEMENT,),
            signatory=Signatory(
                self.word(
                    "agreed by",
                    SIGNATORY_WORDS,
                    N_("Write the person, a guardian or the authority."),
                    Signatory.PERSON,
                )
                or Signatory.PERSON
            ),
            facts=self._facts(),
            rows=self.rows,
        )
        if consent_on is None and (case.consent_until or scopes):
            self.wrong("consent on", N_("Say on which day the consent was signed."))
        return case

    def _facts(self) -> CaseFacts:
        unknown = N_("No such language here: “%(text)s”.")
        needs = self.words("access needs", ACCESS_WORDS, N_("No such need: “%(text)s”."))
        year = local_day(now()).year
        return CaseFacts(
            language=self.word("language", self.lists.languages, unknown, "ro") or "ro",
            sex=Sex(
                self.word("sex", SEX_WORDS, N_("Write woman or man, or nothing."))
                or Sex.UNSPECIFIED
            ),
            birth_year=self.number("birth year", year - OLDEST, year, None),
            territorial_unit=self.district("district") or None,
            dependants=self.number("dependants", 0, 20, 0),
            access_needs=tuple(map(AccessNeed, needs)),
            excluded_units=self.districts("places to avoid"),
        )

    def add_to(self, case: CaseRead) -> None:
        """Add what this row tells of a need, a goal, a step and a service."""
        self._add_need(case)
        goal = self._add_goal(case)
        self._add_step(case, goal)
        self._add_service(case)

    def _add_need(self, case: CaseRead) -> None:
        words = self.called("need", limit=LONGEST_WORDS)
        if not words:
            return
        case.last_need = plain(words)
        domain = self._domain("need area")
        priority = self.word(
            "priority", PRIORITY_WORDS, N_("Write urgent, high, medium or low."), Priority.MEDIUM
        )
        known = case.needs.get(case.last_need)
        if known is not None:
            kept = {"need area": known.domain, "priority": known.priority}
            self._compare(known.row, kept, {"need area": domain, "priority": priority})
            return
        if not self.raw("need area"):
            self.wrong("need area", N_("This cell is empty."))
        case.needs[case.last_need] = NeedRead(
            self.row, words, domain or Domain.SAFETY_HOUSING, Priority(priority or Priority.MEDIUM)
        )

    def _domain(self, name: str) -> Domain | None:
        found = self.word(name, DOMAIN_WORDS, N_("No such area of life: “%(text)s”."))
        return Domain(found) if found else None

    def _add_goal(self, case: CaseRead) -> tuple[str, str] | None:
        """Return which goal this row speaks of."""
        words = self.called("goal", limit=LONGEST_GOAL)
        own = self.text("own words", limit=LONGEST_WORDS)
        if not words:
            return None
        if case.last_need not in case.needs:
            self.wrong("goal", N_("A goal belongs to a need: write the need in this row."))
            return None
        row, _, kept = case.needs[case.last_need].goals.setdefault(
            plain(words), (self.row, words, own)
        )
        self._compare(row, {"own words": kept}, {"own words": own})
        return case.last_need, plain(words)

    def _add_step(self, case: CaseRead, goal: tuple[str, str] | None) -> None:
        title = self.called("step", limit=LONGEST_STEP)
        if not title:
            return
        case.last_step = plain(title)
        first, last = self.day("begins"), self.day("due")
        reached, domain = self.day("reached on"), self._domain("step area")
        evidence = self.text("evidence", limit=LONGEST_WORDS)
        known = case.steps.get(case.last_step)
        if known is not None:
            said = {"begins": first, "due": last, "reached on": reached, "evidence": evidence}
            self._compare(known.row, _kept(known), said | {"step area": domain, "goal": goal})
            return
        for name, day in (("begins", first), ("due", last)):
            if day is None and not self.raw(name):
                self.wrong(name, N_("This cell is empty."))
        need = case.needs.get(goal[0] if goal else case.last_need)
        domain = domain or (need.domain if need else None)
        if domain is None and not self.raw("step area"):
            self.wrong("step area", N_("This cell is empty."))
        if first and last and domain:
            case.steps[case.last_step] = StepRead(
                self.row, title, domain, first, last, goal, reached, evidence
            )

    def _add_service(self, case: CaseRead) -> None:
        unknown = N_("No such kind of service: “%(text)s”.")
        found = self.word("service", self.lists.categories, unknown)
        if not found:
            return
        category = ServiceCategory(found)
        currency = self.currency("currency")
        price, ceiling = self.money("unit price", currency), self.money("at most", currency)
        unit = self.word("unit", UNIT_WORDS, N_("No such unit: “%(text)s”."), category.unit)
        units, line = self.number("units", 1, MOST_UNITS, None), self.text("budget line")
        remark = self.text("remark", limit=LONGEST_REMARK)
        for name in ("unit price", "units", "budget line"):
            if not self.raw(name):
                self.wrong(name, N_("This cell is empty."))
        step = case.steps.get(case.last_step)
        if not case.last_step:
            self.wrong("step", N_("A service belongs to a step: write the step in this row."))
        if price and units and step is not None:
            step.services.append(
                ServiceRead(
                    *(self.row, category, Unit(unit or category.unit), units, price, ceiling),
                    *(line, remark),
                )
            )

    def _compare(self, first: int, kept: Mapping[str, object], said: Mapping[str, object]) -> None:
        """Note what this row says otherwise than the row that first told of the same thing."""
        for name, value in said.items():
            if value and self.raw(name) and value != kept[name]:
                differs = N_("Row %(first)s says something else of the same thing.")
                self.wrong(name, differs, first=first)


def _kept(step: StepRead) -> dict[str, object]:
    return {
        "begins": step.starts_on,
        "due": step.due_on,
        "reached on": step.reached_on,
        "evidence": step.evidence,
        "step area": step.domain,
        "goal": step.goal,
    }
