"""Who may vet: nobody approves or lifts on their own word alone."""

from providers.vetting.permissions import VettingPermission
from reintegration.kernel.actor import Role
from reintegration.kernel.permissions import Policy
from reintegration.kernel.rules import has_role, is_machine, not_by, own_organisation

_officer = has_role(Role.VETTING_OFFICER)
_manager = has_role(Role.PROVIDER_MANAGER)
_officer_or_own_manager = _officer | (_manager & own_organisation)

POLICY: Policy = {
    VettingPermission.LIST: _officer,
    VettingPermission.VIEW: _officer,
    VettingPermission.SUBMIT: _officer_or_own_manager | is_machine,
    VettingPermission.REQUEST_INFO: _officer,
    VettingPermission.ANSWER: _officer_or_own_manager,
    VettingPermission.ASSESS: _officer,
    VettingPermission.APPROVE: _officer & not_by("assessed_by", "submitted_by"),
    VettingPermission.REJECT: _officer,
    VettingPermission.SUSPEND: _officer,
    VettingPermission.REINSTATE: _officer & not_by("suspended_by"),
    VettingPermission.EXPIRE: is_machine,
    VettingPermission.WITHDRAW: _officer_or_own_manager,
    VettingPermission.KEEP_DOCUMENTS: _officer,
}
