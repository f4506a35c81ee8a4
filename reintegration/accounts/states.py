"""The code lists of accounts."""

from enum import StrEnum

from reintegration.kernel.actor import Role
from reintegration.kernel.errors import N_


class OrganisationKind(StrEnum):
    """The programme's own offices, or a provider of services."""

    PROGRAMME = "programme"
    PROVIDER = "provider"


ORGANISATION_KIND_LABELS: dict[OrganisationKind, str] = {
    OrganisationKind.PROGRAMME: N_("Office of the programme"),
    OrganisationKind.PROVIDER: N_("Provider of services"),
}

ROLE_LABELS: dict[Role, str] = {
    Role.CASE_MANAGER: N_("Case manager"),
    Role.SUPERVISOR: N_("Supervisor"),
    Role.VETTING_OFFICER: N_("Vetting officer"),
    Role.FINANCE_PREPARER: N_("Finance, preparation"),
    Role.FINANCE_APPROVER: N_("Finance, approval"),
    Role.FINANCE_RELEASER: N_("Finance, release"),
    Role.AUDITOR: N_("Auditor"),
    Role.ADMINISTRATOR: N_("Administrator"),
    Role.PROVIDER_RECEPTION: N_("Reception"),
    Role.PROVIDER_COORDINATOR: N_("Coordinator"),
    Role.PROVIDER_BOOKKEEPER: N_("Bookkeeper"),
    Role.PROVIDER_MANAGER: N_("Provider manager"),
}
