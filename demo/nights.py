"""Emergency starts: a bed and a ride at night, and the second person's word afterwards."""

from datetime import timedelta

from sqlalchemy import select

from demo import words
from demo.cases import CaseStory, facts_of, identity_of, signatory_of
from demo.specs import CaseSpec
from demo.timeline import Story, at
from demo.world import Firm, World, district_of
from providers.directory.models import Offering
from providers.directory.states import OfferingState
from providers.referrals.services.matching import distance_km
from reintegration.cases.models import CaseFile
from reintegration.codelists.service_categories import ServiceCategory
from reintegration.kernel.ids import new_id
from reintegration.plans.models import EmergencyStart, PlanLine
from reintegration.plans.services import emergency, emergency_decision
from reintegration.plans.services.emergency import Funding, TonightNeeds
from reintegration.plans.states import LineOrigin
from vouchers.voucher.models import Redemption, Voucher
from vouchers.voucher.services import confirmation, issuing
from vouchers.voucher.services.redemption import Delivery, redeem
from vouchers.voucher.states import OPEN_STATES

_NIGHTS, _RIDES = 3, 1


class NightStory:
    """A case that began at the door."""

    def __init__(self, world: World, spec: CaseSpec) -> None:
        self.world, self.spec = world, spec
        self.held: list[tuple[Voucher, str, Firm]] = []

    def tell(self) -> Story:
        """Start at night, use what was promised, decide, and go on as any other case."""
        yield at(self.world.ago(self.spec.opened), 22, 40)
        started = self._start()
        if self.spec.emergency == "pending":
            yield self.world.now + timedelta(minutes=20)
            self._deliver(_RIDES, ServiceCategory.TRANSPORT)
            return
        yield self.world.now + timedelta(minutes=20)
        self._deliver(_RIDES, ServiceCategory.TRANSPORT)
        yield self.world.now + timedelta(hours=10)
        self._deliver(1, ServiceCategory.SHELTER)
        yield self.world.now + timedelta(hours=4)
        if self.spec.emergency != "overdue":
            self._decide(started)
        if self.spec.emergency == "ratified":
            yield self.world.now + timedelta(days=2)
            self._deliver(_NIGHTS - 1, ServiceCategory.SHELTER)
        case = self.world.session.get_one(CaseFile, started.case_id)
        story = CaseStory(self.world, self.spec)
        story.begin(case)
        yield from story.go_on()

    def _start(self) -> EmergencyStart:
        world, line = self.world, self.world.lines["night"]
        world.session.refresh(line)
        started = emergency.start_new(
            world.session,
            actor=world.actor(self.spec.manager),
            facts=facts_of(self.spec),
            identity=identity_of(world, self.spec),
            needs=TonightNeeds(nights=_NIGHTS, rides=_RIDES),
            funding=Funding(line.id, line.available, "Noaptea în siguranță"),
            consent_locale=self.spec.language,
            signatory=signatory_of(world, self.spec),
            now=world.now,
            circumstances=words.CIRCUMSTANCES[self.spec.number % len(words.CIRCUMSTANCES)],
        )
        case = world.session.get_one(CaseFile, started.case_id)
        world.assign(case)
        for plan_line in world.session.scalars(
            select(PlanLine)
            .where(PlanLine.case_id == case.id, PlanLine.origin == LineOrigin.EMERGENCY)
            .order_by(PlanLine.category)
        ).all():
            self._issue(plan_line)
        return started

    def _issue(self, plan_line: PlanLine) -> None:
        world = self.world
        firm, offering = self._nearest(plan_line.category)
        promise = issuing.Promise(
            plan_line,
            offering=offering,
            units=plan_line.units,
            valid_from=world.day,
            valid_until=world.day + timedelta(days=7),
        )
        voucher, secrets = issuing.issue(
            world.session, promise, actor=world.actor(self.spec.manager), now=world.now
        )
        assert secrets is not None
        self.held.append((voucher, secrets.pin or "", firm))

    def _nearest(self, category: str) -> tuple[Firm, Offering]:
        return min(
            (
                (firm, offering)
                for firm, offering in self.world.offerings()
                if offering.category == category
                and offering.currency == "MDL"
                and offering.state == OfferingState.APPROVED
                and firm.key not in ("taxi-nord", "casa-lina", "cantemir")
            ),
            key=lambda pair: (distance_km(district_of(pair[1]), self.spec.unit), pair[0].key),
        )

    def _deliver(self, units: int, category: ServiceCategory) -> None:
        session = self.world.session
        for voucher, pin, firm in self.held:
            session.refresh(voucher)
            if voucher.category != category or voucher.standing(self.world.day) not in OPEN_STATES:
                continue
            by_pin = voucher.proof == "pin"
            outcome = redeem(
                session,
                actor=self.world.actor(firm.reception),
                now=self.world.now,
                delivery=Delivery(
                    key=str(new_id()),
                    voucher_id=voucher.id,
                    units=units,
                    pin=pin if by_pin else None,
                ),
            )
            if not by_pin:
                found = session.get_one(Redemption, outcome.redemption_id)
                confirmation.confirm(
                    session, found, actor=self.world.actor(self.spec.manager), now=self.world.now
                )

    def _decide(self, started: EmergencyStart) -> None:
        supervisor = self.world.actor(self.spec.supervisor)
        if self.spec.emergency == "refused":
            emergency_decision.refuse(
                self.world.session,
                started,
                actor=supervisor,
                now=self.world.now,
                comment="De mâine o poate primi sora ei: restul nu mai este nevoie.",
            )
        else:
            emergency_decision.ratify(
                self.world.session,
                started,
                actor=supervisor,
                comment="De acord.",
                now=self.world.now,
            )
