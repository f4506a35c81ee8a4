"""A case at each provider that is paid in euro, for whom something is delivered every month."""

from collections.abc import Sequence
from datetime import timedelta

from demo.funds import line_for
from demo.payments import CYCLES, LAST
from demo.people import CASE_MANAGERS
from demo.ready_case import Helpers, ReadyLine, ready_lines
from demo.timeline import Story, at
from demo.world import Firm, World
from providers.directory.models import Offering
from providers.directory.states import OfferingState
from reintegration.codelists.service_categories import ServiceCategory
from reintegration.codelists.units import Unit
from reintegration.kernel.ids import new_id
from reintegration.plans.services.plan_lines import Service
from vouchers.voucher.services import issuing
from vouchers.voucher.services.redemption import Delivery, redeem

FIRMS = ("scoala-2", "drept", "most", "cimislia")
_BEGAN = 357
_BEFORE_A_CLAIM = 5
_DAYS = [*(LAST + _BEFORE_A_CLAIM + 30 * number for number in range(CYCLES - 1, -1, -1)), 5]
"""How many days ago something was delivered: before each cycle, and lately."""
_VALID = timedelta(days=7)


def deliveries(world: World, key: str) -> Story:
    """Have one unit delivered before every claim of the year."""
    yield at(world.ago(_BEGAN), 11)
    firm = world.firms[key]
    ready = _ready(world, firm)
    for line, days in zip(ready, _DAYS, strict=True):
        yield at(world.ago(days), 11)
        _deliver(world, firm, line)


def _ready(world: World, firm: Firm) -> Sequence[ReadyLine]:
    """Open the case, with a line of the plan for each delivery."""
    offering = _cheapest(firm)
    budget_line = world.lines[line_for(ServiceCategory(offering.category), "EUR")]
    first = CASE_MANAGERS[0]
    helpers = Helpers(
        manager=world.actor(first.key),
        supervisor=world.actor(first.supervisor or ""),
        coordinator=world.actor(firm.coordinator),
    )
    service = Service(Unit(offering.unit), 1, offering.price, budget_line.id)
    return list(
        ready_lines(
            world.session,
            helpers,
            offering,
            service,
            len(_DAYS),
            lasts=timedelta(days=_BEGAN),
            now=world.now,
        )
    )


def _cheapest(firm: Firm) -> Offering:
    found = (
        one
        for one in firm.offerings
        if one.currency == "EUR" and one.state == OfferingState.APPROVED
    )
    return min(found, key=lambda one: (one.price_minor, one.category))


def _deliver(world: World, firm: Firm, ready: ReadyLine) -> None:
    promise = issuing.Promise(
        ready.line,
        referral=ready.referral,
        units=1,
        valid_from=world.day,
        valid_until=world.day + _VALID,
    )
    voucher, secrets = issuing.issue(world.session, promise, actor=ready.manager, now=world.now)
    assert secrets is not None
    delivery = Delivery(key=str(new_id()), voucher_id=voucher.id, units=1, pin=secrets.pin)
    redeem(world.session, actor=world.actor(firm.reception), now=world.now, delivery=delivery)
