"""What of a provider is checked before one of its services is approved."""

from reintegration.kernel.errors import N_
from reintegration.kernel.words import Worded


class DocumentKind(Worded):
    """What is checked; each has its own term."""

    REGISTRATION = N_("State registration")
    ACCREDITATION = N_("Accreditation of social services")
    LICENCE = N_("Professional licence")
    PSEA = N_("Protection from exploitation and abuse")
    SAFEGUARDING = N_("Safeguarding policy")
    FRAMEWORK_AGREEMENT = N_("Framework agreement and prices")
    FIRE_SAFETY = N_("Fire and sanitary permits")
