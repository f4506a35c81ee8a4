"""The code lists of accounts."""

from reintegration.kernel.errors import N_
from reintegration.kernel.words import Worded

LONGEST_NAME, LONGEST_OFFICE = 120, 160
"""How many letters the name of somebody who works here has at most, and that of an office."""


class OrganisationKind(Worded):
    """The programme's own offices, or a provider of services."""

    PROGRAMME = N_("Office of the programme")
    PROVIDER = N_("Provider of services")


class DeputyshipState(Worded):
    """Where a deputyship stands."""

    WAITING = N_("Waits for the deputy's word"), "gold"
    AHEAD = N_("Agreed, not begun"), "grey"
    RUNNING = N_("Runs"), "moss"
    DECLINED = N_("Declined"), "clay"
    ENDED = N_("Ended"), "grey"


class LinkPurpose(Worded):
    """Why somebody is sent a link: they are new here, or have forgotten their password."""

    INVITATION = N_("Invitation")
    RESET = N_("New password")
