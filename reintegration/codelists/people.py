"""What a match needs to know of a person: whom a service is for, and what access it gives."""

from reintegration.kernel.errors import N_
from reintegration.kernel.words import Worded


class Sex(Worded):
    """As far as it decides who can be served; told by the person, never required."""

    FEMALE = "female", N_("Woman")
    MALE = "male", N_("Man")
    UNSPECIFIED = "unspecified", N_("Not said")


class SexPolicy(Worded):
    """Whom an offering serves."""

    ANY = "any", N_("Everyone")
    FEMALE = "female", N_("Women")
    MALE = "male", N_("Men")


class AccessNeed(Worded):
    """What a person needs to be able to use a place, and what a place therefore offers."""

    STEP_FREE = "step_free", N_("Entrance without steps")
    WHEELCHAIR = "wheelchair", N_("Room for a wheelchair")
    SIGN_LANGUAGE = "sign_language", N_("Sign language")
    INTERPRETER = "interpreter", N_("Interpreter")
    EASY_LANGUAGE = "easy_language", N_("Easy language")
    QUIET_ROOM = "quiet_room", N_("Quiet room")
