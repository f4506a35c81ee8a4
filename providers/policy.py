"""Who may do what with providers: nobody approves, lifts or pays on their own word alone."""

from providers.permissions import (
    PayeePermission,
    ProviderPermission,
    ReferralPermission,
    VettingPermission,
)
from reintegration.kernel.actor import FINANCE_ROLES, Role
from reintegration.kernel.permissions import (
    Alternatives,
    Policy,
    has_role,
    is_machine,
    not_by,
    on_case_team,
    own_organisation,
)

_officer = has_role(Role.VETTING_OFFICER)
_manager = has_role(Role.PROVIDER_MANAGER)
_worker = has_role(Role.CASE_MANAGER)
_directory_readers = has_role(
    Role.CASE_MANAGER, Role.SUPERVISOR, Role.VETTING_OFFICER, *FINANCE_ROLES
)
_case_people = has_role(Role.CASE_MANAGER, Role.SUPERVISOR)
_answers = has_role(Role.PROVIDER_COORDINATOR, Role.PROVIDER_MANAGER)
_reads_requests = has_role(
    Role.PROVIDER_RECEPTION, Role.PROVIDER_COORDINATOR, Role.PROVIDER_MANAGER
)

_OFFICER: Alternatives = ((_officer,),)
_OFFICER_OR_OWN_MANAGER: Alternatives = ((_officer,), (_manager, own_organisation))
_MACHINE: Alternatives = ((is_machine,),)

POLICY: Policy = {
    ProviderPermission.LIST: ((_directory_readers,),),
    ProviderPermission.VIEW: ((_directory_readers,),),
    ProviderPermission.READ_PLACE: _OFFICER_OR_OWN_MANAGER,
    ProviderPermission.READ_DOCUMENTS: _OFFICER_OR_OWN_MANAGER,
    ProviderPermission.VIEW_OWN: ((_manager,),),
    ProviderPermission.EDIT: (*_OFFICER_OR_OWN_MANAGER, (is_machine,)),
    ProviderPermission.IMPORT: ((_officer,), (is_machine,)),
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
    PayeePermission.LIST: ((has_role(*FINANCE_ROLES, Role.AUDITOR),),),
    PayeePermission.VIEW: (
        (has_role(*FINANCE_ROLES, Role.AUDITOR, Role.VETTING_OFFICER),),
        (has_role(Role.PROVIDER_MANAGER, Role.PROVIDER_BOOKKEEPER), own_organisation),
    ),
    PayeePermission.PROPOSE: ((has_role(Role.FINANCE_PREPARER),), (_manager, own_organisation)),
    PayeePermission.APPROVE: ((has_role(Role.FINANCE_APPROVER), not_by("proposed_by")),),
    ReferralPermission.LIST: ((_case_people,),),
    ReferralPermission.VIEW: ((_case_people, on_case_team),),
    ReferralPermission.MATCH: ((_worker, on_case_team),),
    ReferralPermission.SEND: ((_worker, on_case_team),),
    ReferralPermission.CANCEL: ((_case_people, on_case_team), (is_machine,)),
    ReferralPermission.LIST_REQUESTS: ((_reads_requests,),),
    ReferralPermission.READ_REQUEST: ((_reads_requests, own_organisation),),
    ReferralPermission.ANSWER: ((_answers, own_organisation),),
    ReferralPermission.DELIVER: ((_answers, own_organisation),),
    ReferralPermission.EXPIRE: _MACHINE,
}
