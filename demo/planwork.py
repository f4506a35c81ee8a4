"""Writing a plan: needs and goals, steps with their days, services with their money."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from demo.catalogue import WARES, ceiling_price, is_value, unit_of
from demo.funds import line_for
from demo.specs import CaseSpec, VoucherSpec
from demo.words import phrases
from demo.world import World
from providers.referrals.models import Referral
from reintegration.cases.models import CaseFile
from reintegration.codelists.eligibility import OF_AGE
from reintegration.codelists.life_domains import Domain
from reintegration.codelists.service_categories import ServiceCategory
from reintegration.kernel.actor import Actor
from reintegration.kernel.money import Money
from reintegration.plans.models import Goal, Milestone, Plan, PlanLine
from reintegration.plans.services import needs, plan_lines, planning
from reintegration.plans.services.plan_lines import Service
from reintegration.plans.services.planning import Step
from reintegration.plans.states import Priority


@dataclass
class LineWork:
    """A service to be planned, with the vouchers that will be issued on it."""

    category: ServiceCategory
    currency: str
    is_open: bool
    vouchers: list[VoucherSpec] = field(default_factory=list)
    is_spare: bool = False
    line: PlanLine | None = None
    referral: Referral | None = None

    @property
    def domain(self) -> Domain:
        """Return where it belongs in a life."""
        return self.category.domain

    @property
    def size(self) -> int:
        """Return how many units, or how much money, is planned."""
        if self.is_spare:
            low, high = WARES[self.category].usual
            return (low + high) // 2
        return sum(one.size for one in self.vouchers)


def lines_of(spec: CaseSpec) -> list[LineWork]:
    """Return the services of a case, one for each category, currency and way of use."""
    found: dict[tuple[ServiceCategory, str, bool], LineWork] = {}
    for voucher in spec.vouchers:
        key = (voucher.category, voucher.currency, voucher.is_open)
        found.setdefault(key, LineWork(*key)).vouchers.append(voucher)
    used = {work.category for work in found.values()}
    if spec.spare or not found:
        free = next(one for one in _SPARE_CATEGORIES if one not in used)
        found[(free, "MDL", False)] = LineWork(free, "MDL", is_open=False, is_spare=True)
    return list(found.values())


_C = ServiceCategory
_SPARE_CATEGORIES = (
    _C.MENTAL_HEALTH,
    _C.EMPLOYMENT,
    _C.TRANSPORT,
    _C.MEDICAL,
    _C.LEGAL_AID,
    _C.CHILDCARE,
    _C.FAMILY_MEDIATION,
    _C.SHELTER,
    _C.INTERPRETATION,
    _C.DOCUMENTS,
)


class PlanWriter:
    """A case manager at the plan of one case."""

    def __init__(self, world: World, spec: CaseSpec, case: CaseFile) -> None:
        self.world, self.spec, self.case = world, spec, case
        self.goals: dict[Domain, Goal] = {}
        self.plan: Plan | None = None

    def write_needs(self, domains: Iterable[Domain]) -> None:
        """Note what is missing and what the person wants."""
        ranks = (Priority.URGENT, Priority.HIGH, Priority.MEDIUM, Priority.LOW)
        for number, domain in enumerate(domains):
            words = phrases(self.spec.language, domain, self.spec.number)
            need = needs.add_need(
                self.world.session,
                self.case,
                actor=self._actor,
                domain=domain,
                priority=ranks[min(number, 3)],
                description=words.need,
                now=self.world.now,
            )
            self.goals[domain] = needs.add_goal(
                self.world.session,
                need,
                actor=self._actor,
                description=words.goal,
                own_words=words.own,
                now=self.world.now,
            )

    def write_plan(self, works: list[LineWork]) -> Plan:
        """Write a step for each area of life, with its services, and one that waits for it."""
        session, now = self.world.session, self.world.now
        plan = planning.start_plan(session, self.case, actor=self._actor, now=now)
        self.plan = plan
        for turn, domain in enumerate(self.goals):
            mine = [work for work in works if work.domain is domain]
            first = self._add_step(domain, 0, self._due(mine, turn), ())
            for work in mine:
                self.add_service(first, work)
            if turn == 0:
                later = first.due_on + timedelta(days=45)
                self._add_step(domain, 1, later, (first,))
        return plan

    def add_service(self, milestone: Milestone, work: LineWork) -> None:
        """Plan a service on a step."""
        assert self.plan is not None
        key = line_for(
            work.category,
            work.currency,
            left_bank=self.spec.unit in ("MD-SN", "MD-BD"),
            child=self.world.today.year - self.spec.birth_year < OF_AGE,
        )
        if is_value(work.category):
            units, price = 1, Money(work.size, work.currency)
        else:
            units, price = work.size, ceiling_price(work.category, work.currency)
        work.line = plan_lines.add_line(
            self.world.session,
            milestone,
            actor=self._actor,
            category=work.category,
            service=Service(unit_of(work.category), units, price, self.world.lines[key].id),
            revision=self.plan.revision,
            now=self.world.now,
        )

    def add_late_step(self, domain: Domain) -> None:
        """Add a step to a plan that was approved before: it becomes a changed one."""
        self._add_step(domain, 1, self.world.today + timedelta(days=40), ())

    def _add_step(
        self, domain: Domain, number: int, due: date, after: tuple[Milestone, ...]
    ) -> Milestone:
        assert self.plan is not None
        words = phrases(self.spec.language, domain, self.spec.number)
        starts = max((one.due_on for one in after), default=min(self.world.day, due))
        step = Step(
            title=words.steps[number],
            domain=domain,
            starts_on=starts,
            due_on=max(due, starts),
            goal_id=self.goals[domain].id if domain in self.goals else None,
            waits_for=frozenset(one.id for one in after),
        )
        return planning.add_milestone(
            self.world.session,
            self.plan,
            actor=self._actor,
            step=step,
            revision=self.plan.revision,
            now=self.world.now,
        )

    def _due(self, works: list[LineWork], turn: int) -> date:
        """Return when a step should be reached: after its vouchers, or sooner than was possible."""
        days = [one.days for work in works for one in work.vouchers]
        if not days:
            return self.world.day + timedelta(days=30 + 15 * turn)
        if (self.spec.number + turn) % 4 == 0:
            return max(self.world.ago(min(days)) - timedelta(days=12), self.world.day)
        return self.world.ago(min(days)) + timedelta(days=35)

    @property
    def _actor(self) -> Actor:
        return self.world.actor(self.spec.manager)
