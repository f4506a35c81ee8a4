"""How the institution keeps its list of services: one change that holds, and one that waits."""

from dataclasses import replace
from datetime import timedelta

from demo.rulebook import agree
from demo.timeline import Story, at
from demo.world import World
from reintegration.codelists.documents import DocumentKind
from reintegration.codelists.life_domains import Domain
from reintegration.codelists.proof_kinds import ProofKind
from reintegration.codelists.service_categories import SERVICE_CATEGORIES, Service, ServiceCategory
from reintegration.codelists.units import Unit
from reintegration.rulebook.services import deciding

_PROPOSES = "andrei.stratan"


def changes(world: World) -> Story:
    """Let lessons need one more document since a while, and a new category wait for approval."""
    yield at(world.ago(51), 11)
    lessons = ServiceCategory.EDUCATION
    held = lessons.on(world.day)
    safe = replace(held, documents=held.documents | {DocumentKind.SAFEGUARDING})
    reason = "La lecții vin și minori: prestatorul arată cum îi protejează."
    agree(world, SERVICE_CATEGORIES, safe, reason, entry=lessons)
    yield at(world.ago(2), 14)
    deciding.propose(
        world.session,
        SERVICE_CATEGORIES,
        actor=world.actor(_PROPOSES),
        value=Service(
            {"ro": "Competențe digitale", "ru": "Цифровые навыки", "en": "Digital skills"},
            Domain.SKILLS_INCOME,
            Unit.COURSE,
            ProofKind.SIGNED_LIST,
        ),
        first_day=world.today + timedelta(days=21),
        entry="digital_skills",
        is_new=True,
        reason="Trei centre cer un curs scurt de calculator, separat de calificare.",
        now=world.now,
    )
