"""Who may ask a provider, and who answers."""

from providers.referrals.permissions import ReferralPermission
from providers.referrals.states import ReferralState
from reintegration.kernel.actor import Role
from reintegration.kernel.groups import case_people, on_team, works_on
from reintegration.kernel.permissions import Policy
from reintegration.kernel.rules import has_role, is_machine, is_set, not_in, own_organisation

_answers = has_role(Role.PROVIDER_COORDINATOR, Role.PROVIDER_MANAGER)
_reads_requests = has_role(
    Role.PROVIDER_RECEPTION, Role.PROVIDER_COORDINATOR, Role.PROVIDER_MANAGER
)
_sent = is_set("requested_at") & not_in(ReferralState.DRAFT)

POLICY: Policy = {
    ReferralPermission.LIST: case_people,
    ReferralPermission.VIEW: on_team,
    ReferralPermission.MATCH: works_on,
    ReferralPermission.SEND: works_on,
    ReferralPermission.CANCEL: on_team | is_machine,
    ReferralPermission.LIST_REQUESTS: _reads_requests,
    ReferralPermission.READ_REQUEST: _reads_requests & own_organisation & _sent,
    ReferralPermission.ANSWER: _answers & own_organisation,
    ReferralPermission.DELIVER: _answers & own_organisation,
    ReferralPermission.EXPIRE: is_machine,
}
