"""What a match needs to know of a person: whom a service is for, and what access it gives."""

from reintegration.kernel.errors import N_
from reintegration.kernel.words import Worded


class Sex(Worded):
    """As far as it decides who can be served; told by the person, never required."""

    FEMALE = N_("Woman")
    MALE = N_("Man")
    UNSPECIFIED = N_("Not said")


class SexPolicy(Worded):
    """Whom an offering serves."""

    ANY = N_("Everyone")
    FEMALE = N_("Women")
    MALE = N_("Men")


class AgeGroup(Worded):
    """Of which age those are whom a service or money is for."""

    ANY = N_("Everyone")
    CHILDREN = N_("Children")
    ADULTS = N_("Adults")


class AccessNeed(Worded):
    """What a person needs to be able to use a place, and what a place therefore offers."""

    STEP_FREE = N_("Entrance without steps")
    WHEELCHAIR = N_("Room for a wheelchair")
    SIGN_LANGUAGE = N_("Sign language")
    INTERPRETER = N_("Interpreter")
    EASY_LANGUAGE = N_("Easy language")
    QUIET_ROOM = N_("Quiet room")
