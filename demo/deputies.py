"""Who stands in for whom these days, and cases that wait for their next manager."""

from datetime import timedelta

from sqlalchemy import select

from demo.timeline import Story, at
from demo.world import World
from reintegration.accounts.services import deputies
from reintegration.cases.models import CaseFile
from reintegration.cases.services import handing_over
from reintegration.cases.states import CaseState
from reintegration.kernel.actor import Role

_OFFERED = 3


def stand_ins(world: World) -> Story:
    """Let one deputyship run, one wait for an answer, and one hand-over wait."""
    yield at(world.ago(1), 11)
    _name(world, "alina.croitoru", "radu.bejan", Role.FINANCE_APPROVER, 0, 6, accepted=True)
    _name(world, "ana.lungu", "calin.munteanu", Role.CASE_MANAGER, 4, 9, accepted=False)
    yield at(world.ago(1), 15)
    _offer(world, "sergiu.rusu", "calin.munteanu", "ana.lungu")


def _name(
    world: World,
    represented: str,
    deputy: str,
    role: Role,
    first: int,
    last: int,
    *,
    accepted: bool,
) -> None:
    person = world.users[represented]
    named = deputies.name(
        world.session,
        actor=world.actor(represented),
        represented=person,
        deputy=world.users[deputy],
        role=role,
        starts_on=world.today + timedelta(days=first),
        ends_on=world.today + timedelta(days=last),
        now=world.now,
    )
    if accepted:
        deputies.accept(world.session, named, actor=world.actor(deputy), now=world.now)


def _offer(world: World, supervisor: str, manager: str, receiver: str) -> None:
    open_cases = select(CaseFile).where(
        CaseFile.manager_id == world.users[manager].id, CaseFile.state == CaseState.ACTIVE
    )
    cases = world.session.scalars(open_cases.order_by(CaseFile.opened_at, CaseFile.id)).all()
    if not cases:
        return
    handing_over.offer(
        world.session,
        actor=world.actor(supervisor),
        manager=world.users[manager],
        cases=cases[:_OFFERED],
        user=world.users[receiver],
        stays=True,
        reason="Călin conduce de luna viitoare un alt proiect.",
        now=world.now,
    )
