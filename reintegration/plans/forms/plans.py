"""The forms of needs, goals, the plan and the decision on it."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date
from types import MappingProxyType
from typing import Any, ClassVar
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from reintegration.codelists.life_domains import Domain
from reintegration.codelists.service_categories import ServiceCategory
from reintegration.codelists.units import Unit
from reintegration.kernel.errors import DomainError
from reintegration.kernel.money import Money
from reintegration.plans.models import Goal, Milestone, PlanLine
from reintegration.plans.queries.provision import BudgetChoice
from reintegration.plans.services.needs import GoalSaid, NeedSaid
from reintegration.plans.services.plan_lines import Service
from reintegration.plans.services.planning import Stale, Step
from reintegration.plans.states import (
    LONGEST_GOAL,
    LONGEST_REMARK,
    LONGEST_RESULT,
    LONGEST_STEP,
    LONGEST_WORDS,
    MOST_UNITS,
    Priority,
)
from reintegration.web import filters
from reintegration.web.forms import (
    After,
    CountField,
    DayField,
    Form,
    MoneyField,
    choices,
    option,
    pressed,
)


class NeedForm(Form):
    """What is missing, where, and how soon it must be met."""

    description = TextAreaField(
        _l("What is missing"),
        description=_l("In a few plain words. What happened to the person does not belong here."),
        validators=[InputRequired(_l("Write it in a few words.")), Length(max=LONGEST_WORDS)],
    )
    domain = SelectField(_l("Area of life"), choices=choices(Domain))
    priority = SelectField(_l("How soon"), choices=choices(Priority))

    def said(self) -> NeedSaid:
        """Return what was typed, once it is valid."""
        return {
            "domain": Domain(self.domain.data),
            "priority": Priority(self.priority.data),
            "description": self.description.data or "",
        }


class GoalForm(Form):
    """What the person wants to reach."""

    description = StringField(
        _l("Goal"),
        description=_l("Something that one can see is reached."),
        validators=[InputRequired(_l("Write it in a few words.")), Length(max=LONGEST_GOAL)],
    )
    own_words = TextAreaField(
        _l("In the person's own words"),
        description=_l("As it was said, in the language in which it was said. May stay empty."),
        validators=[Optional(), Length(max=LONGEST_WORDS)],
    )

    def said(self) -> GoalSaid:
        """Return what was typed, once it is valid."""
        description, own_words = self.description.data or "", self.own_words.data or ""
        return {"description": description, "own_words": own_words}


class NewNeedForm(NeedForm):
    """A need that is written down, and at once, if the person knows it, what should be instead."""

    goal = StringField(
        _l("What should be instead (optional)"),
        description=_l("The goal: something that one can see is reached. It can be added later."),
        validators=[Length(max=LONGEST_GOAL)],
    )
    own_words = TextAreaField(
        _l("In the person's own words"),
        description=_l("As it was said, in the language in which it was said. May stay empty."),
        validators=[Optional(), Length(max=LONGEST_WORDS)],
    )

    def validate_goal(self, field: StringField) -> None:
        """Refuse the person's own words about a goal that is not written down."""
        if self.own_words.data and not field.data:
            raise ValidationError(str(_l("Write the goal too that these words are about.")))

    def said_goal(self) -> GoalSaid | None:
        """Return what was typed about a goal, once it is valid."""
        if not self.goal.data:
            return None
        return {"description": self.goal.data, "own_words": self.own_words.data or ""}


class PlanEditForm(Form):
    """An edit names the revision that its author read."""

    revision = HiddenField()

    @property
    def read_revision(self) -> int:
        """Return that revision; 0 when it is missing or no number, which is always stale."""
        text = str(self.revision.data or "")
        return int(text) if text.isdigit() else 0

    def catch_up(self, revision: int) -> None:
        """Name the present revision after a refusal: sending again is a choice made knowingly."""
        if self.refused is not None:
            self.revision.data = str(revision)


class ComparedForm(PlanEditForm):
    """An edit whose page shows, after a clash, what was changed meanwhile: that says it all."""

    def refuse(self, error: DomainError) -> None:
        """Show a clash on the page, and any other refusal beside its field."""
        super().refuse(error)
        if isinstance(error, Stale):
            self.form_errors.clear()


class MilestoneForm(ComparedForm):
    """A step of the plan."""

    title = StringField(
        _l("Step"),
        description=_l("What will be reached, so that everyone can see that it is."),
        validators=[InputRequired(_l("Give the step a name.")), Length(max=LONGEST_STEP)],
    )
    goal_id = SelectField(_l("Goal that it serves"), validators=[Optional()])
    domain = SelectField(
        _l("Area of life"), choices=lambda: [option("", _l("That of the goal")), *choices(Domain)]
    )
    starts_on = DayField(_l("First day"), validators=[InputRequired(_l("Choose a day."))])
    due_on = DayField(
        _l("Last day"),
        validators=[
            InputRequired(_l("Choose a day.")),
            After("starts_on", _l("The last day lies before the first.")),
        ],
    )
    waits_for = SelectMultipleField(_l("Waits for"), validators=[Optional()])
    domain_of: Mapping[str, Domain] = MappingProxyType({})

    def offer(self, goals: Sequence[Goal], others: Sequence[Milestone]) -> None:
        """Offer the goals of the person and the other steps of the plan."""
        self.domain_of = {str(goal.id): Domain(goal.need.domain) for goal in goals}
        self.goal_id.choices = [
            option("", _("None of them")),
            *(option(goal.id, goal.description) for goal in goals),
        ]
        self.waits_for.choices = [
            option(other.id, f"{other.title} ({filters.day(other.due_on)})") for other in others
        ]

    def validate_domain(self, field: SelectField) -> None:
        """Ask for the area of a step that serves no goal."""
        if not field.data and self.goal_id.data not in self.domain_of:
            raise ValidationError(str(_l("Choose an area of life, or the goal that it serves.")))

    def show(self, milestone: Milestone) -> None:
        """Fill in what stands in the plan."""
        self.title.data, self.domain.data = milestone.title, milestone.domain
        self.goal_id.data = str(milestone.goal_id or "")
        self.starts_on.data, self.due_on.data = milestone.starts_on, milestone.due_on
        self.waits_for.data = [str(waits.depends_on_id) for waits in milestone.dependencies]

    def step(self) -> Step:
        """Return what was typed, once it is valid."""
        first, last = self.starts_on.data, self.due_on.data
        assert isinstance(first, date)
        assert isinstance(last, date)
        return Step(
            title=self.title.data or "",
            domain=Domain(self.domain.data or self.domain_of[self.goal_id.data]),
            starts_on=first,
            due_on=last,
            goal_id=UUID(self.goal_id.data) if self.goal_id.data else None,
            waits_for=frozenset(UUID(value) for value in self.waits_for.data or ()),
        )


def _services() -> list[Any]:
    """Return the services in the order of the areas of life."""
    areas = list(Domain)
    in_order = sorted(ServiceCategory.offered(), key=lambda service: areas.index(service.domain))
    return choices(in_order)


class NewMilestoneForm(MilestoneForm):
    """A step that is added, and the first service that it needs."""

    category = SelectField(
        _l("Service that it needs (optional)"),
        validators=[Optional()],
        choices=lambda: [option("", _l("None, or chosen later")), *_services()],
        description=_l("How much of it is asked next. More services can be added."),
    )


class CategoryForm(Form):
    """Which service, for which step: the first half of adding one."""

    milestone = SelectField(_l("For which step"))
    category = SelectField(_l("Which service"), choices=_services)

    def offer(self, steps: Sequence[Milestone]) -> None:
        """Offer the steps."""
        self.milestone.choices = [option(step.id, step.title) for step in steps]


class LineForm(ComparedForm):
    """How much of a service, at what price, from which budget line."""

    description = StringField(
        _l("What exactly"),
        description=_l("Only what is not clear from the service. Providers do not see it."),
        validators=[Optional(), Length(max=LONGEST_REMARK)],
    )
    unit = SelectField(_l("Counted in"), choices=[option(unit, _l(unit.many)) for unit in Unit])
    units = CountField(
        _l("How many"),
        validators=[
            InputRequired(_l("Write a number.")),
            NumberRange(1, MOST_UNITS, _l("Plan at least one, and at most 10,000.")),
        ],
    )
    unit_price = MoneyField(_l("Price of one"), validators=[InputRequired(_l("Write an amount."))])
    ceiling = MoneyField(
        _l("At most, in total"),
        description=_l("Leave empty for the number times the price."),
        validators=[Optional()],
    )
    budget_line_id = SelectField(
        _l("Budget line"), validators=[InputRequired(_l("Choose what pays for it."))]
    )

    def offer(self, budget: Sequence[BudgetChoice]) -> None:
        """Offer the budget lines, each with what is free; amounts are in the chosen one's money.

        Nothing is chosen before a person chooses, unless there is one alone.
        """
        self.budget_line_id.choices = budget_options(budget)
        chosen = next(
            (c.free.currency for c in budget if str(c.id) == self.budget_line_id.data), None
        )
        for field in (self.unit_price, self.ceiling):
            field.currency = chosen or field.currency
            if field.raw_text:
                with suppress(ValueError):  # it was said already, when the form was read
                    field.process_formdata([field.raw_text])

    def show(self, line: PlanLine) -> None:
        """Fill in what stands in the plan."""
        self.description.data, self.unit.data = line.description, line.unit
        self.units.data = line.units
        self.unit_price.data = line.unit_price  # type: ignore[assignment]
        if line.ceiling != line.unit_price * line.units:
            self.ceiling.data = line.ceiling  # type: ignore[assignment]
        self.budget_line_id.data = str(line.budget_line_id)

    def service(self) -> Service:
        """Return what was typed, once it is valid."""
        price, ceiling = self.unit_price.data, self.ceiling.data
        assert isinstance(price, Money)
        return Service(
            unit=Unit(self.unit.data),
            units=self.units.data or 0,
            unit_price=price,
            budget_line_id=UUID(self.budget_line_id.data),
            ceiling=ceiling if isinstance(ceiling, Money) else None,
            description=self.description.data or "",
        )


class RemoveForm(PlanEditForm):
    """Taking something out of the plan."""


class EvidenceForm(Form):
    """That a step is reached, since when, and how one knows."""

    evidence = TextAreaField(
        _l("How do you know"),
        description=_l("What was seen or shown, such as “has the new identity card”."),
        validators=[
            InputRequired(_l("Say how you know that this is reached.")),
            Length(max=LONGEST_WORDS),
        ],
    )
    on = DayField(_l("Reached on"), validators=[InputRequired(_l("Choose a day."))])


class ReasonForm(Form):
    """Why a step was not reached or is dropped."""

    reason = TextAreaField(
        _l("Why"),
        description=_l("Others will need to understand this later."),
        validators=[InputRequired(_l("Give a reason.")), Length(max=LONGEST_WORDS)],
    )


class ReviewForm(Form):
    """That the plan was gone through with the person, and when it will be again."""

    held_on = DayField(_l("Held on"), validators=[InputRequired(_l("Choose a day."))])
    result = TextAreaField(
        _l("What came of it"),
        description=_l("In a few words: what goes well, what must change."),
        validators=[
            InputRequired(_l("Say in a few words what came of it.")),
            Length(max=LONGEST_RESULT),
        ],
    )
    next_on = DayField(_l("Next review on"), validators=[InputRequired(_l("Choose a day."))])


class SendForm(PlanEditForm):
    """Sending the plan that one has read."""


class DecisionForm(Form):
    """Approving or returning a version; `decision` is the button that was pressed."""

    called: ClassVar = {"reason": "comment"}

    decision = pressed("approve", "return")
    number = HiddenField()
    comment = TextAreaField(
        _l("Comment"),
        description=_l("Needed when you return the plan: say what should be different."),
        validators=[Optional(), Length(max=1000)],
    )

    @property
    def read_number(self) -> int:
        """Return the version that was read; 0 when it is missing."""
        text = str(self.number.data or "")
        return int(text) if text.isdigit() else 0


def budget_options(budget: Sequence[BudgetChoice]) -> list[Any]:
    """Return the options of a choice of budget lines, each with what is free on it.

    The first is no line, unless one alone is to be had.
    """
    none = [option("", _l("Choose…"))] if len(budget) > 1 else []
    return none + [
        option(
            choice.id,
            _("%(line)s (%(sum)s free)", line=choice.label, sum=filters.money(choice.free)),
        )
        for choice in budget
    ]
