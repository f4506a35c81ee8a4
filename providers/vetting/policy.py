"""Who may vet: nobody approves or lifts on their own word alone."""

from providers.vetting.permissions import VettingPermission
from reintegration.kernel.actor import Role
from reintegration.kernel.permissions import (
    Alternatives,
    Policy,
    has_role,
    is_machine,
    not_by,
    own_organisation,
)

_officer = has_role(Role.VETTING_OFFICER)
_manager = has_role(Role.PROVIDER_MANAGER)
_OFFICER: Alternatives = ((_officer,),)
_OFFICER_OR_OWN_MANAGER: Alternatives = ((_officer,), (_manager, own_organisation))
_MACHINE: Alternatives = ((is_machine,),)

POLICY: Policy = {
    VettingPermission.LIST: _OFFICER,
    VettingPermission.VIEW: _OFFICER,
    VettingPermission.SUBMIT: (*_OFFICER_OR_OWN_MANAGER, (is_machine,)),
    VettingPermission.REQUEST_INFO: _OFFICER,
    VettingPermission.ANSWER: _OFFICER_OR_OWN_MANAGER,
    VettingPermission.ASSESS: _OFFICER,
    VettingPermission.APPROVE: ((_officer, not_by("assessed_by", "submitted_by")),),
    VettingPermission.REJECT: _OFFICER,
    VettingPermission.SUSPEND: _OFFICER,
    VettingPermission.REINSTATE: ((_officer, not_by("suspended_by")),),
    VettingPermission.EXPIRE: _MACHINE,
    VettingPermission.WITHDRAW: _OFFICER_OR_OWN_MANAGER,
    VettingPermission.KEEP_DOCUMENTS: _OFFICER,
}
