"""The areas of life in which needs are assessed and milestones are grouped."""

from reintegration.kernel.errors import N_
from reintegration.kernel.words import Worded


class Domain(Worded):
    """The areas of life in which needs are assessed and milestones are grouped."""

    SAFETY_HOUSING = "safety_housing", N_("Safety and housing")
    HEALTH = "health", N_("Health")
    DOCUMENTS_RIGHTS = "documents_rights", N_("Documents and rights")
    SKILLS_INCOME = "skills_income", N_("Skills and income")
    FAMILY_SOCIAL = "family_social", N_("Family and community")
