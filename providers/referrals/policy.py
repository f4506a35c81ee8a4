"""Who may ask a provider, and who answers."""

from providers.referrals.permissions import ReferralPermission
from reintegration.kernel.actor import Role
from reintegration.kernel.permissions import (
    Alternatives,
    Policy,
    has_role,
    is_machine,
    on_case_team,
    own_organisation,
)

_worker = has_role(Role.CASE_MANAGER)
_case_people = has_role(Role.CASE_MANAGER, Role.SUPERVISOR)
_answers = has_role(Role.PROVIDER_COORDINATOR, Role.PROVIDER_MANAGER)
_reads_requests = has_role(
    Role.PROVIDER_RECEPTION, Role.PROVIDER_COORDINATOR, Role.PROVIDER_MANAGER
)
_MACHINE: Alternatives = ((is_machine,),)

POLICY: Policy = {
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
