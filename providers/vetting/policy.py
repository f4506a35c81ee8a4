"""Who may vet: nobody approves or lifts on their own word alone."""

from providers.vetting.permissions import VettingPermission
from reintegration.kernel.groups import provider_manager, vetting_officer
from reintegration.kernel.permissions import Policy
from reintegration.kernel.rules import is_machine, not_among, not_by, own_organisation
from reintegration.papers.holders import Rules

_officer_or_own_manager = vetting_officer | (provider_manager & own_organisation)

DOCUMENT_PAPERS = Rules(reads=_officer_or_own_manager, adds=vetting_officer)

POLICY: Policy = {
    VettingPermission.LIST: vetting_officer,
    VettingPermission.VIEW: vetting_officer,
    VettingPermission.SUBMIT: _officer_or_own_manager | is_machine,
    VettingPermission.REQUEST_INFO: vetting_officer,
    VettingPermission.ANSWER: _officer_or_own_manager,
    VettingPermission.ASSESS: vetting_officer & not_among("written_by"),
    VettingPermission.APPROVE: vetting_officer
    & not_by("assessed_by", "submitted_by")
    & not_among("written_by"),
    VettingPermission.REJECT: vetting_officer,
    VettingPermission.SUSPEND: vetting_officer,
    VettingPermission.REINSTATE: vetting_officer & not_by("suspended_by"),
    VettingPermission.EXPIRE: is_machine,
    VettingPermission.WITHDRAW: _officer_or_own_manager,
    VettingPermission.KEEP_DOCUMENTS: vetting_officer,
}
