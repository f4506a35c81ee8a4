"""What a provider may be vetted for and a voucher issued for, and what proves its delivery.

The categories merge Law 241/2005 art. 16 of the Republic of Moldova with the annex of IOM's
reintegration handbook.
"""

from typing import Self

from reintegration.codelists.life_domains import Domain
from reintegration.codelists.units import Unit
from reintegration.kernel.errors import N_
from reintegration.kernel.words import Worded, worded


class Proof(Worded):
    """How a delivery is proven; never by the provider alone.

    `label` says what is asked, `short` names it in a list, `mine` does so to the case manager.
    """

    short: str
    mine: str

    PIN = N_("The person types a PIN"), N_("PIN"), N_("PIN")
    STAY = N_("The case manager confirms the nights that are over"), N_("Stay"), N_("stay")
    SIGNED_LIST = (
        N_("The case manager confirms, by a signed attendance list"),
        N_("Signed list"),
        N_("signed list"),
    )
    CASE_MANAGER = N_("The case manager confirms, privately"), N_("Case manager"), N_("your word")

    def __new__(cls, code: str, label: str = "", short: str = "", mine: str = "") -> Self:
        """Make a proof."""
        proof = worded(cls, code, label)
        proof.short, proof.mine = short, mine
        return proof


class ServiceCategory(Worded):
    """What a provider may be vetted for and a voucher issued for.

    Each belongs to an area of life, and has the unit that it is mostly counted in and its proof.
    """

    domain: Domain
    unit: Unit
    proof: Proof

    SHELTER = N_("Temporary accommodation"), Domain.SAFETY_HOUSING, Unit.NIGHT, Proof.STAY
    RENTED_HOUSING = N_("Rented housing"), Domain.SAFETY_HOUSING, Unit.MONTH, Proof.CASE_MANAGER
    BASIC_NEEDS = N_("Food and basic needs"), Domain.SAFETY_HOUSING, Unit.AMOUNT, Proof.PIN
    MEDICAL = N_("Medical care"), Domain.HEALTH, Unit.VISIT, Proof.PIN
    MENTAL_HEALTH = N_("Counselling"), Domain.HEALTH, Unit.SESSION, Proof.PIN
    LEGAL_AID = N_("Legal aid"), Domain.DOCUMENTS_RIGHTS, Unit.HOUR, Proof.PIN
    DOCUMENTS = N_("Identity and civil documents"), Domain.DOCUMENTS_RIGHTS, Unit.ITEM, Proof.PIN
    EDUCATION = N_("Education"), Domain.SKILLS_INCOME, Unit.MONTH, Proof.SIGNED_LIST
    VOCATIONAL_TRAINING = (
        N_("Vocational training"),
        Domain.SKILLS_INCOME,
        Unit.COURSE,
        Proof.SIGNED_LIST,
    )
    EMPLOYMENT = N_("Help to find work"), Domain.SKILLS_INCOME, Unit.SESSION, Proof.PIN
    BUSINESS_START_UP = (
        N_("Starting a small business"),
        Domain.SKILLS_INCOME,
        Unit.AMOUNT,
        Proof.PIN,
    )
    FAMILY_MEDIATION = N_("Family mediation"), Domain.FAMILY_SOCIAL, Unit.SESSION, Proof.PIN
    CHILDCARE = N_("Childcare"), Domain.FAMILY_SOCIAL, Unit.DAY, Proof.SIGNED_LIST
    SOCIAL_PROTECTION = N_("Help with social benefits"), Domain.FAMILY_SOCIAL, Unit.HOUR, Proof.PIN
    TRANSPORT = N_("Transport"), Domain.SAFETY_HOUSING, Unit.RIDE, Proof.PIN
    INTERPRETATION = N_("Interpretation"), Domain.FAMILY_SOCIAL, Unit.HOUR, Proof.PIN

    def __new__(
        cls,
        code: str,
        label: str = "",
        domain: Domain = Domain.HEALTH,
        unit: Unit = Unit.SESSION,
        proof: Proof = Proof.PIN,
    ) -> Self:
        """Make a category."""
        category = worded(cls, code, label)
        category.domain, category.unit, category.proof = domain, unit, proof
        return category


CHILDREN_COME_ALONG = frozenset(
    {
        ServiceCategory.SHELTER,
        ServiceCategory.RENTED_HOUSING,
        ServiceCategory.CHILDCARE,
        ServiceCategory.TRANSPORT,
        ServiceCategory.FAMILY_MEDIATION,
    }
)
"""Services that make room for a person's children: here their number counts and is told."""
