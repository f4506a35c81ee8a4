"""The areas of life in which needs are assessed and milestones are grouped."""

from enum import StrEnum

from reintegration.kernel.errors import N_


class Domain(StrEnum):
    """The areas of life in which needs are assessed and milestones are grouped."""

    SAFETY_HOUSING = "safety_housing"
    HEALTH = "health"
    DOCUMENTS_RIGHTS = "documents_rights"
    SKILLS_INCOME = "skills_income"
    FAMILY_SOCIAL = "family_social"


DOMAIN_LABELS: dict[Domain, str] = {
    Domain.SAFETY_HOUSING: N_("Safety and housing"),
    Domain.HEALTH: N_("Health"),
    Domain.DOCUMENTS_RIGHTS: N_("Documents and rights"),
    Domain.SKILLS_INCOME: N_("Skills and income"),
    Domain.FAMILY_SOCIAL: N_("Family and community"),
}
