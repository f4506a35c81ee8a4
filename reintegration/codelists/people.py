"""What a match needs to know of a person: whom a service is for, and what access it gives."""

from enum import StrEnum

from reintegration.kernel.errors import N_


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
