"""The areas of life in which needs are assessed and milestones are grouped."""

from reintegration.kernel.errors import N_
from reintegration.kernel.words import Worded


class Domain(Worded):
    """The areas of life in which needs are assessed and milestones are grouped."""

    SAFETY_HOUSING = N_("Safety and housing")
    HEALTH = N_("Health")
    DOCUMENTS_RIGHTS = N_("Documents and rights")
    SKILLS_INCOME = N_("Skills and income")
    FAMILY_SOCIAL = N_("Family and community")
