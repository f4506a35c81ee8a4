"""What the programme set as its rules: a language more, and a message in kinder words."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from demo.timeline import Story, at
from demo.world import YEAR, World
from providers.directory.queries.checklists import CHECKLISTS
from providers.directory.services import profiles
from providers.directory.services.profiles import Terms
from providers.directory.states import Jurisdiction
from providers.vetting.services import vetting
from reintegration.codelists.languages import Locale
from reintegration.codelists.service_categories import ServiceCategory
from reintegration.codelists.spoken_languages import SPOKEN, Language
from reintegration.codelists.units import Unit
from reintegration.kernel.dated_rules import Dated
from reintegration.kernel.db import act_as, acting
from reintegration.kernel.message_texts import TEXTS, MessageText, in_three
from reintegration.kernel.money import Money
from reintegration.rulebook.services import deciding

UKRAINIAN = "uk"
_PROPOSES, _APPROVES = "andrei.stratan", "sergiu.rusu"
_DAY = timedelta(days=1)


def languages(world: World) -> Story:
    """Let people who speak Ukrainian be asked and served in it, from the first week on."""
    yield at(world.ago(YEAR - 1), 9)
    language = Language({"ro": "Ucraineană", "ru": "Украинский", "en": "Ukrainian"}, Locale.RU)
    reason = "Vin persoane care vorbesc ucraineana, iar formularul nu le întreabă."
    agree(world, SPOKEN, language, reason, entry=UKRAINIAN, is_new=True)
    yield at(world.ago(YEAR - 20), 10)
    _interpreter(world)


def message_texts(world: World) -> Story:
    """Say in the mail of a new request how long there is to answer."""
    yield at(world.ago(100), 11)
    said = MessageText(
        in_three("Solicitare", "Запрос", "Request"),
        in_three(
            "Aveți o solicitare nouă. Vă rugăm să răspundeți în cont cât mai curând.",
            "У вас новый запрос. Пожалуйста, ответьте на него в системе как можно скорее.",
            "You have a new request. Please sign in and answer it as soon as you can.",
        ),
    )
    reason = "Prestatorii citesc mesajul și nu știu că li se așteaptă răspunsul."
    agree(world, TEXTS, said, reason, entry="request_new")


def checklists(world: World) -> Story:
    """Say what an officer looks at before a service on the right bank is approved."""
    yield at(world.ago(150), 10)
    law = Jurisdiction.RIGHT_BANK
    checks = {
        "ro": (
            "Am vizitat locul",
            "Am vorbit cu cine lucrează acolo",
            "Prețurile sunt cele din acord",
        ),
        "ru": ("Место осмотрено", "С сотрудниками поговорили", "Цены те же, что в договоре"),
        "en": (
            "The place was visited",
            "Somebody talked to those who work there",
            "The prices are those of the agreement",
        ),
    }
    reason = "Doi responsabili verificau lucruri diferite."
    agree(world, CHECKLISTS, replace(CHECKLISTS.initially[law], checks=checks), reason, entry=law)


def agree(
    world: World,
    rule: Dated[Any],
    value: Any,
    reason: str,
    *,
    entry: str = "",
    is_new: bool = False,
) -> None:
    """Have a rule proposed now and approved by another person, to hold from tomorrow on."""
    session, now = world.session, world.now
    version = deciding.propose(
        session,
        rule,
        actor=world.actor(_PROPOSES),
        value=value,
        first_day=world.day + _DAY,
        reason=reason,
        entry=entry,
        is_new=is_new,
        now=now,
    )
    deciding.approve(session, version, actor=world.actor(_APPROVES), now=now + timedelta(hours=3))
    act_as(session, acting(session))  # hears what was approved, as the next request would


def _interpreter(world: World) -> None:
    """Let one provider offer interpretation in it, with officers who check it."""
    session, now, firm = world.session, world.now, world.firms["soroca"]
    terms = Terms(
        name="Traducere din și în ucraineană",
        category=ServiceCategory.INTERPRETATION,
        unit=Unit.HOUR,
        price=Money(25_000, "MDL"),
        languages=(UKRAINIAN, Locale.RO.value, Locale.RU.value),
    )
    manager = world.actor(firm.manager)
    offering = profiles.draft_offering(session, firm.sites[0], actor=manager, terms=terms, now=now)
    vetting.submit(session, offering, actor=manager, now=now)
    vetting.assess(session, offering, actor=world.actor("victor.moraru"), now=now + _DAY)
    vetting.approve(
        session,
        offering,
        actor=world.actor("lilia.botnaru"),
        until=world.today + timedelta(days=500),
        now=now + 2 * _DAY,
    )
