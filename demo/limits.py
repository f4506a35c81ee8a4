"""What the institution set: a rule that changed, one that will, one that waits, one declined."""

from datetime import date, timedelta
from typing import Any

from demo.timeline import Story, at
from demo.world import World
from reintegration.accounts.services.deputies import LONGEST
from reintegration.kernel.dated_rules import DatedRule
from reintegration.kernel.money import Money
from reintegration.plans.states import NEXT_REVIEW_WITHIN
from reintegration.rulebook.models import RuleVersion
from reintegration.rulebook.services import deciding
from vouchers.voucher.services.issuing import AUTO_APPROVE_BELOW
from vouchers.voucher.services.validity import RECORDED_WITHIN

_SHORTER = "Cine lipsește mai mult de două luni predă dosarele."
_MORE_OFTEN = "Fiecare plan se revede cel puțin de două ori pe an."
_VILLAGES = "Asistenții din sate raportează o dată la două săptămâni."
_LOWER = "Auditul din toamnă cere a doua semnătură mai devreme."


def limits(world: World) -> Story:
    """Let the year have changed what the institution decides by."""
    yield at(world.ago(200), 10)
    shorter = _propose(world, LONGEST, timedelta(days=60), world.ago(190), _SHORTER)
    yield at(world.ago(198), 9)
    deciding.approve(world.session, shorter, actor=world.actor("sergiu.rusu"), now=world.now)
    yield at(world.ago(64), 10)
    stricter = _propose(
        world,
        RECORDED_WITHIN,
        timedelta(days=7),
        world.ago(40),
        "Cererile de plată vin prea târziu.",
    )
    yield at(world.ago(62), 15)
    deciding.decline(
        world.session, stricter, actor=world.actor("mariana.grosu"), reason=_VILLAGES, now=world.now
    )
    yield at(world.ago(9), 10)
    sooner = _propose(
        world,
        NEXT_REVIEW_WITHIN,
        timedelta(days=180),
        world.today + timedelta(days=12),
        _MORE_OFTEN,
    )
    yield at(world.ago(7), 10)
    deciding.approve(world.session, sooner, actor=world.actor("valeriu.popa"), now=world.now)
    yield at(world.ago(2), 10)
    lower = {"MDL": Money(800_000, "MDL"), "EUR": Money(40_000, "EUR")}
    _propose(world, AUTO_APPROVE_BELOW, lower, world.today + timedelta(days=20), _LOWER)


def _propose(
    world: World, rule: DatedRule[Any], value: Any, first_day: date, reason: str
) -> RuleVersion:
    return deciding.propose(
        world.session,
        rule,
        actor=world.actor("andrei.stratan"),
        value=value,
        first_day=first_day,
        reason=reason,
        now=world.now,
    )
