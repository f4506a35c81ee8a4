"""The programme's own people: four offices with a supervisor each, and those who look after all."""

from dataclasses import dataclass

from demo.logins import Login, enrol, new_password
from demo.world import World
from reintegration.accounts.models import Organisation
from reintegration.accounts.services.organisations import create_office
from reintegration.accounts.services.users import create_user
from reintegration.codelists.languages import Locale
from reintegration.kernel.actor import OPERATOR, Role


@dataclass(frozen=True, slots=True)
class Person:
    """One of the programme's people; `units` are where their cases live."""

    key: str
    name: str
    office: str
    role: Role
    supervisor: str | None = None
    units: tuple[str, ...] = ()
    locale: Locale = Locale.RO

    @property
    def email(self) -> str:
        """Return the address that they sign in with."""
        return f"{self.key}@demo.example"


OFFICES = {
    "central": "Oficiul central",
    "ungheni": "Biroul Ungheni",
    "balti": "Biroul Bălți",
    "chisinau": "Biroul Chișinău",
    "cahul": "Biroul Cahul",
}
_WEST = ("MD-UN", "MD-CL", "MD-NI", "MD-FA", "MD-TE")
_MIDDLE = ("MD-HI", "MD-LE", "MD-UN", "MD-ST", "MD-IA")
_NORTH = ("MD-BA", "MD-GL", "MD-RI", "MD-SI", "MD-DR", "MD-FL")
_FAR_NORTH = ("MD-BR", "MD-ED", "MD-OC", "MD-DO", "MD-SO", "MD-SD")
_CAPITAL = ("MD-CU", "MD-IA", "MD-ST", "MD-CR", "MD-AN")
_NISTRU = ("MD-SN", "MD-BD", "MD-DU", "MD-RE", "MD-CS", "MD-OR")
_SOUTH = ("MD-CA", "MD-CT", "MD-TA", "MD-GA", "MD-BS", "MD-CM", "MD-SV")

CASE_MANAGERS = (
    Person("ana.lungu", "Ana Lungu", "ungheni", Role.CASE_MANAGER, "sergiu.rusu", _WEST),
    Person(
        "calin.munteanu", "Călin Munteanu", "ungheni", Role.CASE_MANAGER, "sergiu.rusu", _MIDDLE
    ),
    Person("doina.rotaru", "Doina Rotaru", "balti", Role.CASE_MANAGER, "mariana.grosu", _NORTH),
    Person(
        "oleg.bondarenco",
        "Oleg Bondarenco",
        "balti",
        Role.CASE_MANAGER,
        "mariana.grosu",
        _FAR_NORTH,
        Locale.RU,
    ),
    Person("irina.ceban", "Irina Ceban", "chisinau", Role.CASE_MANAGER, "valeriu.popa", _CAPITAL),
    Person(
        "svetlana.melnic",
        "Svetlana Melnic",
        "chisinau",
        Role.CASE_MANAGER,
        "valeriu.popa",
        _NISTRU,
        Locale.RU,
    ),
    Person(
        "nicoleta.vrabie", "Nicoleta Vrabie", "cahul", Role.CASE_MANAGER, "eugenia.tudor", _SOUTH
    ),
)
SUPERVISORS = (
    Person("sergiu.rusu", "Sergiu Rusu", "ungheni", Role.SUPERVISOR),
    Person("mariana.grosu", "Mariana Grosu", "balti", Role.SUPERVISOR),
    Person("valeriu.popa", "Valeriu Popa", "chisinau", Role.SUPERVISOR),
    Person("eugenia.tudor", "Eugenia Tudor", "cahul", Role.SUPERVISOR),
)
OTHERS = (
    Person("victor.moraru", "Victor Moraru", "central", Role.VETTING_OFFICER),
    Person("lilia.botnaru", "Lilia Botnaru", "central", Role.VETTING_OFFICER),
    Person("petru.cojocaru", "Petru Cojocaru", "central", Role.FINANCE_PREPARER),
    Person("alina.croitoru", "Alina Croitoru", "central", Role.FINANCE_APPROVER),
    Person("radu.bejan", "Radu Bejan", "central", Role.FINANCE_RELEASER),
    Person("teodora.cazacu", "Teodora Cazacu", "central", Role.AUDITOR),
    Person("andrei.stratan", "Andrei Stratan", "central", Role.ADMINISTRATOR),
)
_SHOWN = (*CASE_MANAGERS[:2], SUPERVISORS[0], *OTHERS)
"""Those whose sign-ins are printed, in this order."""


def make_people(world: World) -> None:
    """Open the offices and make everybody's account; note the sign-ins that are printed."""
    homes = {
        key: create_office(world.session, actor=OPERATOR, name=name, now=world.now)
        for key, name in OFFICES.items()
    }
    for person in (*SUPERVISORS, *CASE_MANAGERS, *OTHERS):
        password = new_password()
        _make(world, homes, person, password)
        if person in _SHOWN:
            secret = enrol(world.session, world.users[person.key], now=world.now)
            world.logins.append(Login(person.role, person.email, password, secret))
    order = [person.email for person in _SHOWN]
    world.logins.sort(key=lambda login: order.index(login.email))


def _make(world: World, homes: dict[str, Organisation], person: Person, password: str) -> None:
    supervisor = world.users[person.supervisor].id if person.supervisor else None
    world.users[person.key] = create_user(
        world.session,
        actor=OPERATOR,
        email=person.email,
        name=person.name,
        password=password,
        organisation=homes[person.office],
        roles=[person.role],
        locale=person.locale,
        supervisor_id=supervisor,
        must_change_password=False,
        now=world.now,
    )
