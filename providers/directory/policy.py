"""Who may read and change the directory."""

from providers.directory.permissions import ProviderPermission
from reintegration.kernel.actor import FINANCE_ROLES, Role
from reintegration.kernel.permissions import (
    Alternatives,
    Policy,
    has_role,
    is_machine,
    own_organisation,
)

_officer = has_role(Role.VETTING_OFFICER)
_manager = has_role(Role.PROVIDER_MANAGER)
_directory_readers = has_role(
    Role.CASE_MANAGER, Role.SUPERVISOR, Role.VETTING_OFFICER, *FINANCE_ROLES
)
_OFFICER_OR_OWN_MANAGER: Alternatives = ((_officer,), (_manager, own_organisation))

POLICY: Policy = {
    ProviderPermission.LIST: ((_directory_readers,),),
    ProviderPermission.VIEW: ((_directory_readers,),),
    ProviderPermission.READ_PLACE: _OFFICER_OR_OWN_MANAGER,
    ProviderPermission.READ_DOCUMENTS: _OFFICER_OR_OWN_MANAGER,
    ProviderPermission.VIEW_OWN: ((_manager,),),
    ProviderPermission.EDIT: (*_OFFICER_OR_OWN_MANAGER, (is_machine,)),
    ProviderPermission.IMPORT: ((_officer,), (is_machine,)),
}
