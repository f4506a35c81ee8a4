"""What a provider may be vetted for and a voucher issued for, and what proves its delivery.

The categories merge Law 241/2005 art. 16 of the Republic of Moldova with the annex of IOM's
reintegration handbook.
"""

from dataclasses import dataclass
from enum import StrEnum

from reintegration.codelists.life_domains import Domain
from reintegration.codelists.units import Unit
from reintegration.kernel.errors import N_


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
