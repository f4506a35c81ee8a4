"""Needs, goals, the plan with its milestones and lines, and its submitted versions.

Milestones and lines are stable rows that vouchers point to. What a supervisor approved is copied
into the `approved_…` columns of each line; editing afterwards changes nothing that was approved.
A version is a snapshot: what was submitted, for comparison.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from reintegration.codelists.life_domains import Domain
from reintegration.codelists.service_categories import ServiceCategory
from reintegration.codelists.units import Unit
from reintegration.kernel.base import Base, Currency, Id, Minor
from reintegration.kernel.money_columns import MoneyColumns
from reintegration.kernel.signing import apart
from reintegration.plans.states import LineOrigin, MilestoneState, PlanState, Priority, VersionState


class Need(Base):
    """What is missing in an area of life."""

    __tablename__ = "need"

    id: Mapped[Id]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    domain: Mapped[Domain]
    priority: Mapped[Priority]
    description: Mapped[str]
    created_at: Mapped[datetime]
    met_at: Mapped[datetime | None]

    goals: Mapped[list["Goal"]] = relationship(back_populates="need", order_by="Goal.created_at")


class Goal(Base):
    """What the person wants to reach; `own_words` keeps how they said it."""

    __tablename__ = "goal"

    id: Mapped[Id]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    need_id: Mapped[UUID] = mapped_column(ForeignKey("need.id"))
    description: Mapped[str]
    own_words: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]

    need: Mapped[Need] = relationship(back_populates="goals")


class Plan(Base):
    """The one plan of a case."""

    __tablename__ = "plan"

    id: Mapped[Id]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), unique=True)
    state: Mapped[PlanState] = mapped_column(default=PlanState.DRAFT)
    revision: Mapped[int] = mapped_column(default=1)
    submitted_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    submitted_for: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    last_edited_by: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    last_edited_for: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    written_by: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), default=list)
    """Everybody who wrote any part of it since it was approved: none of them decides on it."""
    approved_version: Mapped[int | None]
    approved_at: Mapped[datetime | None]
    review_on: Mapped[date | None]
    review_told_of: Mapped[date | None]
    """The day of review that the manager was told is there."""
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    milestones: Mapped[list["Milestone"]] = relationship(
        back_populates="plan", order_by="(Milestone.due_on, Milestone.created_at)"
    )
    versions: Mapped[list["PlanVersion"]] = relationship(
        back_populates="plan", order_by="PlanVersion.number"
    )
    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy's own form
    __table_args__ = (
        Index(
            "ix_plan_review_untold",
            "review_on",
            postgresql_where="review_told_of IS DISTINCT FROM review_on",
        ),
    )


class PlanVersion(Base):
    """What was submitted, as data, and what was decided about it."""

    __tablename__ = "plan_version"

    id: Mapped[Id]
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("plan.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"))
    number: Mapped[int]
    state: Mapped[VersionState] = mapped_column(default=VersionState.SUBMITTED)
    snapshot: Mapped[dict[str, Any]] = mapped_column(JSONB)
    submitted_by: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    submitted_for: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    written_by: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), default=list)
    """Who wrote what stands in it, as the plan knew when it was sent."""
    submitted_at: Mapped[datetime]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    decided_for: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None]
    comment: Mapped[str] = mapped_column(default="")

    plan: Mapped[Plan] = relationship(back_populates="versions")

    __table_args__ = (
        UniqueConstraint("plan_id", "number"),
        CheckConstraint(
            f"{apart('decided_by', 'submitted_by')}"
            " AND NOT (ARRAY[decided_by, decided_for] && written_by)",
            "four_eyes",
        ),
    )


class Milestone(Base):
    """A step that can be seen to be reached."""

    __tablename__ = "milestone"

    id: Mapped[Id]
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("plan.id"), index=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    goal_id: Mapped[UUID | None] = mapped_column(ForeignKey("goal.id"))
    domain: Mapped[Domain]
    title: Mapped[str]
    starts_on: Mapped[date]
    due_on: Mapped[date]
    state: Mapped[MilestoneState] = mapped_column(default=MilestoneState.PLANNED)
    evidence: Mapped[str] = mapped_column(default="")
    completed_on: Mapped[date | None]
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    """When it was taken out of the plan; its lines may still be paid."""
    due_told_of: Mapped[date | None]
    """The day of which the manager was told that the step is due then."""
    late_told_of: Mapped[date | None]
    """The day since which the manager was told that the step is late."""

    plan: Mapped[Plan] = relationship(back_populates="milestones")
    goal: Mapped[Goal | None] = relationship()
    lines: Mapped[list["PlanLine"]] = relationship(
        back_populates="milestone", order_by="PlanLine.created_at"
    )
    dependencies: Mapped[list["MilestoneDependency"]] = relationship(
        foreign_keys="MilestoneDependency.milestone_id", cascade="all, delete-orphan"
    )

    __table_args__ = (
        CheckConstraint("due_on >= starts_on", "dates"),
        Index("ix_milestone_due", "due_on", "state"),
        Index(
            "ix_milestone_due_untold",
            "due_on",
            postgresql_where="state IN ('planned', 'in_progress') AND removed_at IS NULL"
            " AND due_told_of IS DISTINCT FROM due_on",
        ),
        Index(
            "ix_milestone_late_untold",
            "due_on",
            postgresql_where="state IN ('planned', 'in_progress') AND removed_at IS NULL"
            " AND late_told_of IS DISTINCT FROM due_on",
        ),
    )


class MilestoneDependency(Base):
    """`milestone` waits for `depends_on`."""

    __tablename__ = "milestone_dependency"

    milestone_id: Mapped[UUID] = mapped_column(
        ForeignKey("milestone.id", ondelete="CASCADE"), primary_key=True
    )
    depends_on_id: Mapped[UUID] = mapped_column(
        ForeignKey("milestone.id", ondelete="CASCADE"), primary_key=True
    )
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"))

    __table_args__ = (CheckConstraint("milestone_id <> depends_on_id", "not_itself"),)


class PlanLine(Base):
    """A planned service. `ceiling` is the most that it may cost, in the line's currency.

    `budget_line_id` points to a budget line, which a floor above keeps.
    """

    __tablename__ = "plan_line"

    id: Mapped[Id]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    milestone_id: Mapped[UUID] = mapped_column(ForeignKey("milestone.id"), index=True)
    origin: Mapped[LineOrigin] = mapped_column(default=LineOrigin.PLAN)
    category: Mapped[ServiceCategory]
    description: Mapped[str] = mapped_column(default="")
    unit: Mapped[Unit]
    units: Mapped[int]
    unit_price_minor: Mapped[Minor]
    ceiling_minor: Mapped[Minor]
    currency: Mapped[Currency]
    budget_line_id: Mapped[UUID] = mapped_column(ForeignKey("budget_line.id"))
    approved_units: Mapped[int] = mapped_column(default=0)
    approved_unit_price_minor: Mapped[Minor] = mapped_column(default=0)
    approved_ceiling_minor: Mapped[Minor] = mapped_column(default=0)
    approved_budget_line_id: Mapped[UUID | None] = mapped_column(ForeignKey("budget_line.id"))
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]

    unit_price = MoneyColumns()
    """The planned price of one unit."""
    ceiling = MoneyColumns()
    """The most that the line may cost."""
    approved_unit_price = MoneyColumns()
    """The price that was approved; zero before any approval."""
    approved_ceiling = MoneyColumns()
    """The most that was approved; zero before any approval."""

    milestone: Mapped[Milestone] = relationship(back_populates="lines")
    delivery: Mapped["PlanLineDelivery | None"] = relationship(lazy="joined")

    __table_args__ = (
        CheckConstraint("units > 0 AND unit_price_minor > 0 AND ceiling_minor > 0", "positive"),
    )

    @property
    def is_approved(self) -> bool:
        """Whether there is an approved ceiling to spend from."""
        return self.removed_at is None and self.approved_ceiling.minor > 0

    @property
    def is_as_approved(self) -> bool:
        """Whether nothing that decides on its money was changed since it was approved."""
        now = (self.units, self.unit_price, self.ceiling, self.budget_line_id)
        then = (
            self.approved_units,
            self.approved_unit_price,
            self.approved_ceiling,
            self.approved_budget_line_id,
        )
        return self.is_approved and now == then

    def approve(self) -> None:
        """Copy the working values; a service that was taken out keeps nothing to spend from."""
        gone = self.removed_at is not None
        self.approved_units = 0 if gone else self.units
        self.approved_unit_price_minor = 0 if gone else self.unit_price_minor
        self.approved_ceiling_minor = 0 if gone else self.ceiling_minor
        self.approved_budget_line_id = None if gone else self.budget_line_id


DELIVERED_COUNT = "CASE WHEN units = 0 THEN amount_minor ELSE units END"
NEW_DELIVERIES = f"{DELIVERED_COUNT} <> considered_units"


class PlanLineDelivery(Base):
    """What was delivered on a line: counts only, so that a redemption can keep them.

    A line that is money counts minor units and no units, every other one units.

    It stands in the service plane: whoever redeems sees neither the line nor its case.
    """

    __tablename__ = "plan_line_delivery"

    plan_line_id: Mapped[UUID] = mapped_column(ForeignKey("plan_line.id"), primary_key=True)
    units: Mapped[int] = mapped_column(default=0)
    amount_minor: Mapped[Minor] = mapped_column(default=0)
    last_on: Mapped[date | None]
    considered_units: Mapped[int] = mapped_column(default=0)
    """What the milestone was last moved for; a job works off the difference."""

    __table_args__ = (
        CheckConstraint("units >= 0 AND amount_minor >= 0", "not_negative"),
        Index("ix_plan_line_delivery_new", "plan_line_id", postgresql_where=text(NEW_DELIVERIES)),
    )
