"""The field's code lists that plans, providers and vouchers share.

Service categories merge Law 241/2005 art. 16 of the Republic of Moldova with the annex of IOM's
reintegration handbook; territorial units are ISO 3166-2:MD.
"""

from dataclasses import dataclass
from enum import StrEnum

from reintegration.kernel.errors import N_


class Locale(StrEnum):
    """The languages that everything is written in."""

    RO = "ro"
    RU = "ru"
    EN = "en"


class Domain(StrEnum):
    """The areas of life in which needs are assessed and milestones are grouped."""

    SAFETY_HOUSING = "safety_housing"
    HEALTH = "health"
    DOCUMENTS_RIGHTS = "documents_rights"
    SKILLS_INCOME = "skills_income"
    FAMILY_SOCIAL = "family_social"


class ServiceCategory(StrEnum):
    """What a provider may be vetted for and a voucher issued for."""

    SHELTER = "shelter"
    RENTED_HOUSING = "rented_housing"
    BASIC_NEEDS = "basic_needs"
    MEDICAL = "medical"
    MENTAL_HEALTH = "mental_health"
    LEGAL_AID = "legal_aid"
    DOCUMENTS = "documents"
    EDUCATION = "education"
    VOCATIONAL_TRAINING = "vocational_training"
    EMPLOYMENT = "employment"
    BUSINESS_START_UP = "business_start_up"
    FAMILY_MEDIATION = "family_mediation"
    CHILDCARE = "childcare"
    SOCIAL_PROTECTION = "social_protection"
    TRANSPORT = "transport"
    INTERPRETATION = "interpretation"


class Unit(StrEnum):
    """What is counted. `AMOUNT` is a value voucher: money up to a sum."""

    NIGHT = "night"
    SESSION = "session"
    HOUR = "hour"
    VISIT = "visit"
    COURSE = "course"
    DAY = "day"
    RIDE = "ride"
    MONTH = "month"
    ITEM = "item"
    AMOUNT = "amount"


class Sex(StrEnum):
    """As far as it decides who can be served; told by the person, never required."""

    FEMALE = "female"
    MALE = "male"
    UNSPECIFIED = "unspecified"


class SexPolicy(StrEnum):
    """Whom an offering serves."""

    ANY = "any"
    FEMALE = "female"
    MALE = "male"


class AccessNeed(StrEnum):
    """What a person needs to be able to use a place, and what a place therefore offers."""

    STEP_FREE = "step_free"
    WHEELCHAIR = "wheelchair"
    SIGN_LANGUAGE = "sign_language"
    INTERPRETER = "interpreter"
    EASY_LANGUAGE = "easy_language"
    QUIET_ROOM = "quiet_room"


class Bank(StrEnum):
    """The bank of the Nistru; it says nothing about status."""

    RIGHT = "right"
    LEFT = "left"


class Proof(StrEnum):
    """How a delivery is proven; never by the provider alone."""

    PIN = "pin"
    STAY = "stay"
    SIGNED_LIST = "signed_list"
    CASE_MANAGER = "case_manager"


@dataclass(frozen=True, slots=True)
class CategoryRule:
    """What follows from a category: where it belongs, how it is counted, how it is proven."""

    label: str
    domain: Domain
    unit: Unit
    proof: Proof


CATEGORIES: dict[ServiceCategory, CategoryRule] = {
    ServiceCategory.SHELTER: CategoryRule(
        N_("Temporary accommodation"), Domain.SAFETY_HOUSING, Unit.NIGHT, Proof.STAY
    ),
    ServiceCategory.RENTED_HOUSING: CategoryRule(
        N_("Rented housing"), Domain.SAFETY_HOUSING, Unit.MONTH, Proof.CASE_MANAGER
    ),
    ServiceCategory.BASIC_NEEDS: CategoryRule(
        N_("Food and basic needs"), Domain.SAFETY_HOUSING, Unit.AMOUNT, Proof.PIN
    ),
    ServiceCategory.MEDICAL: CategoryRule(N_("Medical care"), Domain.HEALTH, Unit.VISIT, Proof.PIN),
    ServiceCategory.MENTAL_HEALTH: CategoryRule(
        N_("Counselling"), Domain.HEALTH, Unit.SESSION, Proof.PIN
    ),
    ServiceCategory.LEGAL_AID: CategoryRule(
        N_("Legal aid"), Domain.DOCUMENTS_RIGHTS, Unit.HOUR, Proof.PIN
    ),
    ServiceCategory.DOCUMENTS: CategoryRule(
        N_("Identity and civil documents"), Domain.DOCUMENTS_RIGHTS, Unit.ITEM, Proof.PIN
    ),
    ServiceCategory.EDUCATION: CategoryRule(
        N_("Education"), Domain.SKILLS_INCOME, Unit.MONTH, Proof.SIGNED_LIST
    ),
    ServiceCategory.VOCATIONAL_TRAINING: CategoryRule(
        N_("Vocational training"), Domain.SKILLS_INCOME, Unit.COURSE, Proof.SIGNED_LIST
    ),
    ServiceCategory.EMPLOYMENT: CategoryRule(
        N_("Help to find work"), Domain.SKILLS_INCOME, Unit.SESSION, Proof.PIN
    ),
    ServiceCategory.BUSINESS_START_UP: CategoryRule(
        N_("Starting a small business"), Domain.SKILLS_INCOME, Unit.AMOUNT, Proof.PIN
    ),
    ServiceCategory.FAMILY_MEDIATION: CategoryRule(
        N_("Family mediation"), Domain.FAMILY_SOCIAL, Unit.SESSION, Proof.PIN
    ),
    ServiceCategory.CHILDCARE: CategoryRule(
        N_("Childcare"), Domain.FAMILY_SOCIAL, Unit.DAY, Proof.SIGNED_LIST
    ),
    ServiceCategory.SOCIAL_PROTECTION: CategoryRule(
        N_("Help with social benefits"), Domain.FAMILY_SOCIAL, Unit.HOUR, Proof.PIN
    ),
    ServiceCategory.TRANSPORT: CategoryRule(
        N_("Transport"), Domain.SAFETY_HOUSING, Unit.RIDE, Proof.PIN
    ),
    ServiceCategory.INTERPRETATION: CategoryRule(
        N_("Interpretation"), Domain.FAMILY_SOCIAL, Unit.HOUR, Proof.PIN
    ),
}

UNIT_LABELS: dict[Unit, str] = {
    Unit.NIGHT: N_("night"),
    Unit.SESSION: N_("session"),
    Unit.HOUR: N_("hour"),
    Unit.VISIT: N_("visit"),
    Unit.COURSE: N_("course"),
    Unit.DAY: N_("day"),
    Unit.RIDE: N_("ride"),
    Unit.MONTH: N_("month"),
    Unit.ITEM: N_("item"),
    Unit.AMOUNT: N_("amount of money"),
}
"""One of each unit; `reintegration.web.counting` says how many."""

SEX_POLICY_LABELS: dict[SexPolicy, str] = {
    SexPolicy.ANY: N_("Everyone"),
    SexPolicy.FEMALE: N_("Women"),
    SexPolicy.MALE: N_("Men"),
}

ACCESS_LABELS: dict[AccessNeed, str] = {
    AccessNeed.STEP_FREE: N_("Entrance without steps"),
    AccessNeed.WHEELCHAIR: N_("Room for a wheelchair"),
    AccessNeed.SIGN_LANGUAGE: N_("Sign language"),
    AccessNeed.INTERPRETER: N_("Interpreter"),
    AccessNeed.EASY_LANGUAGE: N_("Easy language"),
    AccessNeed.QUIET_ROOM: N_("Quiet room"),
}

DOMAIN_LABELS: dict[Domain, str] = {
    Domain.SAFETY_HOUSING: N_("Safety and housing"),
    Domain.HEALTH: N_("Health"),
    Domain.DOCUMENTS_RIGHTS: N_("Documents and rights"),
    Domain.SKILLS_INCOME: N_("Skills and income"),
    Domain.FAMILY_SOCIAL: N_("Family and community"),
}


@dataclass(frozen=True, slots=True)
class TerritorialUnit:
    """A first-tier unit; names are proper names. Coordinates (degrees) serve rough distances."""

    code: str
    name: str
    bank: Bank
    latitude: float
    longitude: float


# Names: ISO 3166-2:MD. Coordinates: seats of the units, to two decimals.
_UNITS = (
    TerritorialUnit("MD-CU", "Chișinău", Bank.RIGHT, 47.01, 28.86),
    TerritorialUnit("MD-BA", "Bălți", Bank.RIGHT, 47.76, 27.93),
    TerritorialUnit("MD-BD", "Bender", Bank.LEFT, 46.83, 29.48),
    TerritorialUnit("MD-GA", "Găgăuzia", Bank.RIGHT, 46.30, 28.66),
    TerritorialUnit("MD-SN", "Stînga Nistrului", Bank.LEFT, 46.84, 29.63),
    TerritorialUnit("MD-AN", "Anenii Noi", Bank.RIGHT, 46.88, 29.23),
    TerritorialUnit("MD-BS", "Basarabeasca", Bank.RIGHT, 46.33, 28.96),
    TerritorialUnit("MD-BR", "Briceni", Bank.RIGHT, 48.36, 27.08),
    TerritorialUnit("MD-CA", "Cahul", Bank.RIGHT, 45.91, 28.19),
    TerritorialUnit("MD-CT", "Cantemir", Bank.RIGHT, 46.28, 28.20),
    TerritorialUnit("MD-CL", "Călărași", Bank.RIGHT, 47.25, 28.31),
    TerritorialUnit("MD-CS", "Căușeni", Bank.RIGHT, 46.64, 29.41),
    TerritorialUnit("MD-CM", "Cimișlia", Bank.RIGHT, 46.52, 28.78),
    TerritorialUnit("MD-CR", "Criuleni", Bank.RIGHT, 47.21, 29.16),
    TerritorialUnit("MD-DO", "Dondușeni", Bank.RIGHT, 48.22, 27.58),
    TerritorialUnit("MD-DR", "Drochia", Bank.RIGHT, 48.03, 27.75),
    TerritorialUnit("MD-DU", "Dubăsari", Bank.RIGHT, 47.26, 29.16),
    TerritorialUnit("MD-ED", "Edineț", Bank.RIGHT, 48.17, 27.31),
    TerritorialUnit("MD-FA", "Fălești", Bank.RIGHT, 47.57, 27.71),
    TerritorialUnit("MD-FL", "Florești", Bank.RIGHT, 47.89, 28.30),
    TerritorialUnit("MD-GL", "Glodeni", Bank.RIGHT, 47.77, 27.51),
    TerritorialUnit("MD-HI", "Hîncești", Bank.RIGHT, 46.83, 28.59),
    TerritorialUnit("MD-IA", "Ialoveni", Bank.RIGHT, 46.95, 28.78),
    TerritorialUnit("MD-LE", "Leova", Bank.RIGHT, 46.48, 28.26),
    TerritorialUnit("MD-NI", "Nisporeni", Bank.RIGHT, 47.08, 28.18),
    TerritorialUnit("MD-OC", "Ocnița", Bank.RIGHT, 48.38, 27.44),
    TerritorialUnit("MD-OR", "Orhei", Bank.RIGHT, 47.38, 28.82),
    TerritorialUnit("MD-RE", "Rezina", Bank.RIGHT, 47.75, 28.96),
    TerritorialUnit("MD-RI", "Rîșcani", Bank.RIGHT, 47.95, 27.56),
    TerritorialUnit("MD-SI", "Sîngerei", Bank.RIGHT, 47.64, 28.14),
    TerritorialUnit("MD-SO", "Soroca", Bank.RIGHT, 48.16, 28.30),
    TerritorialUnit("MD-ST", "Strășeni", Bank.RIGHT, 47.14, 28.61),
    TerritorialUnit("MD-SD", "Șoldănești", Bank.RIGHT, 47.82, 28.80),
    TerritorialUnit("MD-SV", "Ștefan Vodă", Bank.RIGHT, 46.52, 29.66),
    TerritorialUnit("MD-TA", "Taraclia", Bank.RIGHT, 45.90, 28.67),
    TerritorialUnit("MD-TE", "Telenești", Bank.RIGHT, 47.50, 28.37),
    TerritorialUnit("MD-UN", "Ungheni", Bank.RIGHT, 47.21, 27.80),
)
TERRITORIAL_UNITS: dict[str, TerritorialUnit] = {unit.code: unit for unit in _UNITS}
