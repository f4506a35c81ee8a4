"""Who may say where a provider is paid: one proposes, another approves."""

from providers.payees.permissions import PayeePermission
from reintegration.kernel.actor import FINANCE_ROLES, Role
from reintegration.kernel.permissions import (
    Alternatives,
    Policy,
    has_role,
    not_by,
    own_organisation,
)

_officer = has_role(Role.VETTING_OFFICER)
_manager = has_role(Role.PROVIDER_MANAGER)
_OFFICER: Alternatives = ((_officer,),)

POLICY: Policy = {
    PayeePermission.LIST: ((has_role(*FINANCE_ROLES, Role.AUDITOR),),),
    PayeePermission.VIEW: (
        (has_role(*FINANCE_ROLES, Role.AUDITOR, Role.VETTING_OFFICER),),
        (has_role(Role.PROVIDER_MANAGER, Role.PROVIDER_BOOKKEEPER), own_organisation),
    ),
    PayeePermission.PROPOSE: ((has_role(Role.FINANCE_PREPARER),), (_manager, own_organisation)),
    PayeePermission.APPROVE: ((has_role(Role.FINANCE_APPROVER), not_by("proposed_by")),),
}
